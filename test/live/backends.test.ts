import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { isAvailable } from '../support/availability.ts'
import { validDocument } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'
import { inNamespace } from './in-namespace.ts'
import { capIsBuilt, mayMakeNamespaces } from './libpcap-is-there.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-backends-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (script: string, mount = false) => inNamespace(`ip link set lo up\n${script}`, { folder, mount })

/** Three connections over loopback, one after the other, with some data. */
const TALK = `python3 - <<'PYTHON'
import socket
server = socket.create_server(('127.0.0.1', 5001))
for turn in range(3):
    client = socket.create_connection(('127.0.0.1', 5001))
    end = server.accept()[0]
    client.send(b'hello' * 100); end.recv(900); end.send(b'good day'); client.recv(9)
    client.close(); end.close()
PYTHON
`

function document(name: string): ReportDocument {
  return validDocument(readFileSync(join(folder, name), 'utf8')) as ReportDocument
}

function gist({ connections, capture }: ReportDocument) {
  return {
    packets: capture.packets,
    bytes: capture.bytes,
    connections: connections.map(({ id, outcome, packets, client, server }) => [
      [id, outcome, packets],
      [client.state, client.payloadBytes, client.transitions.map(({ state, packet }) => [state, packet])],
      [server.state, server.payloadBytes, server.transitions.map(({ state, packet }) => [state, packet])],
    ]),
  }
}

describe('--backend', () => {
  it('knows two', async () => {
    const { code, stderr } = await runMain(['live', 'lo', '--backend', 'ebpf'])
    expect([code, stderr]).toEqual([2, "tcpaudit: --backend knows no 'ebpf': give libpcap or cap\n"])
  })
})

describe.runIf(mayMakeNamespaces() && isAvailable('the package cap, built,', capIsBuilt()))(
  '--backend cap',
  () => {
    it('sees what libpcap does, and says what it cannot know', async () => {
      const printed = await run(`
      $tcpaudit live lo -o cap.json --backend cap --filter 'tcp port 5001' > /dev/null 2> cap.err & cap=$!
      $tcpaudit live lo -o libpcap.json --filter 'tcp port 5001' > /dev/null 2> libpcap.err & libpcap=$!
      listening cap.err; listening libpcap.err
      ${TALK} sleep 0.5; kill $cap $libpcap; wait $cap; echo $?; wait $libpcap; echo $?; cat cap.err`)
      expect(printed).toMatch(/^0\n0\n/)
      expect(printed).toContain('by cap, times of arrival at tcpaudit, drops unknown')
      const cap = document('cap.json')
      expect(cap.connections).toHaveLength(3)
      expect(gist(cap)).toEqual(gist(document('libpcap.json')))
      expect(cap.capture.sources[0]?.live).toEqual({ backend: 'cap', timestamps: 'arrival' })
      expect(cap.capture.quality).not.toHaveProperty('kernelDrops')
      const { stdout } = await runMain([
        'live',
        'lo',
        '--backend',
        'cap',
        '--duration',
        '300ms',
        '--format',
        'table',
      ])
      expect(stdout).toContain('lo · live, Ethernet')
    })

    it('keeps all packets with --ring, and --verify holds its states to the kernel’s', async () => {
      await run(`
      $tcpaudit live lo -o kept.json --backend cap --verify --ring ring --filter 'tcp port 5001' > /dev/null 2> kept.err & live=$!
      listening kept.err
      setpriv --pdeathsig KILL python3 - <<'PYTHON' & talk=$!
import socket, time
server = socket.create_server(('127.0.0.1', 5001))
kept = []
for turn in range(8):
    client = socket.create_connection(('127.0.0.1', 5001))
    end = server.accept()[0]
    client.send(b'hello')
    if turn % 2 == 0:
        client.shutdown(socket.SHUT_WR)
    if turn % 4 == 0:
        end.recv(9)
        end.close()
    kept.append((client, end))
time.sleep(300)
PYTHON
      sleep 9; kill $live; wait $live; kill $talk`)
      const report = document('kept.json')
      const verification = report.localHost?.verification
      expect(verification?.comparisons).toBeGreaterThan(1)
      expect(verification?.disagreements).toEqual([])
      // Both ends of each connection are of this machine.
      expect(verification?.ends).toBe(16)
      expect(verification?.agreed).toBe(verification?.compared)
      const [file = '', ...more] = readdirSync(join(folder, 'ring'))
      expect(more).toEqual([])
      const { stdout } = await runMain(['file', join(folder, 'ring', file), '--json', '--no-config'])
      expect(gist(JSON.parse(stdout))).toEqual(gist(report))
    })

    it.each([
      ['live eth9 --backend cap', "there is no interface 'eth9'", 5],
      ["live lo --backend cap --filter 'tcp prot 80'", '--filter does not understand', 2],
    ])('%s ends as with libpcap', async (words, message, code) => {
      const lines = (await run(`$tcpaudit ${words} 2>&1; echo $?`)).trimEnd().split('\n')
      expect(lines.at(-1)).toBe(String(code))
      expect(lines.at(-2)).toContain(message)
    })

    it('outlives a collection of what could not be opened, which the package would abort at', async () => {
      const script = `
      const { openCapInput } = await import('${ROOT}/dist/live/cap-input.js')
      for (const [name, filter] of [['eth9', ''], ['lo', 'tcp prot 80']]) {
        try { openCapInput(name, { filter, snaplen: 256, bufferLength: 1 << 20 }) } catch (error) { console.log(error.message) }
      }
      gc()
      await new Promise((resolve) => setTimeout(resolve, 20))
      gc()
      console.log('alive')`
      const printed = await run(`cat > failing.mjs <<'SCRIPT'\n${script}\nSCRIPT
      node --expose-gc failing.mjs 2> /dev/null`)
      expect(printed.split('\n')).toEqual([
        expect.stringContaining("there is no interface 'eth9'"),
        expect.stringContaining('--filter does not understand'),
        'alive',
        '',
      ])
    })

    it('takes the place of libpcap where koffi is missing, and the other way round, and says so', async () => {
      const modules = join(ROOT, 'node_modules')
      const printed = await run(
        `mkdir -p empty
      mount --bind empty '${modules}/koffi'; $tcpaudit live lo --duration 300ms -o without-koffi.json 2>&1 > /dev/null
      umount '${modules}/koffi'
      mount --bind empty '${modules}/cap'; $tcpaudit live lo --backend cap --duration 300ms -o without-cap.json 2>&1 > /dev/null
      mount --bind empty '${modules}/koffi'; $tcpaudit live lo --backend cap --duration 300ms 2>&1; echo $?`,
        true,
      )
      expect(printed).toContain('without the package koffi: ')
      expect(printed).toContain(': cap is used instead\n')
      expect(document('without-koffi.json').capture.sources[0]?.live?.backend).toBe('cap')
      expect(printed).toContain(': libpcap is used instead\n')
      expect(document('without-cap.json').capture.sources[0]?.live?.backend).toBe('libpcap')
      expect(printed).toMatch(/\ntcpaudit: the package cap is not built: .*\n5\n$/)
    })
  },
)
