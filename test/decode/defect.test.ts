import { describe, expect, it } from 'vitest'
import * as defects from '../../src/decode/defect.ts'

const numbers = Object.entries(defects).flatMap(([constant, value]) =>
  typeof value === 'number' ? [{ constant, number: value }] : [],
)

describe('the list of defects', () => {
  it.each(numbers)('has $constant at its number', ({ constant, number }) => {
    const name = constant.replace('DEFECT_', '').toLowerCase().replaceAll('_', '-')
    expect(defects.DEFECTS[number]?.name).toBe(name)
  })

  it('has no other entries', () => {
    expect(numbers.length).toBe(defects.DEFECTS.length)
  })

  it('says of each whether the receiver drops the packet', () => {
    expect(defects.isDroppedBeforeTcp(defects.DEFECT_NONE)).toBe(false)
    expect(defects.isDroppedBeforeTcp(defects.DEFECT_TCP_DATA_OFFSET_SMALL)).toBe(true)
    expect(defects.isDroppedBeforeTcp(defects.DEFECT_TCP_HEADER_NOT_CAPTURED)).toBe(false)
    expect(defects.isDroppedBeforeTcp(defects.DEFECT_TCP_OPTION_LENGTH_SMALL)).toBe(false)
  })
})
