import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WatchedReset } from '../../src/audit/reset-watch.ts'
import { defineRule } from '../../src/audit/rule.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { RESET_EFFECT_NAMES } from '../../src/tracker/tracker-events.ts'
import { isAvailable } from '../support/availability.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { PLAIN_RULE } from '../support/plain-rule.ts'

/**
 * Every recorded capture with an RST: what became of each, whose it was, how sure that is, and what it means if it was
 * its source's own; `20 *` is twenty of them. Which were forged the recordings say themselves (`forgedFrames`).
 */
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  'abortive-closes': ['20 * accepted, source likely: abort or unread-data'],
  'ack-scan': ['22 * accepted, source likely: no-connection'],
  'challenge-ack-suppressed': ['4 * challenged, forged certain'],
  'close-with-unread-data': ['accepted, source likely: unread-data or abort'],
  'connect-abandoned-far': ['accepted, source certain: answer-unwanted'],
  'connect-abandoned-near': ['accepted, source certain: answer-unwanted'],
  'connect-scan-of-ports': ['21 * accepted, unknown possible: refused'],
  'data-after-close': ['accepted, source certain: data-after-close'],
  'disconnect-reset': ['accepted, source certain: abort or unread-data'],
  'doubled-by-the-network-far': ['accepted, source certain: after-close'],
  'doubled-by-the-network-near': ['accepted, source certain: after-close'],
  'fast-open-data-ignored': ['2 * accepted, source certain: abort or unread-data'],
  'fin-scan': ['21 * unknowable, source likely: no-connection'],
  'firewall-resets-syn': ['accepted, unknown possible: refused'],
  'forged-ack-of-deferred-handshake': ['challenged, unknown possible: wrong-ack'],
  'forged-rst-burst': ['2 * accepted, forged certain', '4 * dropped, forged certain'],
  'forged-rst-exact': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-in-window': ['challenged, forged certain'],
  'forged-rst-indistinct-at-server': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-indistinct-far': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-indistinct-near': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-outside': ['dropped, forged certain'],
  'forged-rst-to-client': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-to-syn-sent': ['accepted, forged certain', 'accepted, source likely: no-connection'],
  'forged-rst-too-late': ['dropped, forged certain'],
  'forged-rst-wrong-ip-id-at-server': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-wrong-ip-id-far': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-wrong-ip-id-near': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-wrong-ttl-at-server': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-wrong-ttl-far': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-rst-wrong-ttl-near': ['accepted, forged certain', 'accepted, source certain: after-reset'],
  'forged-syn-then-exact-rst': ['accepted, forged certain'],
  'half-open-scan': ['accepted, source certain: answer-unwanted'],
  'happy-eyeballs-refused': ['accepted, unknown possible: refused'],
  'health-checks-by-reset': ['20 * accepted, source certain: abort'],
  'host-vanished-far': ['accepted, source likely: forgotten'],
  'host-vanished-near': ['accepted, source certain: gave-up'],
  'keep-alive-race-request-held-far': ['accepted, unknown possible: data-after-close'],
  'keep-alive-race-request-held-near': ['accepted, unknown possible: data-after-close'],
  'keep-alive-race': ['accepted, source certain: data-after-close', 'accepted, source certain: after-reset'],
  'keep-alive-unanswered-joined-late': ['accepted, unknown possible: keep-alive'],
  'keep-alive-unanswered-near': ['accepted, source certain: keep-alive'],
  'killed-process-then-data': ['accepted, source certain: data-after-close'],
  'killed-process-with-unread-data': ['accepted, source likely: unread-data or abort'],
  'linger0-reset-far': ['accepted, source certain: abort or unread-data'],
  'linger0-reset-near': ['accepted, source certain: abort or unread-data'],
  'listener-closed-in-handshake-far': ['accepted, source likely: not-accepted'],
  'listener-closed-in-handshake-near': ['accepted, source likely: not-accepted'],
  'lost-reset-far': ['accepted, source likely: forgotten'],
  'lost-reset-near': [
    'dropped, source certain: abort or unread-data',
    'accepted, source certain: after-reset',
  ],
  'middlebox-forgets-and-resets-near': ['4 * accepted, middlebox likely: idle-middlebox'],
  'null-scan': ['21 * unknowable, source likely: no-connection'],
  'odd-flags': ['unknowable, unknown possible: unknown'],
  'queue-overflow-aborted': ['accepted, source likely: not-accepted'],
  'pool-behind-a-resetting-middlebox-near': ['6 * accepted, middlebox likely: idle-middlebox'],
  'rebooted-same-port': ['accepted, source likely: forgotten'],
  'rebooted-server': ['accepted, source likely: forgotten'],
  'refused-often': ['25 * accepted, unknown possible: refused'],
  'refused-then-listening': ['2 * accepted, unknown possible: refused'],
  refused: ['2 * accepted, unknown possible: refused'],
  'reset-behind-answer': [
    'accepted, source likely: abort or unread-data',
    'dropped, source certain: after-reset',
  ],
  'server-never-reads-then-closes': ['accepted, source certain: unread-data or abort'],
  'stale-syn-far': ['accepted, source certain: answer-unwanted'],
  'stale-syn-near': ['accepted, source certain: answer-unwanted'],
  'syn-scan-of-hosts': ['accepted, unknown possible: refused', 'accepted, source certain: answer-unwanted'],
  'syn-scan-of-ports': [
    '21 * accepted, unknown possible: refused',
    'accepted, source certain: answer-unwanted',
  ],
  'time-wait-nobody-listens': [
    'accepted, source certain: answer-unwanted',
    'accepted, unknown possible: refused',
  ],
  'time-wait-old-syn': ['accepted, source certain: answer-unwanted'],
  'time-wait-rst': ['dropped, forged certain', 'accepted, forged certain'],
  'time-wait-syn-refused-repeatedly': ['2 * accepted, source certain: answer-unwanted'],
  'unread-data-at-every-close': [
    '20 * accepted, source likely: abort or unread-data',
    '11 * dropped, source certain: after-reset',
  ],
  'xmas-scan': ['21 * unknowable, source likely: no-connection'],
}

