import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYN } from '../../src/decode/tcp-flags.ts'
import { buildFrame, tcpOption } from '../support/frame-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { ROOT } from '../support/project-root.ts'
import { inNamespace } from './in-namespace.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

const FORGED = 1_000_000
const HONEST = 20
const KEPT = 100_000
/** MiB, at its most: 256 of them may wait in the queue. */
const MOST_MEMORY = 1024

/** The one that frames are built for. */
const SERVER_MAC = '02:00:00:00:00:02'

const RECORD_HEADER = 16
const IP = RECORD_HEADER + 14
const TCP = IP + 20

/** SYNs to one listener, each from another address anywhere, with right checksums: the kernel drops others. */
function flood(): Uint8Array {
  const data = buildFrame({
    source: '0.0.0.0',
    destination: '10.9.1.2',
    ipId: 0xffff,
    tcp: { sourcePort: 0, destinationPort: 80, flags: SYN, seq: 0xffff_ffff, options: tcpOption.mss(1460) },
  })
  const file = writePcap([{ data, time: 0n }])
  const header = file.subarray(0, 24)
  const record = file.subarray(24)
  const flooded = new Uint8Array(header.length + FORGED * record.length)
  const view = new DataView(flooded.buffer)
  flooded.set(header)
  for (let number = 0; number < FORGED; number++) {
    const at = header.length + number * record.length
    flooded.set(record, at)
    // 11 to 110 in front, and behind it each number of 24 bits at most once.
    const high = ((11 + (number % 100)) << 8) | ((number * 0x9e37) & 0xff)
    const low = Math.floor(number / 100)
    const port = 1024 + (number % 60_000)
    view.setUint16(at + IP + 12, high)
    view.setUint16(at + IP + 14, low)
    view.setUint16(at + TCP, port)
    // What makes up for them in both sums.
    view.setUint16(at + IP + 4, complement(high + low))
    view.setUint16(at + TCP + 4, complement(high))
    view.setUint16(at + TCP + 6, complement(low + port))
  }
  return flooded
}

/** Of a sum of 16-bit words, in one's complement. */
function complement(sum: number): number {
  return 0xffff - ((sum & 0xffff) + (sum >>> 16))
}

interface Result {
  readonly properties: { readonly severity: string; readonly count: number; readonly explainedBy?: string }
  readonly ruleId: string
}

describe.runIf(mayMakeNamespaces())(`${FORGED} forged SYNs at a listener`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-flood-'))
  let metrics: string
  let results: readonly Result[]
  let memory: number
  let printed: string
  beforeAll(async () => {
    writeFileSync(join(folder, 'flood.pcap'), flood())
    printed = await inNamespace(
      `wait_for() { until grep -q "$1" "$2"; do sleep 0.05; done; }
      python="setpriv --pdeathsig KILL python3 ${join(ROOT, 'test/live/flood.py')}"
      ip link set lo up
      setpriv --pdeathsig KILL unshare --net sleep 1000 & server=$!
      until [ "$(readlink /proc/$server/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      there="nsenter --target $server --net"
      ip link add near type veth peer address ${SERVER_MAC} name far netns $server
      sysctl -qw net.ipv6.conf.near.disable_ipv6=1
      $there sysctl -qw net.ipv6.conf.far.disable_ipv6=1
      ip address add 10.9.0.2/16 dev near; ip link set near up
      $there ip address add 10.9.1.2/15 dev far; $there ip link set far up
      ip route add 10.9.1.2 dev near
      $there ip route add default via 10.9.0.2
      $there $python server > server.out &
      wait_for listening server.out
      $tcpaudit live near --no-config --format sarif --max-connections ${KEPT} --metrics 9464 \
        --rules ${join(ROOT, 'test/live/stayed-rule.mjs')} > findings.json 2> live.err & live=$!
      listening live.err
      mkfifo go; exec 5<> go
      $python client ${HONEST} < go > client.out & client=$!
      wait_for open client.out
      tcpreplay --quiet --preload-pcap --topspeed --intf1 near flood.pcap > replay.out 2>&1
      scrape() { python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/metrics').read().decode())"; }
      # On a busy machine the audit is far behind: TIME_WAIT of what closes then would be over before it is counted.
      until scrape | awk '/^tcpaudit_lag_seconds / { isNear = $2 < 2 } END { exit !isNear }'; do sleep 0.5; done
      echo >&5; wait $client
      for try in $(seq 240); do
        sleep 0.5
        scrape > metrics
        grep -q 'state="TIME_WAIT"} ${HONEST}$' metrics && break
      done
      grep VmHWM /proc/$live/status; grep Actual replay.out
      kill -INT $live; wait $live; echo "exit $?"
      kill $(jobs -p)`,
      { folder },
    )
    metrics = readFileSync(join(folder, 'metrics'), 'utf8')
    const [run] = JSON.parse(readFileSync(join(folder, 'findings.json'), 'utf8')).runs
    results = run.results
    memory = Number(/VmHWM:\s+(\d+) kB/.exec(printed)?.[1]) / 1024
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const value = (name: string) =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    )

  it('are all sent, and live ends as it should', () => {
    expect(printed).toContain(`Actual: ${FORGED} packets`)
    expect(printed).toContain('exit 0')
  })

  it('leave honest connections tracked, from their handshakes before it to their FINs behind it', () => {
    expect(results.find(({ ruleId }) => ruleId === 'stayed')?.properties.count).toBe(HONEST)
    expect(value('tcpaudit_endpoints{state="TIME_WAIT"}')).toBe(HONEST)
    expect(value('tcpaudit_connections')).toBeLessThanOrEqual(KEPT)
    expect(value('tcpaudit_connections_evicted_total')).toBeGreaterThan(0)
  })

  it('are one finding, which explains what follows from it', () => {
    const leading = results.filter(({ properties }) => properties.explainedBy === undefined)
    const isGrave = ({ properties }: Result) => ['critical', 'error', 'warning'].includes(properties.severity)
    const grave = leading.filter((result) => isGrave(result) && result.ruleId !== 'capture-loss')
    expect(grave.map(({ ruleId }) => ruleId)).toEqual(['syn-flood'])
  })

  it('are said to have been missed in part if the kernel dropped more than the thousandth that the rule lets pass', () => {
    const dropped = value('tcpaudit_packets_dropped_total{by="kernel"}')
    const isWorthSaying = dropped > 0.001 * (value('tcpaudit_packets_total') + dropped)
    expect(results.some(({ ruleId }) => ruleId === 'capture-loss')).toBe(isWorthSaying)
    const flooded = results.find(({ ruleId }) => ruleId === 'syn-flood')?.properties.count ?? 0
    expect(flooded).toBeGreaterThan((FORGED - dropped) / 2)
    expect(flooded).toBeLessThanOrEqual(FORGED)
  })

  it(`take less than ${MOST_MEMORY} MiB`, () => {
    expect(memory).toBeGreaterThan(50)
    expect(memory).toBeLessThan(MOST_MEMORY)
  })
})
