import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ACK, FIN, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { buildFrame, concatBytes, type TcpFields } from '../support/frame-builder.ts'
import { validDocument } from '../support/json-schema.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { inNamespace, VETH } from './in-namespace.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-losses-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CONNECTIONS = 3000
const EXCHANGES = 47
const PACKETS = CONNECTIONS * (2 * EXCHANGES + 6)

/** Connections one after the other, each opened, used and closed. */
function blast(): Uint8Array {
  const parts: Uint8Array[] = []
  let time = 0n
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    const ends = { source: '10.1.0.1', destination: '10.1.0.2' }
    const back = { source: ends.destination, destination: ends.source }
    const port = 1024 + connection
    const ask = (tcp: TcpFields) =>
      buildFrame({ ...ends, tcp: { sourcePort: port, destinationPort: 80, ...tcp } })
    const answer = (tcp: TcpFields) =>
      buildFrame({ ...back, tcp: { sourcePort: 80, destinationPort: port, ...tcp } })
    let seq = 1001
    const frames = [
      ask({ flags: SYN, seq: 1000 }),
      answer({ flags: SYN | ACK, seq: 5000, ack: seq }),
      ask({ flags: ACK, seq, ack: 5001 }),
    ]
    for (let exchange = 0; exchange < EXCHANGES; exchange++) {
      frames.push(ask({ flags: PSH | ACK, seq, ack: 5001, payloadLength: 100 }))
      seq += 100
      frames.push(answer({ flags: ACK, seq: 5001, ack: seq }))
    }
    frames.push(
      ask({ flags: FIN | ACK, seq, ack: 5001 }),
      answer({ flags: FIN | ACK, seq: 5001, ack: seq + 1 }),
      ask({ flags: ACK, seq: seq + 1, ack: 5002 }),
    )
    const file = writePcap(frames.map((data) => ({ data, time: time++ * 1000n })))
    parts.push(connection === 0 ? file : file.subarray(24))
  }
  return concatBytes(...parts)
}

/** Each time with a `live` and a tcpdump of its own. */
const TIMES = 5

interface Burst {
  readonly document: ReportDocument
  readonly sent: number
  /** Of these reached the card, by tcpdump's count: all, unless the kernel of a busy machine lost some before any socket. */
  readonly arrived: number
  readonly tcpdumpDropped: number
}

async function bursts(): Promise<Burst[]> {
  writeFileSync(join(folder, 'blast.pcap'), blast())
  const printed = await inNamespace(
    `${VETH}
    for time in $(seq ${TIMES}); do
      tcpdump -n -i far -s 256 -B 32768 -w /dev/null 2> tcpdump.err & tcpdump=$!
      $tcpaudit live far --snaplen 256 --buffer 32 --json -o $time.json --no-config --debug 2> live.err > /dev/null & live=$!
      listening tcpdump.err; listening live.err
      tcpreplay --quiet --preload-pcap --topspeed --intf1 near blast.pcap > replay.out 2>&1
      sleep 1; kill -INT $tcpdump; kill -INT $live; wait $live; echo "exit $?"; wait $tcpdump
      grep Actual replay.out; grep -E 'received by filter|dropped by kernel' tcpdump.err
    done`,
    { folder },
  )
  const ends = [
    ...printed.matchAll(
      /exit (\d+)\nActual: (\d+) packets.*\n(\d+) packets received by filter\n(\d+) packets dropped by kernel/g,
    ),
  ]
  return ends.map(([, code, sent, arrived, dropped], index) => {
    expect(code).toBe('0')
    const text = readFileSync(join(folder, `${index + 1}.json`), 'utf8')
    const document = validDocument(text) as ReportDocument
    return { document, sent: Number(sent), arrived: Number(arrived), tcpdumpDropped: Number(dropped) }
  })
}

describe.runIf(mayMakeNamespaces())(`${PACKETS} packets as fast as the machine sends them`, () => {
  it(`are received or counted as dropped, ${TIMES} times, and no more are dropped than by tcpdump`, async () => {
    const all = await bursts()
    expect(all).toHaveLength(TIMES)
    expect(all.filter(({ arrived }) => arrived === PACKETS).length).toBeGreaterThan(TIMES / 2)
    for (const { document, sent, arrived, tcpdumpDropped } of all) {
      expect(sent).toBe(PACKETS)
      const { capture, connections } = document
      const { received, droppedByKernel = 0, droppedByInterface } = capture.sources[0]?.live ?? {}
      expect(received).toBe(arrived)
      expect(capture.packets + droppedByKernel).toBe(arrived)
      expect(droppedByInterface).toBe(0)
      expect(droppedByKernel).toBeLessThanOrEqual(tcpdumpDropped)
      if (droppedByKernel === 0 && arrived === PACKETS) {
        expect(connections.filter(({ outcome }) => outcome === 'closed')).toHaveLength(CONNECTIONS)
      }
    }
  })
})
