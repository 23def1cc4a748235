import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openCapture } from '../../src/capture/open-capture.ts'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { validDocument } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { readPackets } from '../support/read-packets.ts'
import { runMain } from '../support/run-cli.ts'
import { inNamespace } from './in-namespace.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-records-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function newFolder(): string {
  const path = join(folder, `r${count++}`)
  mkdirSync(path)
  return path
}

/** Over loopback: a connection that is refused thrice, by SYNs to a port on which nobody listens but a filter that drops. */
const UNANSWERED = `
iptables -A INPUT -p tcp --dport 5009 -j DROP 2>/dev/null || nft -f - <<'NFT'
table inet t { chain input { type filter hook input priority 0; tcp dport 5009 drop; } }
NFT
timeout 4 bash -c 'exec 3<>/dev/tcp/127.0.0.1/5009' 2>/dev/null
`

/** Connections whose server leaves them in CLOSE_WAIT, for so many seconds. */
const leak = (connections: number, seconds: number) => `python3 - <<'PYTHON'
import socket, time
server = socket.create_server(('127.0.0.1', 5001), backlog=200)
ends = []
for _ in range(${connections}):
    client = socket.create_connection(('127.0.0.1', 5001))
    ends.append(server.accept()[0])
    client.send(b'x' * 100)
    ends[-1].recv(200)
    client.close()
time.sleep(${seconds})
PYTHON
`

async function all(dir: string) {
  const files = readdirSync(dir).sort()
  const captures = []
  for (const file of files) captures.push(await readPackets(await openCapture(join(dir, file))))
  const packets = captures.flatMap((capture) => capture.packets)
  return { files, captures, packets }
}

