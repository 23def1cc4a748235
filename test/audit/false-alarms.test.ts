import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Finding, isAtLeast } from '../../src/audit/finding.ts'
import type { CaptureSource } from '../../src/capture/capture-source.ts'
import { openCapture, openInput } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { isAvailable } from '../support/availability.ts'
import { CAPTURE_FAULT_NAMES, capturedFrames, withFault } from '../support/capture-faults.ts'
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
