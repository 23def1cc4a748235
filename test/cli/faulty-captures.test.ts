import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openInput } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import {
  CAPTURE_FAULT_NAMES,
  type CaptureFaultName,
  capturedFrames,
  withFault,
} from '../support/capture-faults.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { MemoryInput } from '../support/memory-input.ts'
import { writePcap } from '../support/pcap-writer.ts'

const CAPTURES = [
  'orderly-close-by-client',
  'half-close-with-data',
  'ipv6-orderly-close',
  'simultaneous-close',
]

async function audit(bytes: Uint8Array) {
  const outcomes: string[] = []
  const source = await openInput('memory', new MemoryInput(bytes))
  const { capture } = await auditCapture(source, {
    onConnection: ({ id, outcome, packets }) => outcomes.push(`${id} ${outcome} ${packets}`),
  })
  await source.close()
  return { capture, outcomes: outcomes.sort(), quality: capture.quality }
}

async function both(name: string, fault: CaptureFaultName) {
  const frames = await capturedFrames(join(FIXTURES, 'kernel', `${name}.pcap`))
  const clean = await audit(writePcap(frames, { format: 'pcapng', linkType: frames[0]?.linkType ?? 1 }))
  return { clean, faulty: await audit(withFault(frames, fault)), frames: frames.length }
}

describe.each(CAPTURES)('%s with a fault of the capture', (name) => {
  it.each(CAPTURE_FAULT_NAMES)('%s', async (fault) => {
    const { clean, faulty, frames } = await both(name, fault)
    const { quality } = faulty
    const found = {
      'each frame twice': () =>
        quality.duplicateFrames - quality.routedFrames - quality.otherVlanFrames === frames,
      'each frame again behind a router': () => quality.routedFrames === frames,
      'each frame in two VLANs': () => quality.otherVlanFrames === frames,
      '1 % of frames removed': () => faulty.capture.packets <= frames,
      'one frame removed': () => faulty.capture.packets === frames - 1,
      'a burst of frames removed': () => faulty.capture.packets < frames,
      'times in whole milliseconds': () => faulty.capture.packets === frames && quality.timeReversals === 0,
      'the directions on two clocks': () =>
        quality.lateSyns + quality.lateSegments > 0 && quality.timeReversals === 0,
      'neighbours swapped': () => quality.timeReversals === 1 && quality.largestTimeReversal > 0,
      'neighbours and their times swapped': () => quality.timeReversals === 0,
      'snaplen 54': () => quality.cutLength === 54 && faulty.capture.decoded.truncated > 0,
      'one direction removed': () => quality.oneSidedConnections === faulty.outcomes.length,
      'segments merged by offload': () => faulty.capture.packets <= frames,
    } satisfies Record<CaptureFaultName, () => boolean>
    expect(clean.quality).toMatchObject({
      duplicateFrames: 0,
      timeReversals: 0,
      oneSidedConnections: 0,
    })
    expect(found[fault](), JSON.stringify(quality)).toBe(true)
  })

  it.each(['each frame twice', 'each frame again behind a router', 'each frame in two VLANs'] as const)(
    '%s: its connections are the same',
    async (fault) => {
      const { clean, faulty } = await both(name, fault)
      const without = (list: readonly string[]) => list.map((text) => text.replace(/^\d+ /, ''))
      expect(without(faulty.outcomes)).toEqual(without(clean.outcomes))
    },
  )
})
