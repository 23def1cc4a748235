const RECORD = 16 + 40
const SYN = 0x02
const ACK = 0x10
const SYN_ACK = SYN | ACK

interface Packet {
  /** Microseconds. */
  readonly time: number
  readonly number: number
  readonly fromClient: boolean
  readonly flags: number
  readonly seq: number
  readonly ack: number
}

function write(view: DataView, at: number, { time, number, fromClient, flags, seq, ack }: Packet): void {
  view.setUint32(at, 1_700_000_000 + Math.floor(time / 1e6), true)
  view.setUint32(at + 4, time % 1_000_000, true)
  view.setUint32(at + 8, 40, true)
  view.setUint32(at + 12, 40, true)
  const ip = at + 16
  view.setUint8(ip, 0x45)
  view.setUint16(ip + 2, 40)
  view.setUint8(ip + 8, 64)
  view.setUint8(ip + 9, 6)
  const client = 0x0a000000 + (number >>> 14)
  const [from, to] = fromClient ? [client, 0x0a800001] : [0x0a800001, client]
  view.setUint32(ip + 12, from)
  view.setUint32(ip + 16, to)
  const port = 1024 + (number & 0x3fff)
  view.setUint16(ip + 20, fromClient ? port : 80)
  view.setUint16(ip + 22, fromClient ? 80 : port)
  view.setUint32(ip + 24, seq)
  view.setUint32(ip + 28, ack)
  view.setUint8(ip + 32, 0x50)
  view.setUint8(ip + 33, flags)
  view.setUint16(ip + 34, 65_000)
}

/** A capture of as many connections, all of them open when it ends; a piece for each, which `onPiece` is told of. */
export async function* crowd(count: number, onPiece: () => void): AsyncGenerator<Uint8Array, void, void> {
  const header = new DataView(new ArrayBuffer(24))
  header.setUint32(0, 0xa1b2c3d4, true)
  header.setUint16(4, 2, true)
  header.setUint16(6, 4, true)
  header.setUint32(16, 65_535, true)
  // LINKTYPE_RAW
  header.setUint32(20, 101, true)
  yield new Uint8Array(header.buffer)
  for (let number = 0; number < count; number++) {
    const view = new DataView(new ArrayBuffer(3 * RECORD))
    const time = 100 * number
    write(view, 0, { time, number, fromClient: true, flags: SYN, seq: 1000, ack: 0 })
    write(view, RECORD, { time: time + 10, number, fromClient: false, flags: SYN_ACK, seq: 5000, ack: 1001 })
    write(view, 2 * RECORD, { time: time + 20, number, fromClient: true, flags: ACK, seq: 1001, ack: 5001 })
    onPiece()
    yield new Uint8Array(view.buffer)
  }
}
