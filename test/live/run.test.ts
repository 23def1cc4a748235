import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { validDocument, validLine } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { PseudoTerminal } from '../support/pseudo-terminal.ts'
import { runMain } from '../support/run-cli.ts'
import { inNamespace } from './in-namespace.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-run-'))
afterAll(() => rmSync(folder, { recursive: true }))

function place(name: string): string {
  return join(folder, name)
}

function document(name: string): ReportDocument {
  return validDocument(readFileSync(place(name), 'utf8')) as ReportDocument
}

let programs = 0

/** A file with a program of Python, to be the command. */
function python(program: string): string {
  programs++
  const name = `program-${programs}.py`
  writeFileSync(place(name), program)
  return `python3 ${name}`
}

/** In a namespace with a loopback that is up. `$run` is `tcpaudit run --no-config`. */
function run(script: string): Promise<string> {
  return inNamespace(`ip link set lo up; run="$tcpaudit run --no-config"\n${script}`, { folder })
}

/** So many connections over loopback, begun at once and closed right before the end. */
const TALKS = (count: number) =>
  python(`
import socket
server = socket.create_server(('127.0.0.1', 5001), backlog=${count})
for _ in range(${count}):
    client = socket.create_connection(('127.0.0.1', 5001))
    end = server.accept()[0]
    client.send(b'hello'); end.recv(9); end.send(b'world'); client.recv(9)
    client.close(); end.close()
`)

/** Connects to a port where nobody listens, and does not mind. */
const REFUSED = python(`
import socket
socket.socket().connect_ex(('127.0.0.1', 5009))
`)

describe('the arguments of run', () => {
  it.each([
    [['run'], "name it behind --, as in 'tcpaudit run -- npm test'"],
    [['run', '--'], 'no command given'],
    [['run', 'npm', 'test'], 'put -- before it'],
    [['run', 'npm', '--json', '--', 'test'], 'put -- before it'],
    [['run', '--linger', 'long', '--', 'true'], "--linger takes no 'long'"],
    [['run', '--linger', '2h', '--', 'true'], '1h at most'],
    [['run', '--snaplen', '20', '--', 'true'], 'from 96 to 262144'],
    [['run', '--json', '--ndjson', '--', 'true'], 'exclude each other'],
    [['run', '--fail-on', 'bad', '--', 'true'], "'bad'"],
    [['run', '-o', '/nowhere/at/all', '--', 'touch', place('started')], 'no such directory'],
    [['run', '--rule', 'no-such=off', '--', 'touch', place('started')], 'no-such'],
  ])('%j', async (args, words) => {
    const { code, stdout, stderr } = await runMain(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(place('started'))).toBe(false)
  })

  it('behind -- are the command’s', async () => {
    const { code, stdout } = await runMain(['run', '--help', '--', 'true', '--json'])
    expect(code).toBe(0)
    expect(stdout).toContain('[options] -- COMMAND [ARGS...]')
  })
})

