import { describe, expect, it } from 'vitest'
import { metricsUrl, parseMetricsAddress } from '../../src/metrics/metrics-address.ts'

describe('where metrics are offered', () => {
  it.each([
    ['9464', '127.0.0.1', 9464],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:9464', '0.0.0.0', 9464],
    ['audit.example:65535', 'audit.example', 65535],
    ['[::1]:9464', '::1', 9464],
    ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1],
  ])('%s', (text, host, port) => {
    expect(parseMetricsAddress(text)).toEqual({ host, port })
  })

  it.each([
    '',
    'x',
    ':9464',
    '9464:',
    '65536',
    '1.5',
    '-1',
    '::1',
    '::1:9464',
    '[::1]',
    'a b:1',
    'http://a:1',
    '[x]:1',
  ])('is not %j', (text) => {
    expect(parseMetricsAddress(text)).toBeUndefined()
  })

  it('is shown as an address to be asked', () => {
    expect(metricsUrl({ host: '::1', port: 1 })).toBe('http://[::1]:1/metrics')
    expect(metricsUrl({ host: '127.0.0.1', port: 9464 })).toBe('http://127.0.0.1:9464/metrics')
  })
})
