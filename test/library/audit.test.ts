import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type AuditEvent,
  type AuditOptions,
  type AuditSource,
  audit,
  auditReport,
  defineRule,
} from '../../src/index.ts'
import { libpcapIsThere } from '../live/libpcap-is-there.ts'
import { checkWritten } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-library-'))
afterAll(() => rmSync(folder, { recursive: true }))

const KERNEL = join(ROOT, 'fixtures/kernel')
const REFUSED = join(KERNEL, 'refused.pcap')
const LEAK = join(KERNEL, 'close-wait-pile.pcap')
const captures = readdirSync(KERNEL).filter((file) => file.endsWith('.pcap'))

async function eventsOf(source: AuditSource, options: AuditOptions = {}): Promise<AuditEvent[]> {
  const events: AuditEvent[] = []
  for await (const event of audit(source, options)) events.push(event)
  return events
}

/** What stays when a capture is called otherwise. */
function unnamed(events: readonly AuditEvent[]): unknown {
  return events.map((event) =>
    event.type === 'end'
      ? { ...event, capture: { ...event.capture, sources: event.capture.sources.length } }
      : event,
  )
}

function openFiles(path: string): number {
  const links = readdirSync('/proc/self/fd').map((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`)
    } catch {
      return ''
    }
  })
  return links.filter((link) => link === path).length
}

describe('audit and auditReport', () => {
  it.each(captures)('%s: the lines of --ndjson, and the document of --json', async (capture) => {
    const path = join(KERNEL, capture)
    const { stdout } = await runMain(['file', path, '--ndjson', '--no-config'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const events = await eventsOf(path)
    // As JSON: what is undefined is not there.
    expect(JSON.parse(JSON.stringify(events))).toEqual(lines)
    const document = await runMain(['file', path, '--json', '--no-config'])
    const report = JSON.stringify(await auditReport(path))
    expect(JSON.parse(report)).toEqual(JSON.parse(document.stdout))
    checkWritten(['file', path, '--json'], report)
  })

  it('merges several captures as the command line does', async () => {
    const paths = ['client-view.pcap', 'server-view.pcap'].map((_, index) =>
      join(KERNEL, captures[index] ?? ''),
    )
    const { stdout } = await runMain(['file', ...paths, '--json', '--no-config'])
    expect(JSON.parse(JSON.stringify(await auditReport(paths)))).toEqual(JSON.parse(stdout))
  })
})

describe('the source', () => {
  const bytes = readFileSync(REFUSED)
  async function* pieces(length: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
  }
  const sources: readonly (readonly [string, () => AuditSource])[] = [
    ['a file: URL', () => pathToFileURL(REFUSED)],
    ['a Buffer', () => bytes],
    [
      'a part of a larger ArrayBuffer',
      () =>
        new Uint8Array(Buffer.concat([Buffer.alloc(7), bytes, Buffer.alloc(3)]).buffer as ArrayBuffer)
          .slice(0)
          .subarray(0),
    ],
    ['a Readable', () => createReadStream(REFUSED)],
    ['a Readable in pieces of 11 bytes', () => createReadStream(REFUSED, { highWaterMark: 11 })],
    ['a stream of the web', () => Readable.toWeb(createReadStream(REFUSED)) as AsyncIterable<Uint8Array>],
    ['an async generator', () => pieces(1)],
    ['an async generator of one large piece', () => pieces(1 << 20)],
    ['compressed bytes', () => gzipSync(bytes)],
    ['a list of one', () => [bytes]],
  ]

  it.each(sources.filter(([name]) => !name.startsWith('a part')))('may be %s', async (_name, source) => {
    expect(unnamed(await eventsOf(source()))).toEqual(unnamed(await eventsOf(REFUSED)))
  })

  it('may be a view of a larger buffer', async () => {
    const large = Buffer.concat([Buffer.alloc(7), bytes, Buffer.alloc(3)])
    const view = large.subarray(7, 7 + bytes.length)
    expect(unnamed(await eventsOf(view))).toEqual(unnamed(await eventsOf(REFUSED)))
  })

  it('may be of several kinds, merged by time', async () => {
    const mixed = await auditReport([REFUSED, readFileSync(LEAK)])
    const paths = await auditReport([REFUSED, LEAK])
    expect(mixed.connections).toEqual(paths.connections)
    expect(mixed.capture.sources.map(({ name }) => name)).toEqual([REFUSED, 'bytes'])
  })

  it('named - is a file of that name, not standard input', async () => {
    await expect(eventsOf('-')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is told where it was cut; that is no error', async () => {
    const { capture } = await auditReport(bytes.subarray(0, bytes.length - 5))
    expect(capture.quality.stoppedAt?.reason).toContain('ends inside packet')
  })
})

describe('options', () => {
  it('choose events; what is not wanted is not among them', async () => {
    const all = await eventsOf(REFUSED)
    for (const type of ['state', 'connection', 'finding', 'end'] as const) {
      expect(await eventsOf(REFUSED, { events: [type] })).toEqual(all.filter((event) => event.type === type))
    }
    expect(await eventsOf(REFUSED, { events: [] })).toEqual([])
  })

  it('tie events to their types', async () => {
    const titles: string[] = []
    for await (const { title } of audit(REFUSED, { events: ['finding'] })) titles.push(title)
    for await (const event of audit(REFUSED, { events: ['finding', 'state'] })) {
      // @ts-expect-error: it may be a state, which has no title
      titles.push(event.title ?? '')
    }
    expect(titles.length).toBeGreaterThan(0)
  })

  it.each([
    ['as they stand in a config file', { rules: { 'handshake-refused': 'off' } }],
    ['a rule at a time', { rules: { 'handshake-refused': { severity: 'critical' } } }],
  ] as const)('set rules, %s', async (_name, config) => {
    const path = join(folder, 'config.json')
    writeFileSync(path, JSON.stringify(config))
    const { findings, tool } = await auditReport(REFUSED, { config: path })
    expect(tool.configFile).toBe(path)
    expect((await auditReport(REFUSED, { config })).findings).toEqual(findings)
    expect((await auditReport(REFUSED)).findings).not.toEqual(findings)
  })

  it('say what is known of hosts', async () => {
    const hosts = { default: { timeWait: '1s' } }
    const config = { hosts }
    const capture = join(KERNEL, 'orderly-close-by-client.pcap')
    const longer = await auditReport(capture, { asOf: '+10' })
    const shorter = await auditReport(capture, { asOf: '+10', config })
    expect(longer.summary.states).toMatchObject({ TIME_WAIT: expect.any(Number) })
    expect(shorter.summary.states).not.toHaveProperty('TIME_WAIT')
  })

  it('stop at a moment', async () => {
    const { stdout } = await runMain(['file', LEAK, '--as-of', '+0.5', '--json', '--no-config'])
    const expected = JSON.parse(stdout)
    expect(JSON.parse(JSON.stringify(await auditReport(LEAK, { asOf: '+0.5' })))).toEqual(expected)
    const date = new Date(expected.capture.asOf)
    const { capture } = await auditReport(LEAK, { asOf: date })
    expect(capture.asOf?.slice(0, 23)).toBe(expected.capture.asOf.slice(0, 23))
  })

  it.runIf(libpcapIsThere())('filter packets', async () => {
    const { connections } = await auditReport(LEAK)
    const { port } = connections[0]?.client ?? { port: 0 }
    const { capture, connections: left } = await auditReport(LEAK, { filter: `tcp port ${port}` })
    expect(capture.sources[0]?.filter).toBe(`tcp port ${port}`)
    expect(left.map(({ client }) => client.port)).toEqual([port])
  })

  it('bring rules of one’s own, and what goes wrong with them is told', async () => {
    const rule = (id: string, fails: boolean) =>
      defineRule({
        id,
        scope: 'connection',
        category: 'opening',
        severity: 'notice',
        summary: 'A SYN was sent.',
        since: '1',
        references: [],
        messages: { sent: {} },
        notes: { syn: {} },
        groupBy: 'connection',
        unreliableWhen: [],
        create: (context) => ({
          enters: {
            SYN_SENT(event) {
              if (fails) throw new Error('not today')
              context.report('sent', event, { data: {}, evidence: [context.note('syn', event, {})] })
            },
          },
        }),
        wording: {
          messages: { sent: { title: () => 'A SYN', detail: () => 'It was sent.' } },
          notes: { syn: () => 'SYN' },
        },
      })
    const report = await auditReport(REFUSED, { rules: [rule('good-one', false), rule('bad-one', true)] })
    expect(report.findings.filter((finding) => finding.rule === 'good-one')).toHaveLength(2)
    expect(report.ruleFaults).toEqual([{ rule: 'bad-one', message: 'not today', packet: 1 }])
  })
})

describe('an error', () => {
  const empty = join(folder, 'empty.pcap')
  writeFileSync(empty, '')
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield readFileSync(REFUSED).subarray(0, 100)
    throw new RangeError('the network is gone')
  }
  const any = (value: unknown) => value as never

  it.each<[string, number, AuditSource, AuditOptions, string]>([
    ['not-found', 3, '/nowhere.pcap', {}, '/nowhere.pcap: no such file'],
    ['not-readable', 3, folder, {}, 'is a directory'],
    ['not-readable', 3, failing(), {}, 'the network is gone'],
    ['not-readable', 3, any(Readable.from(['text'])), {}, 'gives string instead of bytes'],
    ['empty', 3, empty, {}, 'empty'],
    ['empty', 3, new Uint8Array(0), {}, 'empty'],
    ['not-a-capture', 3, join(ROOT, 'README.md'), {}, 'README.md'],
    ['wrong-option', 2, [], {}, 'names no capture'],
    ['wrong-option', 2, any(7), {}, 'source is none'],
    ['wrong-option', 2, new URL('https://example.com/a.pcap'), {}, 'https:'],
    ['wrong-option', 2, REFUSED, any({ event: [] }), 'did you mean events?'],
    ['wrong-option', 2, REFUSED, { events: any(['findings']) }, 'did you mean finding?'],
    ['wrong-option', 2, REFUSED, { asOf: 'soon' }, "asOf does not understand 'soon'"],
    ['wrong-option', 2, REFUSED, { asOf: new Date('soon') }, 'asOf does not understand'],
    ['wrong-option', 2, REFUSED, { maxConnections: 0 }, 'maxConnections takes no 0'],
    ['wrong-config', 2, REFUSED, { config: '/nowhere.yaml' }, 'no such file'],
    [
      'wrong-config',
      2,
      REFUSED,
      { config: { rules: { 'handshake-refusd': 'off' } } },
      'config.rules.handshake-refusd: unknown rule',
    ],
    [
      'wrong-config',
      2,
      REFUSED,
      { config: { rules: { scan: any('of') }, hosts: { here: {} } } },
      'and 1 more error)',
    ],
    ['wrong-config', 2, REFUSED, { config: any({ rule: {} }) }, 'did you mean rules?'],
    ['wrong-rule', 2, REFUSED, { rules: any([{}]) }, 'a rule without id'],
    ...(libpcapIsThere()
      ? ([
          ['wrong-filter', 2, REFUSED, { filter: 'tcp prot 1' }, "filter does not understand 'tcp prot 1'"],
        ] as const)
      : []),
  ] as never)('%s (%d) of %s', async (code, exitCode, source, options, words) => {
    const error = await eventsOf(source, options).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: 'AuditError', code, exitCode })
    const { message } = error as Error
    expect(message).toContain(words)
    expect(message).not.toMatch(/--\w|\n/)
  })

  it('has what the source threw as its cause', async () => {
    await expect(eventsOf(failing())).rejects.toMatchObject({ cause: new RangeError('the network is gone') })
  })
})

describe('an audit that is left early', () => {
  it('closes the file', async () => {
    const path = join(KERNEL, 'random-loss-both-ways-far.pcap')
    for await (const event of audit(path)) {
      expect(event.type).toBe('state')
      expect(openFiles(path)).toBe(1)
      break
    }
    expect(openFiles(path)).toBe(0)
    await expect(auditReport(join(ROOT, 'README.md'))).rejects.toThrow()
    expect(openFiles(join(ROOT, 'README.md'))).toBe(0)
    await auditReport(path)
    expect(openFiles(path)).toBe(0)
  })

  it('opens nothing that is not asked for', async () => {
    audit(REFUSED)
    expect(openFiles(REFUSED)).toBe(0)
    await audit(REFUSED).return()
    expect(openFiles(REFUSED)).toBe(0)
  })

  it('tells who gives the bytes', async () => {
    const stream = createReadStream(REFUSED)
    let isOver = false
    async function* bytes(): AsyncGenerator<Uint8Array> {
      try {
        yield readFileSync(REFUSED)
      } finally {
        isOver = true
      }
    }
    for (const source of [stream, bytes()]) for await (const _ of audit(source)) break
    expect([stream.destroyed, isOver]).toEqual([true, true])
  })
})

describe('a signal', () => {
  it('that is aborted already opens nothing', async () => {
    const signal = AbortSignal.abort(new Error('never mind'))
    await expect(eventsOf('/nowhere.pcap', { signal })).rejects.toThrow('never mind')
  })

  it('ends an audit that waits for bytes', async () => {
    const controller = new AbortController()
    const pipe = new PassThrough()
    pipe.write(readFileSync(REFUSED))
    const seen: string[] = []
    const over = (async () => {
      for await (const { type } of audit(pipe, { signal: controller.signal })) {
        seen.push(type)
        if (type === 'connection' || seen.length === 3)
          setTimeout(() => controller.abort(new Error('enough')), 10)
      }
    })()
    await expect(over).rejects.toThrow('enough')
    expect(seen.length).toBeGreaterThan(0)
    // The capture has not ended: nothing is told as if it had.
    expect(seen).not.toContain('end')
    expect(pipe.destroyed).toBe(true)
  })

  it('ends one that waits for a generator which never goes on', async () => {
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield readFileSync(REFUSED).subarray(0, 200)
      await new Promise(() => {})
    }
    const signal = AbortSignal.timeout(50)
    await expect(eventsOf(stuck(), { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
