import { describe, expect, it } from 'vitest'
import { formatLinkType, isSupportedLinkType } from '../../src/capture/link-type.ts'

describe('link types', () => {
  it('that are decoded', () => {
    const supported = Array.from({ length: 400 }, (_, linkType) => linkType).filter(isSupportedLinkType)
    expect(supported).toEqual([0, 1, 9, 12, 14, 50, 51, 101, 104, 108, 113, 228, 229, 239, 276])
  })

  it('have names where we know them', () => {
    expect(formatLinkType(1)).toBe('link type 1 (Ethernet)')
    expect(formatLinkType(105)).toBe('link type 105 (IEEE 802.11)')
    expect(formatLinkType(9999)).toBe('link type 9999')
  })
})