describe.runIf(mayMakeNamespaces())('run finds', () => {
  it('a handshake that a filter drops, and fails for it', async () => {
    const printed = await run(`
nft add table inet t; nft add chain inet t in '{ type filter hook input priority 0; }'
nft add rule inet t in tcp dport 5001 drop
$run --fail-on notice --json -o dropped.json -- ${python(`
import socket
client = socket.socket(); client.settimeout(2.5)
try: client.connect(('127.0.0.1', 5001))
except TimeoutError: print('timed out')
`)} 2>&1; echo $?`)
    expect(printed).toBe(
      "timed out\ntcpaudit: 'python3' succeeded, but --fail-on notice holds for 1 finding: exit code 1\n1\n",
    )
    const { findings, connections } = document('dropped.json')
    expect(connections.map(({ outcome }) => outcome)).toEqual(['unanswered'])
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'handshake-unanswered', connections: [1] }),
    )
  })

  it('a leak of the program it runs, and names it', async () => {
    const program = python(`
import socket, time
server = socket.create_server(('127.0.0.1', 8080))
leaked = []
for _ in range(3):
    client = socket.create_connection(('127.0.0.1', 8080))
    leaked.append(server.accept()[0])
    client.close()
with open('/proc/self/comm', 'w') as name: name.write('leaky-server')
with open('/proc/self/stat') as stat: print(stat.read().split()[0])
time.sleep(4)
`)
    const printed = await run(
      `$run --rule close-wait-leak.patience=1s --fail-on notice --json -o leak.json -- ${program} 2>/dev/null; echo $?
      $run --rule close-wait-leak.patience=1s --fail-on error -o leak.txt -- ${program} 2>/dev/null; echo $?`,
    )
    const [pid, code, , other] = printed.split('\n')
    expect([code, other]).toEqual(['1', '0'])
    const leak = document('leak.json').findings.find(({ rule }) => rule === 'close-wait-leak')
    expect(leak).toMatchObject({
      count: 3,
      host: '127.0.0.1:8080',
      blame: 'server',
      processes: [{ pid: Number(pid), name: 'leaky-server', role: 'holds', sockets: 3 }],
    })
    expect(readFileSync(place('leak.txt'), 'utf8')).toContain('leaky-server')
  })

  it('every packet from the first to the last, as many as the kernel counted', async () => {
    const segments = "awk '/^Tcp: [0-9]/ { print $11 }' /proc/net/snmp"
    const printed = await run(
      `for turn in 1 2 3 4 5; do $run --json -o all-$turn.json -- ${TALKS(200)} 2>&1; ${segments}; done`,
    )
    const counts = [0, ...printed.trimEnd().split('\n').map(Number)]
    for (const turn of [1, 2, 3, 4, 5]) {
      const { capture, connections, summary } = document(`all-${turn}.json`)
      expect(capture.packets).toBe((counts[turn] ?? 0) - (counts[turn - 1] ?? 0))
      expect(capture.quality.kernelDrops).toBe(0)
      expect(connections).toHaveLength(200)
      expect(summary.outcomes).toMatchObject({ closed: 200 })
    }
  })

  it('what is said by -o, by --quiet, and on stderr while standard output is the command’s', async () => {
    const printed = await run(`
      $run -- sh -c '${REFUSED}; echo mine' 2>report.txt; echo $?
      $run -o second.txt -- ${REFUSED} 2>&1; echo $?
      $run --quiet --fail-on notice -- ${REFUSED} 2>&1; echo $?
      $run --ndjson -- ${REFUSED} 2>lines.ndjson; echo $?`)
    expect(printed).toBe('mine\n0\n0\n1\n0\n')
    const [first, second] = ['report.txt', 'second.txt'].map((name) => readFileSync(place(name), 'utf8'))
    expect(first).toContain('was refused')
    expect(second?.replace(/\d/g, '')).toMatch(/^lo · live.*was refused/s)
    const lines = readFileSync(place('lines.ndjson'), 'utf8').trimEnd().split('\n').map(validLine)
    expect(lines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['state', 'connection', 'finding', 'end']),
    )
  })

  it('nothing, and says where else to listen', async () => {
    expect(
      await run(
        "$run -o /dev/null -- true 2>&1; $run -i any --filter 'port 1' --json -o /dev/null -- true 2>&1",
      ),
    ).toBe(
      "tcpaudit: nothing passed lo while 'true' ran: '-i any' listens on every interface\n" +
        "tcpaudit: nothing passed any while 'true' ran: look at --filter\n",
    )
  })

  it('the packets of findings, where --evidence asks for them', async () => {
    const printed = await run(
      `$run --rule handshake-refused=warning --evidence kept -o /dev/null -- ${REFUSED} 2>&1; ls kept`,
    )
    expect(printed).toMatch(/the packets of 1 finding are in kept\nhandshake-refused-1\.pcapng\n$/)
  })

  it('the same as a user who has no rights, in a namespace of that user', async () => {
    const user = 'setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user --net'
    const script = `ip link set lo up; $tcpaudit run --no-config --fail-on notice -- ${REFUSED.replace(' ', ` ${folder}/`)}`
    const printed = await inNamespace(`chmod 755 ${folder}; cd /; ${user} sh -c "${script}" 2>&1; echo $?`)
    expect(printed).toContain('was refused')
    expect(printed).toMatch(/exit code 1\n1\n$/)
  })
})