/** The same of other people's captures (README.md there says what they show). */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'fin_retransmission.pcap': ['accepted, source likely: unknown'],
  'qi_internet_SYNACK_curl_jsonip.pcap': [
    'dropped, source certain: data-after-close',
    'dropped, source certain: after-reset',
    'accepted, source certain: after-reset',
  ],
  'retransmit-fast009.pcap': ['accepted, source likely: abort or unread-data'],
  'rst-inject-rae.pcap': [
    'dropped, forged certain',
    'dropped, source likely: unread-data or abort',
    'accepted, source certain: after-reset',
  ],
  'rst-with-tcp-ao.pcap': ['unsigned, forged certain', 'dropped, source likely: abort'],
  'split-handshake-4whs.pcap': ['accepted, source likely: unknown'],
  'tcp-rst-with-data.pcap': ['accepted, source likely: unknown'],
}

/** Forged, but alone on a connection of which nothing else was seen. */
const UNRECOGNISABLE = ['odd-flags']

async function resetsIn(path: string): Promise<WatchedReset[]> {
  const resets: WatchedReset[] = []
  const collector = defineRule({
    ...PLAIN_RULE,
    id: 'collector',
    create: () => ({
      judgeResets(_, judged) {
        resets.push(...judged)
      },
    }),
  })
  const source = await openCapture(path)
  await auditCapture(source, { onConnection: () => {}, rules: [collector] })
  await source.close()
  return resets.sort((a, b) => a.moment.packet - b.moment.packet)
}

function verdictsOf(resets: readonly WatchedReset[]): string[] {
  const texts = resets.map(({ effect, verdict: { origin, confidence }, reasons }) => {
    const meaning = origin === 'forged' ? '' : `: ${reasons.join(' or ')}`
    return `${RESET_EFFECT_NAMES[effect]}, ${origin} ${confidence}${meaning}`
  })
  return [...new Set(texts)].map((text) => {
    const count = texts.filter((other) => other === text).length
    return count > 1 ? `${count} * ${text}` : text
  })
}

function forgedFrames(path: string): number[] {
  const story = path.replace(/\.pcap$/, '.json')
  if (!existsSync(story)) return []
  const { forgedFrames = [] } = JSON.parse(readFileSync(story, 'utf8'))
  return forgedFrames.map(({ frame }: { frame: number }) => frame)
}

const recorded = captureFiles(join(FIXTURES, 'kernel'))

describe('a recorded reset', () => {
  it.each(recorded.map((path) => [basename(path, '.pcap'), path] as const))(
    'is judged right in %s',
    async (name, path) => {
      const resets = await resetsIn(path)
      expect(verdictsOf(resets)).toEqual(VERDICTS[name] ?? [])
      const forged = forgedFrames(path)
      for (const { moment, verdict } of UNRECOGNISABLE.includes(name) ? [] : resets) {
        expect(verdict.origin === 'forged', `packet ${moment.packet}`).toBe(forged.includes(moment.packet))
      }
    },
  )

  it('is recorded in each capture named here', () => {
    const names = recorded.map((path) => basename(path, '.pcap'))
    expect(Object.keys(VERDICTS).filter((name) => !names.includes(name))).toEqual([])
  })
})

describe.runIf(isAvailable('../shared/captures', captureFiles(PUBLIC_CAPTURES).length > 0))(
  'a published reset',
  () => {
    it.each(Object.entries(PUBLISHED))('is judged right in %s', async (name, verdicts) => {
      expect(verdictsOf(await resetsIn(join(PUBLIC_CAPTURES, name)))).toEqual(verdicts)
    })
  },
)
