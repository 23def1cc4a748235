import { describe, expect, it } from 'vitest'
import { NetworkTable } from '../../src/decode/network-table.ts'
import { ACK, FIN, PSH, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { Connection, ROW_WORDS } from '../../src/tracker/connection.ts'
import { ENDPOINT_AT, ENDPOINT_STRIDE, Endpoint } from '../../src/tracker/endpoint.ts'
import { addFlip, addHistory, historyText } from '../../src/tracker/history.ts'
import { Machine } from '../../src/tracker/machine.ts'
import { RowStore } from '../../src/tracker/row-store.ts'

interface StepOptions {
  readonly length?: number
  readonly seq?: number
  readonly window?: number
  readonly isRepeat?: boolean
}

/** One segment: `>` from the originator or `<` from the responder, and its flags. */
type Step = readonly [direction: '>' | '<', flags: number, options?: StepOptions]

/** A connection whose originator is endpoint 0, and how to send on it. */
class Sent {
  readonly connection = new Connection()
  readonly #machine = new Machine(new NetworkTable())
  readonly #sender = new Endpoint()
  readonly #rows = new RowStore(ROW_WORDS)
  readonly #row = this.#rows.allocate()

  constructor(steps: readonly Step[] = []) {
    this.#rows.place(this.connection, this.#row, 0)
    this.connection.clear()
    for (const step of steps) this.send(...step)
  }

  get history(): string {
    return historyText(this.connection)
  }

  send(...[direction, flags, options = {}]: Step): void {
    const { length: payloadLength = 0, seq = 100, window = 1000, isRepeat = false } = options
    const side = direction === '>' ? 0 : 1
    this.#rows.place(this.#sender, this.#row, ENDPOINT_AT + side * ENDPOINT_STRIDE)
    this.#sender.index = 2 * this.#row + side
    addHistory(this.#machine, this.connection, this.#sender, { flags, payloadLength, seq, window }, isRepeat)
  }
}

function historyOf(...steps: readonly Step[]): string {
  return new Sent(steps).history
}

const data = PSH | ACK
const repeat = { length: 5, isRepeat: true }

describe('the history, as the documentation of conn.log has its letters', () => {
  it('writes the originator in upper case and the responder in lower case', () => {
    expect(historyOf(['>', SYN], ['<', SYN | ACK], ['>', ACK], ['<', ACK])).toBe('ShAa')
  })

  it('writes a SYN-ACK of the originator', () => {
    expect(historyOf(['>', SYN | ACK], ['<', ACK])).toBe('Ha')
  })

  it('writes a pure ACK, data, FIN+RST and SYN+FIN once a direction', () => {
    const five = { length: 5 }
    expect(historyOf(['>', ACK], ['>', ACK], ['<', ACK], ['<', ACK])).toBe('Aa')
    expect(historyOf(['>', data, five], ['>', data, five], ['<', data, five])).toBe('Dd')
    expect(historyOf(['>', FIN | RST], ['>', SYN | FIN | RST], ['<', FIN | RST])).toBe('Ii')
    expect(historyOf(['>', SYN | FIN], ['>', SYN | RST], ['<', SYN | FIN])).toBe('Qq')
  })

  it('writes nothing for a segment without flags and payload', () => {
    expect(historyOf(['>', 0], ['<', PSH])).toBe('')
  })

  it('writes the data of a segment without flags', () => {
    expect(historyOf(['>', 0, { length: 1 }])).toBe('D')
  })

  it('writes a FIN or RST again when its number is another than that of the last', () => {
    expect(historyOf(['>', RST], ['>', RST], ['>', RST, { seq: 7 }], ['>', RST])).toBe('RRR')
    expect(historyOf(['>', FIN], ['>', FIN], ['>', FIN, { seq: 7 }], ['>', FIN])).toBe('FFF')
  })

  it('compares FINs by where they end', () => {
    expect(historyOf(['>', FIN, { seq: 100, length: 10 }], ['>', FIN, { seq: 110 }])).toBe('F')
  })

  it('writes a SYN with another number again only behind a FIN or RST', () => {
    const other = { seq: 7 }
    expect(historyOf(['>', SYN], ['>', SYN, other], ['>', FIN], ['>', SYN, other], ['>', SYN])).toBe('SFS')
    expect(historyOf(['<', SYN | ACK], ['<', RST], ['<', SYN | ACK], ['<', SYN | ACK, other])).toBe('hrh')
  })

  it('counts the number of an RST ahead of the SYN from that SYN, as Zeek does', () => {
    const injected = ['<', RST, { seq: 0 }] as const
    const synAck = ['<', SYN | ACK, { seq: 5000 }] as const
    expect(historyOf(injected, synAck, ['<', RST, { seq: 5001 }])).toBe('rh')
    expect(historyOf(injected, synAck, ['<', RST, { seq: 5002 }])).toBe('rhr')
  })

  it('has no letter for the payload of a SYN, FIN or RST', () => {
    const five = { length: 5 }
    expect(historyOf(['>', SYN, five], ['>', FIN | ACK, five], ['<', RST, five])).toBe('SFr')
  })

  it('counts what is sent again at the 1st, 10th, 100th and 1000th time, unless its sender has reset', () => {
    const sent = new Sent()
    for (let count = 1; count <= 2000; count++) sent.send('>', data, repeat)
    expect(sent.history).toBe('DTTTT')
    expect(historyOf(['>', RST], ['>', data, repeat], ['<', data, repeat])).toBe('RDdt')
  })

  it('does not count a repeat without payload', () => {
    expect(historyOf(['>', SYN], ['>', SYN, { isRepeat: true }], ['>', data, repeat])).toBe('SDT')
  })

  it('counts windows of zero in the same way, a SYN’s and a FIN’s too', () => {
    const none = { window: 0 }
    const sent = new Sent()
    for (let count = 1; count <= 99; count++) sent.send('<', ACK, none)
    expect(sent.history).toBe('aww')
    expect(historyOf(['>', SYN, none], ['<', FIN, none])).toBe('SWfw')
  })

  it('ignores a window of zero on and behind an RST, and behind the FIN of the peer', () => {
    const none = { window: 0 }
    expect(historyOf(['>', RST, none], ['>', ACK, none])).toBe('RA')
    expect(historyOf(['>', FIN], ['<', ACK, none], ['>', ACK, none])).toBe('FaAW')
  })

  it('writes the letter of a segment before those of its window and its repeat', () => {
    expect(historyOf(['>', data, { ...repeat, window: 0 }])).toBe('DWT')
  })

  it('begins with ^ when it is told so', () => {
    const sent = new Sent()
    addFlip(sent.connection)
    sent.send('<', SYN | ACK)
    expect(sent.history).toBe('^h')
  })
})

describe('historyText', () => {
  it('keeps 24 letters and counts the others', () => {
    const sent = new Sent()
    for (let i = 0; i < 30; i++) sent.send(i % 2 === 0 ? '>' : '<', RST, { seq: i })
    expect(sent.history).toBe('Rr'.repeat(12))
    expect(sent.connection.historyLength).toBe(30)
  })
})
