import { describe, expect, it } from 'vitest'
import {
  DEFECT_NONE,
  DEFECT_TCP_OPTION_BEYOND_HEADER,
  DEFECT_TCP_OPTION_LENGTH_SMALL,
  DEFECT_TCP_OPTION_LENGTH_WRONG,
} from '../../src/decode/defect.ts'
import {
  OPTION_ACCURATE_ECN,
  OPTION_AUTHENTICATION,
  OPTION_EXPERIMENT,
  OPTION_FAST_OPEN,
  OPTION_MD5,
  OPTION_MPTCP,
  OPTION_MSS,
  OPTION_SACK,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_UNKNOWN,
  OPTION_USER_TIMEOUT,
  OPTION_WINDOW_SCALE,
  readTcpOptions,
  TcpOptions,
} from '../../src/decode/tcp-options.ts'
import { hexBytes } from '../support/frame-builder.ts'

/** Walks the bytes of `hex`, which poison follows; `capturedLength` of them are captured. */
function read(hex: string, capturedLength?: number): { defect: number; options: TcpOptions } {
  const bytes = hexBytes(hex)
  const buffer = new Uint8Array(bytes.length + 16).fill(2)
  const captured = capturedLength ?? bytes.length
  buffer.set(bytes.subarray(0, captured))
  const options = new TcpOptions()
  const defect = readTcpOptions(new DataView(buffer.buffer), 0, bytes.length, captured, options)
  return { defect, options }
}

/** The fields that are not at their initial value. */
function changed(options: TcpOptions) {
  const initial = new Map<string, unknown>(Object.entries(new TcpOptions()))
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => name !== 'sackEdges' && value !== initial.get(name)),
  )
}

