import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RST } from '../../src/decode/tcp-flags.ts'
import { ALTERNATIVES, type AlternativeName, QUESTIONS } from '../../src/tracker/decision-trail.ts'
import type { TracedPacket } from '../../src/tracker/packet-trace.ts'
import { CAUSE_RST, SEGMENT_CLASS_NAMES } from '../../src/tracker/segment-class.ts'
import { RESET_ACCEPTED, RESET_CHALLENGED, RESET_DROPPED } from '../../src/tracker/tracker-events.ts'
import { captureFiles, FIXTURES } from '../support/capture-files.ts'
import { type ExplainedPacket, explainCapture } from '../support/explain-capture.ts'
import { trackCapture } from '../support/track-capture.ts'

/** Packets explained of one capture; of a larger one every n-th. */
const MOST = 400

const REFUSALS: readonly AlternativeName[] = [
  'old-timestamp',
  'before-window',
  'beyond-window',
  'syn-refused',
  'ack-missing',
  'ack-of-unsent',
  'ack-too-old',
]
const REQUIREMENTS: readonly AlternativeName[] = ['answers-syn', 'completes-handshake']

/** Questions that no recording comes to within its first packets; ladders do. */
const UNRECORDED = [
  'tries-closed-window',
  'acknowledges-long-ago',
  'reset-in-window-of-fin-wait-2',
  'reset-at-sack-top',
  'ends-a-request',
]

/** How the last question about each alternative was answered. */
function outcomes({ steps }: TracedPacket): Map<AlternativeName, boolean> {
  return new Map(steps.map(({ question, answer }) => [QUESTIONS[question].about, answer]))
}

/** What the record says that cannot be so if the tracker went by it. */
function contradictions({ facts, traced }: ExplainedPacket): string[] {
  if (traced === null) return []
  const found: string[] = []
  const complain = (what: string): void => {
    found.push(`#${facts.packet} (${SEGMENT_CLASS_NAMES[traced.segmentClass]}): ${what}`)
  }
  const held = outcomes(traced)
  for (const [name, holds] of held) {
    const {
      stage,
      leadsTo = [],
      alone = [],
    } = ALTERNATIVES[name] as {
      stage: string
      leadsTo?: readonly number[]
      alone?: readonly number[]
    }
    if (stage !== 'class') continue
    if (holds && !leadsTo.includes(traced.segmentClass)) complain(`${name} holds`)
    if (!holds && alone.includes(traced.segmentClass)) complain(`${name} was rejected`)
  }
  const isReset = ((facts.tcp?.flags ?? 0) & RST) !== 0
  const isRefusing =
    REFUSALS.some((name) => held.get(name) === true) || REQUIREMENTS.some((name) => held.get(name) === false)
  if (traced.refused !== null && traced.syn === null && !isReset && !isRefusing)
    complain('nothing refuses it')
  if (traced.refused === CAUSE_RST && held.get('reset-near') !== true) complain('challenged, but not near')
  if (traced.reset === RESET_ACCEPTED) {
    if (held.get('reset-exact') !== true && held.get('reset-acknowledges-syn') !== true)
      complain('obeyed, but not exact')
  }
  if (traced.reset === RESET_CHALLENGED && held.get('reset-exact') !== false)
    complain('exact, but challenged')
  if (traced.reset === RESET_DROPPED && held.get('reset-near') === true) complain('near, but dropped')
  return found
}

function name(path: string): string {
  return relative(FIXTURES, path)
}

describe('the record of a packet', () => {
  it.each(captureFiles(FIXTURES).map((path) => [name(path), path]))(
    '%s: tells the class that the log tells, rejects nothing that holds, and changes nothing',
    async (_name, path) => {
      const plain = await trackCapture(path)
      const step = Math.ceil(plain.frames.length / MOST)
      const explained = await explainCapture(path, (packet) => packet % step === 0)
      expect(explained.connections).toEqual(plain.connections)
      const classes = new Map(plain.frames.map(({ packet, segmentClass }) => [packet, segmentClass]))
      const told = explained.packets.filter(({ traced }) => traced !== null && traced.icmp === null)
      const known = told.filter(({ facts }) => classes.has(facts.packet))
      expect(
        known.map(({ facts, traced }) => [facts.packet, SEGMENT_CLASS_NAMES[traced?.segmentClass ?? 0]]),
      ).toEqual(known.map(({ facts }) => [facts.packet, classes.get(facts.packet)]))
      expect(explained.packets.flatMap(contradictions)).toEqual([])
    },
  )

  it('has every question asked somewhere in the recordings, but for those that none came to', async () => {
    const asked = new Set<string>()
    for (const path of captureFiles(FIXTURES)) {
      const { packets } = await explainCapture(path, (packet) => packet <= 60)
      for (const { question } of packets.flatMap(({ traced }) => traced?.steps ?? [])) asked.add(question)
    }
    expect(Object.keys(QUESTIONS).filter((question) => !asked.has(question))).toEqual(UNRECORDED)
  })
})
