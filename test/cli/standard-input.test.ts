import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipeCli, startCli } from '../support/pipe-cli.ts'
import { ROOT } from '../support/project-root.ts'
import { runCli } from '../support/run-cli.ts'

const PATH = 'fixtures/kernel/lost-last-ack-near.pcap'
const BYTES = readFileSync(join(ROOT, PATH))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-stdin-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The JSON report of the file itself, with another name. */
async function expected(name: string): Promise<string> {
  return (await runCli(['file', PATH, '--json'])).stdout.replace(JSON.stringify(PATH), JSON.stringify(name))
}

describe('standard input', () => {
  it.each([
    ['as it is', BYTES],
    ['compressed', gzipSync(BYTES)],
  ])('is a capture like any other, %s', async (_name, bytes) => {
    const run = await pipeCli(['file', '-', '--json'], bytes)
    expect(run).toEqual({ code: 0, stdout: await expected('-'), stderr: '' })
    expect((await pipeCli(['file', '-'], bytes)).stdout).toMatch(
      /^standard input · pcap, Ethernet · 15 packets/,
    )
  })

  it('may be written slowly, byte by byte', async () => {
    const { child, ended } = startCli(['file', '-', '--json'])
    for (let at = 0; at < BYTES.length; at += 97) {
      if (!child.stdin.write(BYTES.subarray(at, at + 97))) await once(child.stdin, 'drain')
      await new Promise(setImmediate)
    }
    child.stdin.end()
    expect(await ended).toEqual({ code: 0, stdout: await expected('-'), stderr: '' })
  })

  it('may be a file', async () => {
    const run = spawnSync(process.execPath, ['bin/tcpaudit.js', 'file', '-', '--json'], {
      cwd: ROOT,
      stdio: [openSync(join(ROOT, PATH), 'r'), 'pipe', 'pipe'],
      encoding: 'utf8',
    })
    expect(run).toMatchObject({ status: 0, stdout: await expected('-'), stderr: '' })
  })

  it('need not end before --as-of is reached', async () => {
    const { child, ended } = startCli(['file', '-', '--as-of', '+0.3', '--json'])
    child.stdin.on('error', () => {})
    child.stdin.write(BYTES)
    // Nobody ends the input: the report comes all the same.
    const run = await ended
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain('"packets": 11')
  })

  it('that is empty is one line: exit 3', async () => {
    expect(await pipeCli(['file', '-'], new Uint8Array(0))).toEqual({
      code: 3,
      stdout: '',
      stderr: 'tcpaudit: -: standard input is empty: check the command that writes to it\n',
    })
  })

  it('that ends part-way is reported up to there: exit 4', async () => {
    const run = await pipeCli(['file', '-'], BYTES.subarray(0, 1000))
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/^tcpaudit: -: the file ends inside packet \d+: [^\n]+\n$/)
    expect(run.stdout).toContain('reading stopped after packet')
  })
})

describe('a FIFO', () => {
  it('is read to the end of its writer', async () => {
    const path = join(folder, 'fifo')
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    const { child, ended } = startCli(['file', path, '--json'])
    child.stdin.end()
    createWriteStream(path).end(BYTES)
    expect(await ended).toEqual({ code: 0, stdout: await expected(path), stderr: '' })
  })
})