describe('what live cannot keep or tell', () => {
  it.each([
    [['--ring', '/proc/none'], 'cannot keep a ring of packets in /proc/none (no such directory)'],
    [['--evidence', '/proc/none'], 'cannot keep evidence in /proc/none (no such directory)'],
    [['--ring-size', '64'], '--ring-size says how large a ring is: give --ring DIR too'],
    [['--ring', '/tmp', '--ring-size', '3'], '--ring-size takes no 3: give a number from 4'],
    [
      ['--metrics', 'x'],
      "--metrics takes no 'x': give a port, or an address and a port such as 0.0.0.0:9464",
    ],
    [['--metrics', '192.0.2.1:0'], '--metrics 192.0.2.1: this machine has no such address'],
  ])('%j', async (args, words) => {
    const { code, stdout, stderr } = await runMain(['live', 'lo', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe.runIf(mayMakeNamespaces())('live --ring', () => {
  it('has every packet of the audit, byte for byte as tcpdump has it', async () => {
    const dir = newFolder()
    await inNamespace(
      `ip link set lo up
       tcpdump -q -i lo -s 256 -B 8192 -w ${dir}/beside.pcap 2>/dev/null & dump=$!
       mkdir ${dir}/ring
       $tcpaudit live lo --ring ${dir}/ring -o ${dir}/out.json >/dev/null 2>${dir}/err & live=$!
       listening ${dir}/err; sleep 0.5
       ${leak(50, 0)}
       sleep 1; kill -INT $live; wait $live; kill -INT $dump; wait $dump; true`,
    )
    const { packets } = await all(join(dir, 'ring'))
    const report = validDocument(readFileSync(join(dir, 'out.json'), 'utf8')) as ReportDocument
    const beside = await readPackets(await openCapture(join(dir, 'beside.pcap')))
    const bytes = (list: typeof packets) => list.map(({ data }) => Buffer.from(data).toString('hex'))
    expect(packets.length).toBeGreaterThan(300)
    expect(packets).toHaveLength(report.capture.packets)
    expect(bytes(packets)).toEqual(bytes([...beside.packets]))
  })

  it('can be read after kill -9, and evidence too, up to what was written', async () => {
    const dir = newFolder()
    const printed = await inNamespace(
      `ip link set lo up
       $tcpaudit live lo --ring ${dir}/ring --evidence ${dir}/evidence --rule close-wait-leak.patience=1s --rule close-wait-leak.many=2 >/dev/null 2>${dir}/err & live=$!
       listening ${dir}/err
       ${leak(20, 4)}
       kill -9 $live; wait $live; echo $?`,
    )
    expect(printed).toMatch(/137\n$/)
    const ring = await all(join(dir, 'ring'))
    expect(ring.packets.length).toBeGreaterThanOrEqual(20 * 6)
    const evidence = await all(join(dir, 'evidence'))
    expect(evidence.files.filter((name) => name.startsWith('close-wait-leak-'))).toHaveLength(1)
    // Handshake, data and its ACK, FIN and its ACK of each of the twenty.
    expect(evidence.packets.length).toBeGreaterThanOrEqual(20 * 7)
    const known = new Set(ring.packets.map(({ data }) => Buffer.from(data).toString('hex')))
    expect(evidence.packets.every(({ data }) => known.has(Buffer.from(data).toString('hex')))).toBe(true)
    if (isAvailable('tcpdump', hasCommand('tcpdump'))) {
      const read = spawnSync('tcpdump', ['-n', '-r', join(dir, 'ring', ring.files[0] ?? '')], {
        encoding: 'utf8',
      })
      expect([read.status, read.stdout.trim().split('\n').length]).toEqual([0, ring.packets.length])
    }
    for (const { status } of [...ring.captures, ...evidence.captures]) expect(status).toBe(2)
  })

  it('ends with a line when the disk is full, and the audit goes on', async () => {
    const dir = newFolder()
    const printed = await inNamespace(
      `ip link set lo up
       mkdir ${dir}/ring; mount -t tmpfs -o size=64k none ${dir}/ring
       $tcpaudit live lo --ring ${dir}/ring -o ${dir}/out.json >/dev/null 2>${dir}/err & live=$!
       listening ${dir}/err
       ${leak(150, 1)}
       kill -INT $live; wait $live; echo $?; cp -r ${dir}/ring ${dir}/copy`,
      { mount: true },
    )
    expect(printed).toMatch(/0\n$/)
    const said = readFileSync(join(dir, 'err'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('ring'))
    expect(said).toEqual([
      `tcpaudit: the ring of packets in ${dir}/ring ends here (the disk is full): what is there is kept, and the audit goes on`,
    ])
    const report = validDocument(readFileSync(join(dir, 'out.json'), 'utf8')) as ReportDocument
    expect(report.connections).toHaveLength(150)
    const { captures } = await all(join(dir, 'copy'))
    expect(captures.map(({ status }) => status)).toEqual([2])
  })
})

describe.runIf(mayMakeNamespaces())('live --evidence', () => {
  it('has the packets of each finding at warning or above, with the words of it', async () => {
    const dir = newFolder()
    await inNamespace(
      `ip link set lo up
       $tcpaudit live lo --evidence ${dir}/evidence -o ${dir}/out.json >/dev/null 2>${dir}/err & live=$!
       listening ${dir}/err
       ${UNANSWERED}
       sleep 2; kill -INT $live; wait $live; true`,
    )
    const report = validDocument(readFileSync(join(dir, 'out.json'), 'utf8')) as ReportDocument
    const grave = report.findings.filter(
      ({ severity, connections }) => !['info', 'notice'].includes(severity) && connections.length > 0,
    )
    expect(grave.length).toBeGreaterThan(0)
    const files = readdirSync(join(dir, 'evidence'))
    for (const { id, title } of grave) {
      const name = `${id.replace(':', '-')}.pcapng`
      expect(files).toContain(name)
      const { source, packets } = await readPackets(await openCapture(join(dir, 'evidence', name)))
      expect(packets.length).toBeGreaterThanOrEqual(2)
      expect(source.packetComments).toBeGreaterThan(0)
      expect(source.comments?.[0]?.split(' ')[0]).toMatch(/^(warning|error|critical):$/)
      expect(title).not.toBe('')
    }
    expect(readFileSync(join(dir, 'err'), 'utf8')).toMatch(/the packets of \d+ findings? are in /)
  })
})

describe.runIf(mayMakeNamespaces())('live --metrics', () => {
  it('tells over HTTP what the report says in the end', async () => {
    const dir = newFolder()
    await inNamespace(
      `ip link set lo up
       $tcpaudit live lo --filter 'port 5001' --metrics 9464 -o ${dir}/out.json >/dev/null 2>${dir}/err & live=$!
       listening ${dir}/err
       {
${leak(30, 5)}
       } & talk=$!
       sleep 3
       python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/metrics').read().decode())" > ${dir}/metrics
       kill -INT $live; wait $live; wait $talk; true`,
    )
    expect(readFileSync(join(dir, 'err'), 'utf8')).toContain(
      'tcpaudit: metrics are at http://127.0.0.1:9464/metrics\n',
    )
    const text = readFileSync(join(dir, 'metrics'), 'utf8')
    const value = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      )
    const report = validDocument(readFileSync(join(dir, 'out.json'), 'utf8')) as ReportDocument
    expect(value('tcpaudit_connections_opened_total')).toBe(report.connections.length)
    expect(value('tcpaudit_packets_total')).toBe(report.capture.packets)
    expect(value('tcpaudit_packets_dropped_total{by="kernel"}')).toBe(0)
    expect(value('tcpaudit_lag_seconds')).toBeLessThan(10)
    expect(value('tcpaudit_build_info{version="0.1.0",interface="lo"}')).toBe(1)
    // The sockets of the server that nobody closed.
    expect(value('tcpaudit_endpoints{state="CLOSE_WAIT"}')).toBe(30)
  })
})

describe('without prom-client', () => {
  it('--metrics says what to install', () => {
    const dir = newFolder()
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(ROOT, name), join(dir, name), { recursive: true })
    }
    mkdirSync(join(dir, 'node_modules'))
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name !== 'prom-client')
        symlinkSync(join(ROOT, 'node_modules', name), join(dir, 'node_modules', name))
    }
    const words = [join(dir, 'bin/tcpaudit.js'), 'live', 'lo', '--metrics', '0']
    const run = spawnSync(process.execPath, words, { encoding: 'utf8' })
    expect([run.status, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toBe(
      'tcpaudit: --metrics needs the package prom-client, which is not installed: npm install prom-client\n',
    )
  })
})

describe.runIf(mayMakeNamespaces())('live with CAP_NET_RAW alone', () => {
  it('captures, and keeps what it is to keep', async () => {
    const dir = newFolder()
    chmodSync(folder, 0o755)
    chmodSync(dir, 0o777)
    const caps = '--inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw'
    const user = `setpriv --reuid 65534 --regid 65534 --clear-groups ${caps}`
    const printed = await inNamespace(
      `ip link set lo up; cd ${dir}
       ${user} $tcpaudit live lo --no-config --promiscuous --ring ring --evidence evidence -o out.json >/dev/null 2>err & live=$!
       listening err
       ${leak(5, 1)}
       kill -TERM $live; wait $live; echo $?`,
    )
    expect(printed).toMatch(/0\n$/)
    const report = validDocument(readFileSync(join(dir, 'out.json'), 'utf8')) as ReportDocument
    expect(report.connections).toHaveLength(5)
    expect((await all(join(dir, 'ring'))).packets).toHaveLength(report.capture.packets)
  })
})

describe('contrib/tcpaudit@.service', () => {
  const unit = readFileSync(join(ROOT, 'contrib/tcpaudit@.service'), 'utf8')

  it.runIf(isAvailable('systemd-analyze', hasCommand('systemd-analyze')))(
    'is what systemd understands',
    () => {
      const dir = newFolder()
      // Where the program is put is for each machine to say; systemd wants it to be there.
      writeFileSync(join(dir, 'tcpaudit@lo.service'), unit.replace('/usr/local/bin/tcpaudit', '/bin/true'))
      const words = ['verify', '--man=no', join(dir, 'tcpaudit@lo.service')]
      const run = spawnSync('systemd-analyze', words, { encoding: 'utf8' })
      const own = run.stderr.split('\n').filter((line) => line.includes('tcpaudit'))
      expect([run.status, own]).toEqual([0, []])
    },
  )

  it('gives live options that it has', async () => {
    const [, line = ''] = /^ExecStart=\/usr\/local\/bin\/tcpaudit (.*)$/m.exec(unit) ?? []
    const help = await runMain(['live', '--help'])
    const options = line.split(' ').filter((word) => word.startsWith('-'))
    expect(options.length).toBeGreaterThan(5)
    expect(options.filter((option) => !help.stdout.includes(option))).toEqual([])
  })
})