describe('readTcpOptions', () => {
  it.each([
    ['nothing', '', {}],
    ['no operations', '01 01 01 01', {}],
    ['what follows the end of the list', '01 00 02 04 05 b4', {}],
    ['MSS', '02 04 05b4', { present: OPTION_MSS, mss: 1460 }],
    ['the largest MSS', '02 04 ffff', { present: OPTION_MSS, mss: 65535 }],
    ['window scale', '03 03 07', { present: OPTION_WINDOW_SCALE, windowScale: 7 }],
    ['window scale above 14, unclamped', '03 03 ff', { present: OPTION_WINDOW_SCALE, windowScale: 255 }],
    ['SACK permitted', '04 02', { present: OPTION_SACK_PERMITTED }],
    ['timestamps', '08 0a 00000001 ffffffff', { present: OPTION_TIMESTAMPS, tsVal: 1, tsEcr: -1 }],
    ['MD5', `13 12 ${'ab'.repeat(16)}`, { present: OPTION_MD5 }],
    ['authentication', `1d 10 0102 ${'ab'.repeat(12)}`, { present: OPTION_AUTHENTICATION }],
    ['MPTCP', '1e 04 0081', { present: OPTION_MPTCP }],
    ['user timeout', '1c 04 8005', { present: OPTION_USER_TIMEOUT }],
    ['Fast Open, a cookie request', '22 02', { present: OPTION_FAST_OPEN }],
    ['Fast Open, a cookie', '22 0a 0102030405060708', { present: OPTION_FAST_OPEN, fastOpenCookieLength: 8 }],
    ['Fast Open as an experiment, a request', 'fe 04 f989', { present: OPTION_FAST_OPEN }],
    [
      'Fast Open as an experiment, a cookie',
      'fd 08 f989 01020304',
      { present: OPTION_FAST_OPEN, fastOpenCookieLength: 4 },
    ],
    ['another experiment', 'fe 04 f990', { present: OPTION_EXPERIMENT }],
    ['an experiment without identifier', 'fd 02', { present: OPTION_EXPERIMENT }],
    ['accurate ECN, order 0', 'ac 0b 000001 000002 000003', { present: OPTION_ACCURATE_ECN }],
    ['accurate ECN, order 1, empty', 'ae 02', { present: OPTION_ACCURATE_ECN }],
    ['an unknown kind', '4c 0a 0000000000000000', { present: OPTION_UNKNOWN }],
    ['an option that fills the header', '01 02 04 05b4', { present: OPTION_MSS, mss: 1460 }],
    [
      "Linux's SYN",
      '02 04 05b4 04 02 08 0a 00000005 00000006 01 03 03 07',
      {
        present: OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_TIMESTAMPS | OPTION_WINDOW_SCALE,
        mss: 1460,
        tsVal: 5,
        tsEcr: 6,
        windowScale: 7,
      },
    ],
    [
      'the first of two, and that there were two',
      '02 04 05b4 02 04 0200',
      { present: OPTION_MSS, duplicated: OPTION_MSS, mss: 1460 },
    ],
  ])('reads %s', (_name, hex, fields) => {
    const { defect, options } = read(hex)
    expect(defect).toBe(DEFECT_NONE)
    expect(changed(options)).toEqual(fields)
  })

  it('reads SACK blocks, left edge first', () => {
    const { options } = read('05 12 00000001 00000002 fffffffe ffffffff')
    expect(options.present).toBe(OPTION_SACK)
    expect(options.sackCount).toBe(2)
    expect([...options.sackEdges.subarray(0, 4)]).toEqual([1, 2, -2, -1])
  })

  it('keeps the first SACK option', () => {
    const { options } = read('05 0a 00000001 00000002 05 0a 00000003 00000004')
    expect(options.duplicated).toBe(OPTION_SACK)
    expect([...options.sackEdges.subarray(0, 2)]).toEqual([1, 2])
  })

  it.each([
    ['a length of 0', '01 02 00 03 03 07', DEFECT_TCP_OPTION_LENGTH_SMALL, 1, {}],
    ['a length of 1', '4c 01 03 03 07', DEFECT_TCP_OPTION_LENGTH_SMALL, 0, {}],
    ['a kind without length', '01 01 02', DEFECT_TCP_OPTION_BEYOND_HEADER, 2, {}],
    [
      'a length beyond the header',
      '03 03 07 08 0a 00000001 000000',
      DEFECT_TCP_OPTION_BEYOND_HEADER,
      3,
      { present: OPTION_WINDOW_SCALE, windowScale: 7 },
    ],
  ])('stops at %s', (_name, hex, expected, offset, fields) => {
    const { defect, options } = read(hex)
    expect(defect).toBe(expected)
    expect(changed(options)).toEqual(offset === 0 ? fields : { ...fields, defectOffset: offset })
  })

  it.each([
    ['MSS', '02 03 05'],
    ['window scale', '03 04 0007'],
    ['SACK permitted', '04 03 00'],
    ['SACK without block', '05 02'],
    ['SACK with half a block', '05 06 00000001'],
    ['timestamps', '08 08 00000001 0000'],
    ['MD5', '13 04 0000'],
    ['authentication', '1d 03 00'],
    ['MPTCP', '1e 02'],
    ['user timeout', '1c 03 00'],
    ['Fast Open with an odd cookie', '22 07 0102030405'],
    ['Fast Open with a short cookie', '22 04 0102'],
    ['Fast Open with a long cookie', `22 14 ${'00'.repeat(18)}`],
    ['experimental Fast Open with an odd cookie', 'fe 05 f989 01'],
    ['accurate ECN', 'ac 04 0000'],
  ])('skips a wrong length: %s', (_name, hex) => {
    const { defect, options } = read(`01 ${hex} 02 04 05b4`)
    const kind = hexBytes(hex)[0]
    expect(defect).toBe(DEFECT_TCP_OPTION_LENGTH_WRONG)
    // A wrong MSS is skipped too, and the right one behind it counts.
    expect(kind).not.toBe(1)
    expect(changed(options)).toEqual({ present: OPTION_MSS, mss: 1460, defectOffset: 1 })
  })

  it('names the first of several defects', () => {
    const { defect, options } = read('03 04 0007 04 03 00 02 00')
    expect(defect).toBe(DEFECT_TCP_OPTION_LENGTH_WRONG)
    expect(options.defectOffset).toBe(0)
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('reads what is captured: %i bytes', (captured) => {
    const { defect, options } = read('02 04 05b4 01 03 03 07', captured)
    expect(defect).toBe(DEFECT_NONE)
    expect(options.mss).toBe(captured >= 4 ? 1460 : 0)
    expect(options.windowScale).toBe(captured >= 8 ? 7 : 0)
  })
})
