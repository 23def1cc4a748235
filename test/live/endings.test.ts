import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { validDocument, validLine } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'
import { inNamespace, VETH } from './in-namespace.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-endings-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** One connection over loopback, opened and closed. */
const TALK = `python3 - <<'PYTHON'
import socket
server = socket.create_server(('127.0.0.1', 5001))
client = socket.create_connection(('127.0.0.1', 5001))
end = server.accept()[0]
client.send(b'hello'); end.recv(9)
client.close(); end.close()
PYTHON
`

function document(name: string): ReportDocument {
  return validDocument(readFileSync(join(folder, name), 'utf8')) as ReportDocument
}

describe('the arguments of live', () => {
  it.each([
    [['live'], "no interface given: name one, as in 'tcpaudit live eth0'"],
    [['live', 'lo', '--duration', 'soon'], "--duration takes no 'soon'"],
    [['live', 'lo', '--duration', '25d'], '24d at most'],
    [['live', 'lo', '--count', '0'], "--count takes no '0'"],
    [['live', 'lo', '--snaplen', '20'], 'from 96 to 262144'],
    [['live', 'lo', '--json', '--ndjson'], 'exclude each other'],
    [['live', 'lo', '-o', '/nowhere/at/all'], 'no such directory'],
  ])('%j', async (args, words) => {
    const { code, stdout, stderr } = await runMain(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe.runIf(mayMakeNamespaces())('live --user', () => {
  it('is nobody, without any capability, once it listens, and goes on capturing', async () => {
    const printed = await inNamespace(
      `ip link set lo up
       $tcpaudit live lo --no-config --user nobody -o user.json >/dev/null 2>user.err & live=$!
       listening user.err
       grep -E '^(Uid|Gid|Groups|CapEff|CapPrm)' /proc/$live/status
       cat /proc/$live/task/*/status | grep '^Uid' | sort -u | wc -l
       ${TALK}
       sleep 0.3; kill -TERM $live; wait $live; echo $?; cat user.err`,
      { folder },
    )
    expect(printed).toMatch(/^Uid:\t65534\t65534\t65534\t65534\nGid:\t(\d+)\t\1\t\1\t\1\nGroups:\t\1 *\n/)
    expect(printed).toMatch(/CapPrm:\t0+\nCapEff:\t0+\n1\n0\n/)
    const { connections } = document('user.json')
    expect(connections.map(({ outcome }) => outcome)).toEqual(['closed'])
  })

  it('takes no root and no stranger', async () => {
    const script = 'for user in root nobody-at-all; do $tcpaudit live lo --user $user 2>&1; echo $?; done'
    expect(await inNamespace(script, { folder })).toBe(
      "tcpaudit: --user: root is root: name another user, such as nobody\n2\ntcpaudit: --user: there is no user 'nobody-at-all'\n2\n",
    )
  })
})

describe.runIf(mayMakeNamespaces())('live ends', () => {
  /** Exit code and what it said on stderr, as the last lines of the script print them. */
  const run = (script: string, options = {}) => inNamespace(script, { folder, ...options })

  it('with exit 5 where there is no such interface', async () => {
    expect(await run('$tcpaudit live eth9 2>&1; echo $?')).toBe(
      "tcpaudit: there is no interface 'eth9': 'tcpaudit interfaces' lists those there are\n5\n",
    )
  })

  it('with exit 5 on an interface that is down, and leaves no file behind', async () => {
    const printed = await run(
      `${VETH} ip link set far down; $tcpaudit live far -o gone.json 2>&1; echo $?; ls gone.json 2>&1; true`,
    )
    expect(printed).toContain("tcpaudit: far is down: 'ip link set far up'\n5\n")
    expect(printed).toContain('No such file')
  })

  it('with exit 5 for a user who may not capture', async () => {
    const printed = await run(
      `${VETH} cd /; setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all $tcpaudit live far 2>&1; echo $?`,
    )
    expect(printed).toMatch(
      /^tcpaudit: this user may not capture on far: run as root, .*setcap cap_net_raw.*\n5\n$/,
    )
  })

  it('with exit 2 for a filter that is none', async () => {
    const printed = await run(`${VETH} $tcpaudit live far --filter 'tcp prot 80' 2>&1; echo $?`)
    expect(printed).toMatch(
      /^tcpaudit: --filter does not understand 'tcp prot 80' \(syntax error\): .*\n2\n$/,
    )
  })

  it('once, with its report, if it is asked twice: npx and timeout pass on what the terminal has sent already', async () => {
    const printed = await run(
      `ip link set lo up
       $tcpaudit live lo --no-config -o twice.json >/dev/null 2>twice.err & live=$!
       listening twice.err
       ${TALK}
       sleep 0.3; kill -INT $live; sleep 0.01; kill -INT $live; kill -TERM $live
       wait $live; echo $?`,
    )
    expect(printed).toBe('0\n')
    expect(document('twice.json').connections.map(({ outcome }) => outcome)).toEqual(['closed'])
  })

  it('at once if it is asked again a second later', async () => {
    // Its reader takes nothing, so that it cannot get rid of its report.
    const printed = await run(
      `ip link set lo up; mkfifo full
       exec 9<>full
       head -c 65536 /dev/zero >&9
       $tcpaudit live lo --no-config --ndjson >full 2>stuck.err & live=$!
       listening stuck.err
       ${TALK}
       kill -INT $live; sleep 1.5; kill -0 $live && echo waiting; kill -INT $live; wait $live; echo $?`,
    )
    expect(printed).toBe('waiting\n130\n')
  })

  it('with exit 5 and the report when the interface goes down', async () => {
    const printed = await run(`ip link set lo up
      $tcpaudit live lo -o down.json --quiet 2> down.err & pid=$!; sleep 2
      ${TALK} sleep 1; ip link set lo down; wait $pid; echo $?; cat down.err`)
    const { capture, connections } = document('down.json')
    expect(printed).toBe(
      `5\ntcpaudit: lo: the interface went down: the ${capture.packets} packets before it are reported\n`,
    )
    expect(capture.quality.stoppedAt?.reason).toBe('the interface went down')
    expect(connections).toHaveLength(1)
  })

  it('with exit 5 and the report when the interface is taken away', async () => {
    const printed =
      await run(`${VETH} $tcpaudit live far -o away.json 2> away.err & pid=$!; listening away.err
      ip link del far; wait $pid; echo $?; tail -1 away.err`)
    expect(printed).toMatch(/5\ntcpaudit: far: the interface disappeared: .*\n$/)
    expect(document('away.json').capture.quality.stoppedAt?.reason).toBe('the interface disappeared')
  })

  it.each(['INT', 'TERM'])(
    'with the report on SIG%s, having read what had passed by then',
    async (signal) => {
      const printed = await run(`ip link set lo up
      $tcpaudit live lo -o ${signal}.json > ${signal}.ndjson 2> ${signal}.err & pid=$!; listening ${signal}.err
      ${TALK} kill -${signal} $pid; wait $pid; echo $?; cat ${signal}.ndjson`)
      const [code, ...lines] = printed.trimEnd().split('\n')
      expect(code).toBe('0')
      const { capture, connections } = document(`${signal}.json`)
      expect(connections.map(({ outcome }) => outcome)).toEqual(['closed'])
      expect(capture.quality.kernelDrops).toBe(0)
      // Loopback: the kernel counts each packet as sent and as received.
      expect(capture.sources[0]?.live?.received).toBe(2 * capture.packets)
      const types = lines.map(validLine).map(({ type }) => type)
      expect(types.at(-1)).toBe('end')
      expect(types.filter((type) => type === 'state').length).toBeGreaterThan(6)
    },
  )

  it('after --count packets', async () => {
    await run(`ip link set lo up
      $tcpaudit live lo -o count.json --count 3 2> count.err & pid=$!; listening count.err
      ${TALK} wait $pid`)
    const { capture, connections } = document('count.json')
    expect(capture.packets).toBe(3)
    expect(connections.map(({ client, server }) => [client.state, server.state])).toEqual([
      ['ESTABLISHED', 'ESTABLISHED'],
    ])
    expect(capture.asOf).toBe(capture.end)
  })

  it('after --duration, and an idle interface has its timers run meanwhile', async () => {
    const printed = await run(`ip link set lo up; sysctl -qw net.ipv4.tcp_fin_timeout=2
      $tcpaudit live lo -o idle.json --duration 5m > idle.ndjson 2> idle.err & pid=$!; listening idle.err
      setpriv --pdeathsig KILL python3 -c "
import socket, time
server = socket.create_server(('127.0.0.1', 5001))
client = socket.create_connection(('127.0.0.1', 5001))
end = server.accept()[0]
client.close()
time.sleep(300)
" & talk=$!
      for try in $(seq 300); do grep -q '"basis":"timer"' idle.ndjson && break; sleep 0.1; done
      cat idle.ndjson; sysctl -qw net.ipv4.tcp_fin_timeout=30
      kill -INT $pid; wait $pid; kill $talk
      $tcpaudit live lo --duration 300ms -o short.json --quiet; echo $?`)
    const told = printed.trimEnd().split('\n')
    expect(told.pop()).toBe('0')
    const states = told.map(validLine).filter(({ type }) => type === 'state')
    const [waits, gone] = ['FIN_WAIT_2', 'CLOSED'].map((state) =>
      states.find((line) => line['state'] === state),
    )
    expect(gone).toMatchObject({ from: 'FIN_WAIT_2', basis: 'timer', packet: null })
    // Long after the last packet, and told while none passed.
    const { capture, localHost } = document('idle.json')
    const ends = [waits?.['time'], gone?.['time']].map((time) => Date.parse(String(time)))
    expect((ends[1] ?? 0) - (ends[0] ?? 0)).toBe(2000)
    expect(Date.parse(capture.end ?? '')).toBe(ends[0])
    expect(localHost?.absent).toContainEqual({
      what: 'when net.ipv4.tcp_fin_timeout was set',
      why: '2 at first, by which states were concluded, and 30 at the end',
    })
    expect(document('short.json').capture.packets).toBe(0)
  })

  it('quietly, with 0, when the reader of its output goes away', async () => {
    const printed = await run(`ip link set lo up
      { $tcpaudit live lo 2> closed.err; echo $? > closed.code; } | head -1 > /dev/null & pid=$!; listening closed.err
      ${TALK} ${TALK.replaceAll('5001', '5002')} wait $pid; cat closed.code; tail -n +2 closed.err`)
    expect(printed).toBe('0\n')
  })

  it('of itself when the reader of its output goes away, and -o FILE has the document all the same', async () => {
    const printed = await run(`ip link set lo up
      { $tcpaudit live lo -o kept.json 2> kept.err; echo $? > kept.code; } | head -1 > /dev/null & pid=$!; listening kept.err
      ${TALK} ${TALK.replaceAll('5001', '5002')} wait $pid; cat kept.code; tail -n +2 kept.err`)
    expect(printed).toBe('0\n')
    const { connections } = document('kept.json')
    expect(connections[0]?.outcome).toBe('closed')
  })

  it('with a line on what to install where libpcap, or koffi, is missing; file goes on', async () => {
    const capture = join(ROOT, 'fixtures/kernel/refused.pcap')
    const printed = await run(
      `for library in $(ldconfig -p | grep -o '/[^ ]*libpcap[^ ]*$'); do mount --bind /dev/null $(readlink -f $library); done
      $tcpaudit live lo 2>&1; echo $?
      $tcpaudit interfaces 2>&1; echo $?
      $tcpaudit file '${capture}' --filter tcp 2>&1; echo $?
      $tcpaudit file '${capture}' --quiet 2>&1; echo $?
      mkdir -p empty; mount --bind empty '${join(ROOT, 'node_modules/koffi')}'
      $tcpaudit live lo 2>&1; echo $?
      $tcpaudit file '${capture}' --quiet 2>&1; echo $?`,
      { mount: true },
    )
    const libpcap = "libpcap is not installed: 'apt-get install libpcap0.8', or what your system calls it"
    const koffi =
      "libpcap cannot be called without the package koffi: 'npm install koffi' where tcpaudit is installed"
    expect(printed.split('\n')).toEqual([
      `tcpaudit: ${libpcap}`,
      '5',
      `tcpaudit: ${libpcap}`,
      '5',
      `tcpaudit: --filter: ${libpcap}`,
      '2',
      '0',
      `tcpaudit: ${koffi}`,
      '5',
      '0',
      '',
    ])
  })
})

describe.runIf(mayMakeNamespaces())('interfaces', () => {
  it('lists what there is, and what hinders', async () => {
    const printed = await inNamespace(
      `${VETH} ip link set near down; ip address add 10.9.0.1/24 dev far; $tcpaudit interfaces`,
    )
    const rows = printed.split('\n').map((line) => line.split('│').map((cell) => cell.trim()))
    expect(rows.find(([, name]) => name === 'far')).toEqual(['', 'far', '10.9.0.1', 'yes', ''])
    expect(rows.find(([, name]) => name === 'near')?.[3]).toBe('is down')
    expect(rows.find(([, name]) => name === 'any')?.[3]).toBe('yes')
  })

  it('says how this user could be allowed to', async () => {
    const printed = await inNamespace(
      `${VETH} cd /; setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all $tcpaudit interfaces; echo $?`,
    )
    expect(printed).toContain('not permitted')
    expect(printed).toContain('setcap')
    expect(printed.trimEnd().split('\n').at(-1)).toBe('5')
  })
})
