import { describe, expect, it } from 'vitest'
import { ACK, FIN, PSH, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { Connection, ROW_WORDS } from '../../src/tracker/connection.ts'
import { addHistory, addRepeat, addZeroWindow, historyText } from '../../src/tracker/history.ts'
import { RowStore } from '../../src/tracker/row-store.ts'

function freshConnection(): Connection {
  const rows = new RowStore(ROW_WORDS)
  const connection = new Connection()
  rows.place(connection, rows.allocate(), 0)
  connection.clear()
  return connection
}

/** One segment: `>` from the originator or `<` from the responder, its flags, payload bytes, and whether it repeats. */
type Step = readonly [direction: '>' | '<', flags: number, payloadLength?: number, isRepeat?: boolean]

function historyOf(...steps: readonly Step[]): string {
  const connection = freshConnection()
  for (const [direction, flags, payloadLength = 0, isRepeat = false] of steps) {
    addHistory(connection, direction === '>', { flags, payloadLength }, isRepeat)
  }
  return historyText(connection)
}

describe('addHistory, as the documentation of conn.log has its letters', () => {
  it('writes the originator in upper case and the responder in lower case', () => {
    expect(historyOf(['>', SYN], ['<', SYN | ACK], ['>', ACK], ['<', ACK])).toBe('ShAa')
  })

  it('writes a pure ACK, data, FIN+RST and SYN+FIN once a direction', () => {
    const data = PSH | ACK
    expect(historyOf(['>', ACK], ['>', ACK], ['<', ACK], ['<', ACK])).toBe('Aa')
    expect(historyOf(['>', data, 5], ['>', data, 5], ['<', data, 5], ['<', data, 5])).toBe('Dd')
    expect(historyOf(['>', FIN | RST], ['>', FIN | RST], ['<', FIN | RST])).toBe('Ii')
    expect(historyOf(['>', SYN | FIN], ['>', SYN | RST], ['<', SYN | FIN])).toBe('Qq')
  })

  it('writes SYN, SYN-ACK and FIN each time they are new, not when they are repeated', () => {
    expect(historyOf(['>', SYN], ['>', SYN, 0, true], ['>', SYN])).toBe('SS')
    expect(historyOf(['<', SYN | ACK], ['<', SYN | ACK, 0, true])).toBe('h')
    expect(historyOf(['>', FIN | ACK], ['>', FIN | ACK, 0, true])).toBe('F')
  })

  it('writes every RST', () => {
    expect(historyOf(['>', RST], ['>', RST], ['<', RST | ACK])).toBe('RRr')
  })

  it('writes the data of a segment before its FIN, and no ACK for it', () => {
    expect(historyOf(['>', FIN | PSH | ACK, 10])).toBe('DF')
  })

  it('writes a SYN with data as a SYN', () => {
    expect(historyOf(['>', SYN, 10])).toBe('S')
  })
})

describe('addRepeat and addZeroWindow', () => {
  it('write at the 1st, 10th, 100th and 1000th time', () => {
    const connection = freshConnection()
    for (let count = 1; count <= 2000; count++) addRepeat(connection, true, count)
    for (let count = 1; count <= 99; count++) addZeroWindow(connection, false, count)
    expect(historyText(connection)).toBe('TTTTww')
  })
})

describe('historyText', () => {
  it('keeps 24 letters and counts the others', () => {
    const connection = freshConnection()
    for (let i = 0; i < 30; i++) addHistory(connection, i % 2 === 0, { flags: RST, payloadLength: 0 }, false)
    expect(historyText(connection)).toBe('Rr'.repeat(12))
    expect(connection.historyLength).toBe(30)
  })
})
