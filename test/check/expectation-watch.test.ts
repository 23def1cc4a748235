import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { ExpectationWatch } from '../../src/check/expectation-watch.ts'
import { METRICS } from '../../src/check/metrics.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { expectationsIn } from '../../src/cli/check/load-expectations.ts'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'

const KERNEL = join(ROOT, 'fixtures/kernel')

/** What a capture comes to by an expectation file, `ID: EXPECTED | SEEN` of what is not met. */
async function notMet(name: string, text: string): Promise<string[]> {
  const expectations = await expectationsIn('e.yaml', text, RULES)
  const watch = new ExpectationWatch(expectations)
  const source = await openCapture(join(KERNEL, name))
  const result = await auditCapture(source, {
    onConnection: () => {},
    subscribe: (events) => watch.subscribe(events),
  })
  await source.close()
  const assertions = [...watch.assertions({ ...result, moment: null, command: 'again' })]
  for (const { passed, evidence, command } of assertions) {
    if (passed) expect([evidence, command]).toEqual([[], null])
    else expect(command).toMatch(/^again( --connection \d+)?$/)
    for (const { packet } of evidence) expect(packet).toBeGreaterThan(0)
  }
  return assertions
    .filter(({ passed }) => !passed)
    .map(({ id, expected, seen }) => `${id}: ${expected} | ${seen}`)
}

async function documentOf(name: string): Promise<ReportDocument> {
  const { stdout } = await runMain(['file', join(KERNEL, name), '--json'])
  return JSON.parse(stdout) as ReportDocument
}

const CROWDS = [
  'close-wait-thousand.pcap.gz',
  'random-loss-both-ways-far.pcap',
  'syn-flood-small.pcap',
  'abortive-closes.pcap',
  'zero-window-for-seconds.pcap',
]

describe('numbers', () => {
  it.each(CROWDS)('of %s are those that the JSON document adds up to', async (name) => {
    const { connections } = await documentOf(name)
    const ends = connections.flatMap(({ client, server }) => [client, server])
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
    const durations = connections.map(({ durationSeconds }) => durationSeconds).sort((a, b) => a - b)
    const rtts = connections.flatMap(({ handshake }) => handshake?.rttSeconds ?? []).sort((a, b) => a - b)
    const rank = (sorted: readonly number[], share: number) => sorted[Math.ceil(share * sorted.length) - 1]
    const facts: Record<string, number> = {
      connections: connections.length,
      packets: sum(connections.map(({ packets }) => packets)),
      bytes: sum(ends.map(({ bytes }) => bytes)),
      'client.bytes': sum(connections.map(({ client }) => client.bytes)),
      'server.payloadBytes': sum(connections.map(({ server }) => server.payloadBytes)),
      retransmissions: sum(ends.map(({ retransmissions }) => retransmissions)),
      'retransmissions.timeout': sum(ends.map(({ retransmissionKinds }) => retransmissionKinds.timeout)),
      'resets.fromClient': sum(connections.map(({ client }) => client.resets)),
      'handshake.synRetries': sum(connections.map(({ handshake }) => handshake?.synRetries ?? 0)),
    }
    const lines = Object.entries(facts).map(([key, value]) => `${key}: ${value}`)
    const measured = rtts.length > 0 ? [`  median: ${rank(rtts, 0.5)}`, `  max: ${rtts.at(-1)}`] : []
    const text = [
      ...lines,
      'durationSeconds:',
      `  p90: ${rank(durations, 0.9)}`,
      `  p99: ${rank(durations, 0.99)}`,
      `  min: ${durations[0]}`,
      'handshake.rttSeconds:',
      `  count: ${rtts.length}`,
      ...measured,
    ].join('\n')
    expect(await notMet(name, text)).toEqual([])
    const off = text.replace(/^(connections|bytes|client\.bytes): .*$/gm, '$1: 7777777')
    expect((await notMet(name, off)).map((line) => line.replace(/:.*/, ''))).toEqual([
      'connections',
      'bytes',
      'client.bytes',
    ])
  })

  it('can all be asked for at once', async () => {
    const text = METRICS.map(({ name }) => `${name}: { total: ">= 0", max: ">= 0", count: ">= 0" }`).join(
      '\n',
    )
    expect(await notMet('random-loss-both-ways-far.pcap', text)).toEqual([])
  })

  it('tell RSTs behind data from those without', async () => {
    // The server closes with data unread, and answers with an RST.
    expect(await notMet('close-with-unread-data.pcap', 'resets.fromServerAfterData: ">= 1"')).toEqual([])
    expect(await notMet('refused.pcap', 'resets.fromServer: 2\nresets.fromServerAfterData: 0')).toEqual([])
  })

  it('tell how long a state lasted, to the end of the capture if it did', async () => {
    const { connections, capture } = await documentOf('close-wait-over-a-minute.pcap')
    const waiting = connections.flatMap(({ server }) =>
      server.state === 'CLOSE_WAIT' ? [server.stateSince] : [],
    )
    const seconds = Math.max(
      ...waiting.map((since) => (Date.parse(capture.end ?? '') - Date.parse(since)) / 1000),
    )
    expect(seconds).toBeGreaterThan(60)
    const text = (from: number, to: number) => `closeWait.maxSeconds: "${from.toFixed(2)}..${to.toFixed(2)}"`
    expect(await notMet('close-wait-over-a-minute.pcap', text(seconds - 0.02, seconds + 0.02))).toEqual([])
    expect(await notMet('close-wait-over-a-minute.pcap', text(0, seconds - 0.02))).toHaveLength(1)
  })
})

