import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { CSV_COLUMNS, defused, quoted } from '../../src/report/connection-csv.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** RFC 4180 to the letter: every record ends with CRLF, quotes only around whole fields. */
function records(text: string): string[][] {
  const found: string[][] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  let record: string[] = []
  while (field.lastIndex < text.length) {
    const [, inQuotes, bare, end] = field.exec(text) ?? []
    if (end === undefined) throw new Error(`not RFC 4180 in record ${found.length + 1}`)
    record.push(inQuotes?.replaceAll('""', '"') ?? bare ?? '')
    if (end === ',') continue
    found.push(record)
    record = []
  }
  return found
}

type Row = Readonly<Record<string, string>>

async function rowsOf(...args: string[]): Promise<Row[]> {
  const { code, stdout } = await runMain(['file', '--format', 'csv', '--no-config', ...args])
  expect(code).toBe(0)
  const [head = [], ...body] = records(stdout)
  expect(head).toEqual(CSV_COLUMNS)
  return body.map((cells) => {
    expect(cells.length).toBe(head.length)
    return Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']))
  })
}

/** What stands in a document at `client.rttSeconds.mean`. */
function at(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
}

const CAPTURES = ['close-wait-pile', 'refused', 'lost-last-ack-near', 'keep-alive-unanswered-near']

describe('--format csv', () => {
  it.each(CAPTURES)('%s: every cell is what --json has under the name of its column', async (name) => {
    const path = join(FIXTURES, 'kernel', `${name}.pcap`)
    const rows = await rowsOf(path)
    const { connections } = JSON.parse((await runMain(['file', path, '--json', '--no-config'])).stdout)
    expect(rows.length).toBe(connections.length)
    for (const connection of connections) {
      const row = rows.find(({ id }) => Number(id) === connection.id) as Row
      for (const column of CSV_COLUMNS) {
        if (column === 'capture' || column === 'surroundings' || column === 'findings') continue
        const cell = row[column] as string
        const value = at(connection, column)
        if (typeof value === 'number') expect(Number(cell), column).toBeCloseTo(value, 9)
        else expect(cell, column).toBe(column === 'evicted' ? String(value ?? false) : String(value ?? ''))
      }
      expect(row['capture']).toBe(path)
    }
  })

  it('names the findings that are known of a connection when it is over', async () => {
    const rows = await rowsOf(join(FIXTURES, 'kernel/refused.pcap'))
    expect(rows.map((row) => row['findings'])).toEqual(['handshake-refused:1', 'handshake-refused:3'])
  })

  it('names the capture of each connection where there are several, and numbers packets as that does', async () => {
    const paths = ['refused', 'lost-syn-near'].map((name) => join(FIXTURES, 'kernel', `${name}.pcap`))
    const rows = await rowsOf(...paths)
    const apart = await Promise.all(paths.map((path) => rowsOf(path)))
    const places = (list: readonly Row[]) =>
      list.map((row) => [row['capture'], row['firstPacket'], row['lastPacket'], row['client.port']].join(' '))
    expect(places(rows).sort()).toEqual(places(apart.flat()).sort())
    expect(rows.map(({ stream }) => stream)).toEqual(rows.map(() => ''))
  })

  it.each(['=cmd|calc!A0.pcap', '-1+2,3.pcap', '@SUM(1).pcap', '+1\t"two"\nthree.pcap'])(
    'makes a text of a file that is named as a formula: %j',
    async (name) => {
      const path = join(folder, name)
      copyFileSync(join(FIXTURES, 'kernel/refused.pcap'), path)
      const folderBefore = process.cwd()
      process.chdir(folder)
      try {
        const rows = await rowsOf('--', name)
        for (const row of rows) {
          expect(row['capture']).toMatch(/^'[=+\-@]/)
          // Numbers stay numbers.
          expect(row['client.port']).toMatch(/^\d+$/)
        }
      } finally {
        process.chdir(folderBefore)
      }
    },
  )

  it('is read by another program as it was written', async () => {
    const path = join(folder, 'a "quoted", name.pcap')
    copyFileSync(join(FIXTURES, 'kernel/close-wait-pile.pcap'), path)
    const { stdout } = await runMain(['file', path, '--format', 'csv', '--no-config'])
    const script = 'import csv, json, sys\nprint(json.dumps(list(csv.reader(sys.stdin, strict=True))))'
    const read = execFileSync('python3', ['-c', script], { input: stdout, encoding: 'utf8' })
    expect(JSON.parse(read)).toEqual(records(stdout))
  })

  it('has the columns that docs/formats.md lists, in that order', () => {
    const [, rest = ''] = readFileSync(join(ROOT, 'docs/formats.md'), 'utf8').split('<!-- columns of csv -->')
    const [table = ''] = rest.split('\n## ')
    const named = [...table.matchAll(/^\| `([^`]+)`/gm)].flatMap(([, name = '']) =>
      name.startsWith('END.') ? [] : [name],
    )
    const ofEnd = [...table.matchAll(/^\| `END\.([^`]+)`/gm)].map(([, name]) => name)
    const columns = ['client', 'server'].flatMap((end) => ofEnd.map((name) => `${end}.${name}`))
    expect([...named.slice(0, 3), ...columns, ...named.slice(3)]).toEqual(CSV_COLUMNS)
  })
})

describe('cells of any text', () => {
  it('come back from RFC 4180 as they were', () => {
    const rows = fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(rows, (wanted) => {
        const text = wanted.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
        expect(records(text)).toEqual(wanted)
      }),
    )
  })

  it('never begin as a formula, and are otherwise left alone', () => {
    const dangerous = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.constantFrom(...dangerous), fc.string()).map(([first, rest]) => first + rest),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const safe = defused(text)
        expect(dangerous.some((first) => safe.startsWith(first))).toBe(false)
        expect(safe.endsWith(text)).toBe(true)
        expect(safe.length - text.length).toBe(dangerous.some((first) => text.startsWith(first)) ? 1 : 0)
      }),
    )
  })
})