describe.runIf(mayMakeNamespaces())('the exit code of run', () => {
  it('is the command’s own first, whatever was found', async () => {
    const printed = await run(`
      $run --fail-on notice -o /dev/null -- sh -c '${REFUSED}; exit 3' 2>&1; echo $?
      $run --fail-on notice -o /dev/null -- sh -c '${REFUSED}; kill -9 $$' 2>&1; echo $?
      $run --fail-on notice -o /dev/null -- ${REFUSED} 2>&1; echo $?
      $run -o /dev/null -- ${REFUSED} 2>&1; echo $?`)
    expect(printed).toBe(
      `tcpaudit: exit code 3 is that of 'sh'\n3
tcpaudit: exit code 137 is that of 'sh', which SIGKILL ended\n137
tcpaudit: 'python3' succeeded, but --fail-on notice holds for 1 finding: exit code 1\n1
0\n`,
    )
  })

  it('is 1 where something is not as expected, and says what was seen', async () => {
    writeFileSync(place('calm.yaml'), 'outcomes: {refused: 0}\nconnections: "<= 5"\n')
    writeFileSync(
      place('lively.yaml'),
      'rules: {handshake-refused: error}\nfindings: {handshake-refused: 1}\n',
    )
    writeFileSync(place('late.yaml'), 'at: {"+2": {CLOSED: 1}}\n')
    const printed = await run(`
      $run -o /dev/null --expect calm.yaml -- ${REFUSED} 2>&1; echo $?
      $run -o /dev/null --expect lively.yaml -- ${REFUSED} 2>&1; echo $?
      $run -o /dev/null --expect lively.yaml --fail-on error -- ${REFUSED} 2>&1; echo $?
      $run -o /dev/null --expect calm.yaml -- sh -c '${REFUSED}; exit 6' 2>&1; echo $?
      $run --quiet --expect calm.yaml -- ${REFUSED} 2>&1; echo $?
      $run --expect late.yaml -- touch started 2>&1; echo $?; [ ! -e started ]`)
    const told = (command: string) => `✖ ${command}: 1 of 2 expectations not met
    outcomes.refused                                                 calm.yaml:1
      expected  0 refused
      seen      1 refused of 1 connection
`
    expect(printed.replace(/ +#\d+ 127.*is refused\n/g, '').replaceAll(/program-\d+/g, 'program')).toBe(
      `${told('python3 program.py')}1
✔ python3 program.py: 1 expectation met
0
✔ python3 program.py: 1 expectation met
tcpaudit: 'python3' succeeded, but --fail-on error holds for 1 finding: exit code 1
1
${told('sh -c python3 program.py; exit 6')}tcpaudit: exit code 6 is that of 'sh'
6
1
tcpaudit: --expect late.yaml: asks for the states at +2, which only a capture can be read again for: keep the packets, and 'tcpaudit check'
2
`,
    )
  })

  it('is that of a shell where the command cannot be started, and no file is left', async () => {
    const printed = await run(`
      printf '#!/nowhere/sh\\n' > torn; chmod +x torn; echo > plain
      for command in no-such-program ./nowhere ./plain ./torn .; do
        $run -o absent.txt -- $command 2>&1; echo $?
      done
      ls absent.txt 2>/dev/null; true`)
    expect(printed.split('\n')).toEqual([
      "tcpaudit: 'no-such-program' was not found: check its name, and PATH",
      '127',
      "tcpaudit: './nowhere' was not found: check the path",
      '127',
      "tcpaudit: './plain' may not be executed: 'chmod +x' makes a program of a file",
      '126',
      "tcpaudit: './torn' cannot be executed: the interpreter in its first line is missing",
      '126',
      expect.stringMatching(/^tcpaudit: '\.' (may not be executed|was not found)/),
      expect.stringMatching(/^12[67]$/),
      '',
    ])
  })

  it('is 5 or 2 before the command is started', async () => {
    const nobody = 'setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all'
    const printed = await run(`
      $run -i eth9 -- touch started 2>&1; echo $?
      $run --filter 'tcp prot 80' -- touch started 2>&1; echo $?
      (cd /; ${nobody} $run -- touch ${folder}/started 2>&1; echo $?)
      ip link set lo down; $run -- touch started 2>&1; echo $?
      ls started 2>&1; true`)
    const lines = printed.split('\n')
    expect([1, 3, 5, 7].map((at) => lines[at])).toEqual(['5', '2', '5', '5'])
    expect(printed).toContain("lo is down: 'ip link set lo up'")
    expect(printed).toMatch(/No such file/)
  })

  it('is 5 when the interface went down meanwhile; the command runs to its end, and its own code comes first', async () => {
    const printed = await run(`
      $run --json -o down.json -- sh -c '${REFUSED}; ip link set lo down; sleep 2.5; echo done' 2>&1; echo $?
      ip link set lo up
      $run -o /dev/null -- sh -c '${REFUSED}; ip link set lo down; sleep 2.5; exit 9' 2>&1; echo $?`)
    expect(printed).toBe(
      `done\ntcpaudit: lo: the interface went down: the 2 packets before it are reported\n5
tcpaudit: lo: the interface went down: the 2 packets before it are reported
tcpaudit: exit code 9 is that of 'sh'\n9\n`,
    )
    expect(document('down.json').capture.quality.stoppedAt?.reason).toBe('the interface went down')
  })

  it('is the command’s when the report cannot be written either', async () => {
    const printed = await run(`
      $run -o /dev/full -- sh -c 'exit 4' 2>&1; echo $?
      $run -o /dev/full -- true 2>&1; echo $?`)
    expect(printed).toMatch(/^tcpaudit: .*\/dev\/full.*\n4\ntcpaudit: .*\/dev\/full.*\n2\n$/)
  })
})

describe.runIf(mayMakeNamespaces())('the command of run', () => {
  it('has standard input, output and error as they were', async () => {
    const bytes = randomBytes(3_000_000)
    writeFileSync(place('input'), bytes)
    const printed = await run(`
      $run --quiet -- sh -c 'tee copy | sha256sum; echo apart >&2' < input 2> errors | cat
      cat errors; sha256sum < copy
      $run --quiet -- sh -c 'cat input; cat input >&2' 2>&1 | sha256sum; cat input input | sha256sum`)
    const hash = (...pieces: Uint8Array[]) => createHash('sha256').update(Buffer.concat(pieces)).digest('hex')
    expect(printed.replaceAll('  -', '').split('\n')).toEqual([
      hash(bytes),
      'apart',
      hash(bytes),
      hash(bytes, bytes),
      hash(bytes, bytes),
      '',
    ])
  })

  it('has no other file open, and pipes that block', async () => {
    const program = python(`
import fcntl, os
print(sorted(int(name) for name in os.listdir('/proc/self/fd'))[:4])
print([fcntl.fcntl(file, fcntl.F_GETFL) & os.O_NONBLOCK for file in range(3)])
print([os.readlink(f'/proc/self/fd/{file}') for file in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{file}') and 'socket' in os.readlink(f'/proc/self/fd/{file}')])
`)
    const printed = await run(`sleep 9 | { $run --quiet -- ${program} 2>&1; pkill -P $$ sleep; } | cat`)
    expect(printed).toBe('[0, 1, 2, 3]\n[0, 0, 0]\n[]\n')
  })

  it.each(['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2'])('gets SIG%s, once', async (signal) => {
    const name = `${signal}.sh`
    writeFileSync(
      place(name),
      `trap 'echo got ${signal}; n=$((n+1))' ${signal}\necho ready\nuntil [ "$n" ]; do sleep 0.05; done; sleep 0.3; exit $((6 + n))\n`,
    )
    // bash starts what is in the background with SIGINT and SIGQUIT ignored, for good: not so with job control.
    const printed = await run(`set -m
      until_ready() { until grep -q ready $1; do sleep 0.02; done; }
      $run -o ${signal}.txt -- sh ${name} > ${signal}.out 2>/dev/null & pid=$!
      until_ready ${signal}.out; kill -${signal} $pid; wait $pid; echo $?; cat ${signal}.out; head -c 10 ${signal}.txt
      $run --quiet -- sh -c 'echo ready $$; exec sleep 60' > ${signal}.plain & pid=$!
      until_ready ${signal}.plain; kill -${signal} $pid; wait $pid; echo $?
      read -r ready command < ${signal}.plain; [ ! -e /proc/$command ]`)
    const number = { INT: 2, TERM: 15, HUP: 1, QUIT: 3, USR1: 10, USR2: 12 }[signal] ?? 0
    expect(printed).toBe(`7\nready\ngot ${signal}\nlo · live${128 + number}\n`)
  })

  it('need not be waited for by who asks to end when it has ended', async () => {
    const printed = await run(`set -m
      begin=$(date +%s); $run --linger 1h --json -o linger.json -- sh -c '${REFUSED}; touch over' & pid=$!
      until [ -e over ]; do sleep 0.05; done; sleep 0.5; kill -TERM $pid; wait $pid; echo $? $(( $(date +%s) - begin < 60 ))`)
    expect(printed).toBe('0 1\n')
    expect(document('linger.json').connections).toHaveLength(1)
  })

  it('runs as another user, with all of that user’s groups and no capability', async () => {
    const printed = await run(
      `$run --quiet --user nobody -- sh -c 'id -un; id -G; grep CapEff /proc/self/status; echo $HOME $USER $LOGNAME'; id -G nobody; $run --user root -- true 2>&1; echo $?`,
    )
    const [name, groups, capabilities, home, all, refused, code] = printed.split('\n')
    expect([name, capabilities, groups, code]).toEqual(['nobody', 'CapEff:\t0000000000000000', all, '2'])
    expect(home).toMatch(/^\/\S* nobody nobody$/)
    expect(refused).toContain('root is root')
  })
})

describe.runIf(mayMakeNamespaces())('run on a terminal', () => {
  let terminal: PseudoTerminal | undefined
  afterEach(() => terminal?.kill())

  function open(command: string): PseudoTerminal {
    const words = `ip link set lo up; exec ${process.execPath} ${join(ROOT, 'bin/tcpaudit.js')} run --no-config -- sh ${command}`
    terminal = new PseudoTerminal(80, 24, ['unshare', '--net', 'sh', '-c', words])
    return terminal
  }

  it('lets the command have a Ctrl-C once, and gives the terminal back as it was', async () => {
    writeFileSync(
      place('keys.sh'),
      `trap 'n=$((n+1))' INT\nstty raw -echo isig\necho ready\nuntil [ "$n" ]; do sleep 0.05; done; sleep 0.3; echo interrupted $n time; exit 5\n`,
    )
    const shown = open(place('keys.sh'))
    await shown.shows('ready')
    shown.type('\x03')
    const end = await shown.end()
    expect(shown.written).toContain('interrupted 1 time')
    expect(end).toEqual({ code: 5, isRestored: true })
  })

  it('passes on an INT that no key has sent to a command of another group', async () => {
    writeFileSync(place('plain.sh'), 'echo ready\nexec setsid sleep 60\n')
    const shown = open(place('plain.sh'))
    await shown.shows('ready')
    await setTimeout(200)
    shown.signal('SIGINT')
    expect((await shown.end()).code).toBe(128 + 2)
  })

  it('leaves no command behind when the terminal goes away', async () => {
    writeFileSync(place('hang.sh'), `echo ready $$\nexec sleep 60\n`)
    const shown = open(place('hang.sh'))
    await shown.shows(/ready \d+/)
    const pid = /ready (\d+)/.exec(shown.written)?.[1]
    shown.hangUp()
    expect((await shown.end()).code).toBe(128 + 1)
    expect(existsSync(`/proc/${pid}`)).toBe(false)
  })
})