describe('connections', () => {
  it('are selected one by one in the order in which they began, however they end', async () => {
    const { connections } = await documentOf('random-loss-both-ways-far.pcap')
    const groups = connections.map(
      ({ packets, client }, index) =>
        `  - { server: ":5001", nth: ${index + 1}, connections: 1, packets: ${packets}, client.bytes: ${client.bytes} }`,
    )
    expect(await notMet('random-loss-both-ways-far.pcap', `where:\n${groups.join('\n')}`)).toEqual([])
    const swapped = [groups[1], groups[0]].map((line, index) =>
      line?.replace(/nth: \d+/, `nth: ${index + 1}`),
    )
    expect(await notMet('random-loss-both-ways-far.pcap', `where:\n${swapped.join('\n')}`)).not.toEqual([])
  })

  it('that are not there meet nothing', async () => {
    const text = `where:
  - server: 192.0.2.1
    resets: 0
    retransmissionRate: "< 1%"
    outcomes: { reset: 0 }
    states: { CLOSE_WAIT: 0 }
    never: [scan]
    max-severity: critical
`
    const failed = await notMet('refused.pcap', text)
    expect(failed.map((line) => line.replace(/.*\]\.|:.*/g, ''))).toEqual([
      'resets',
      'retransmissionRate',
      'outcomes.reset',
      'states.CLOSE_WAIT',
      'never.scan',
      'max-severity',
    ])
    for (const line of failed) expect(line).toContain('| there is no such connection')
    expect(await notMet('refused.pcap', `${text}    connections: 0\n`)).toEqual([])
  })

  it('have findings of their own, and so have hosts', async () => {
    const flooded = `where:
  - { server: 10.9.1.2:5001, findings: { syn-flood: 1 } }
  - { server: 10.9.1.2:5002, findings: { syn-flood: 0 } }
`
    expect(await notMet('syn-flood-without-cookies.pcap', flooded)).toEqual([])
    const about = 'findings: { reset-injected: { count: 1, host: 10.9.1.2, client: 10.9.0.2 } }'
    expect(await notMet('forged-rst-exact.pcap', about)).toEqual([])
    expect(await notMet('forged-rst-exact.pcap', about.replace('10.9.0.2', '10.9.0.3'))).toEqual([
      expect.stringContaining('| no finding; of others, 1 finding: Forged reset'),
    ])
  })

  it('are counted by what became of them', async () => {
    const { summary } = await documentOf('syn-flood-small.pcap')
    const outcomes = Object.entries(summary.outcomes).map(([name, count]) => `${name}: ${count}`)
    const states = Object.entries(summary.states).map(([name, count]) => `${name}: ${count}`)
    const text = `outcomes: { ${outcomes.join(', ')} }\nstates: { ${states.join(', ')} }`
    expect(await notMet('syn-flood-small.pcap', text)).toEqual([])
    expect(await notMet('syn-flood-small.pcap', text.replaceAll(/: (\d)/g, ': 9$1'))).toHaveLength(
      outcomes.length + states.length,
    )
  })
})
