import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Finding, isAtLeast } from '../../src/audit/finding.ts'
import type { CaptureSource } from '../../src/capture/capture-source.ts'
import { openCapture, openInput } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { isAvailable } from '../support/availability.ts'
import { CAPTURE_FAULT_NAMES, capturedFrames, pcapOf, withFault } from '../support/capture-faults.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { MemoryInput } from '../support/memory-input.ts'

/** At most this share of captures may gain a finding by a fault of the capture. */
const TOLERATED = 0.05

async function findingsIn(source: CaptureSource): Promise<Finding[]> {
  const { findings } = await auditCapture(source, { onConnection: () => {} })
  await source.close()
  return findings.filter(({ severity, blame }) => isAtLeast(severity, 'notice') && blame !== 'capture')
}

const captures = captureFiles(join(FIXTURES, 'kernel'))
const sound = await Promise.all(
  captures.map(async (path) => ({
    path,
    frames: await capturedFrames(path),
    rules: new Set((await findingsIn(await openCapture(path))).map(({ rule }) => rule)),
  })),
)

describe('a capture with a fault of its own', () => {
  it.each(CAPTURE_FAULT_NAMES)('%s: shows hardly anything that is not there', async (fault) => {
    const gained: string[] = []
    const certain: string[] = []
    for (const { path, frames, rules } of sound) {
      const source = await openInput('memory', new MemoryInput(withFault(frames, fault)))
      const fresh = (await findingsIn(source)).filter(({ rule }) => !rules.has(rule))
      const names = fresh.map(({ rule, confidence }) => `${basename(path)}: ${rule}, ${confidence}`)
      if (names.length > 0) gained.push(names.join(', '))
      certain.push(...names.filter((_, index) => fresh[index]?.confidence === 'certain'))
    }
    expect(certain).toEqual([])
    expect(gained.length, gained.join('\n')).toBeLessThanOrEqual(TOLERATED * sound.length)
  })
})

/** Cuts of one recording. */
const MOST_CUTS = 8

/** What a capture that begins later says and the whole one does not, by recording. */
const LATE_BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  // One wrong checksum is left, and nobody acknowledges what bears it.
  'checksums-left-empty.pcap': ['checksum-bad'],
  // Without the SYN nobody knows that the SYN-ACK came three seconds late because accept() is deferred.
  'defer-accept-without-data.pcap': ['handshake-ack-lost'],
  // Two clocks 40 ms apart: an answer passes before its question.
  'directions-on-two-clocks.pcap': ['syn-on-established'],
  // The FIN is sent again until it is acknowledged; that an acknowledgment was lost shows only with the one before.
  'lost-last-ack-far.pcap': ['fin-unanswered'],
  'lost-last-ack-near.pcap': ['fin-unanswered'],
}

describe('a capture that begins later', () => {
  it.each(sound.map((one) => [basename(one.path), one] as const))(
    '%s: shows nothing that is not there',
    async (name, { frames, rules }) => {
      const gained = new Set<string>()
      for (const begin of cuts(frames.length)) {
        const source = await openInput('memory', new MemoryInput(pcapOf(frames.slice(begin))))
        for (const { rule } of await findingsIn(source)) if (!rules.has(rule)) gained.add(rule)
      }
      expect([...gained]).toEqual(LATE_BEGINNINGS[name] ?? [])
    },
  )
})

/** Frames to begin with: each of a few, of many some. */
function cuts(frames: number): number[] {
  const count = Math.min(MOST_CUTS, Math.max(0, frames - 1))
  return Array.from({ length: count }, (_, index) => Math.ceil(((index + 1) * (frames - 1)) / count))
}

/** Orderly conversations: nothing is wrong with them. */
const CLEAN = captures.filter((path) =>
  /(orderly-close|loopback-conversation|numbers-wrap|half-close-with-data|simultaneous-open|fast-open\.|defer-accept|keep-alive-answered|time-wait-(expiry|reused))/.test(
    basename(path),
  ),
)

describe('nothing wrong', () => {
  it.each(CLEAN.map((path) => [basename(path), path] as const))('in %s', async (_, path) => {
    expect(await findingsIn(await openCapture(path))).toEqual([])
  })

  describe.runIf(isAvailable('../shared/captures', captureFiles(PUBLIC_CAPTURES).length > 0))(
    'published',
    () => {
      const published = captureFiles(PUBLIC_CAPTURES).filter((path) =>
        /(get|ipv6|nanosecs_big_endian|many_interfaces-1)\.pcap/.test(basename(path)),
      )

      it.each(published.map((path) => [basename(path), path] as const))('in %s', async (_, path) => {
        expect(await findingsIn(await openCapture(path))).toEqual([])
      })
    },
  )
})
