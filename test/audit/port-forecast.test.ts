import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import portExhaustion from '../../src/audit/rules/port-exhaustion.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import type { WrittenProfile } from '../../src/tracker/host-profile.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { optionSettings } from '../support/option-settings.ts'

/** The forecast at `asOf` seconds after the first packet, or at the end, beside the moment when connect() failed; seconds. */
async function forecast(name: string, profile: WrittenProfile, asOf?: number) {
  const path = join(FIXTURES, 'kernel', name)
  const { connectFails } = JSON.parse(readFileSync(`${path}.json`, 'utf8'))
  const source = await openCapture(`${path}.pcap`)
  const { findings, capture } = await auditCapture(source, {
    rules: [portExhaustion],
    settings: optionSettings(portExhaustion, {}, profile),
    asOf: asOf === undefined ? undefined : { from: 'first-packet', nanoseconds: BigInt(asOf * 1e9) },
    onConnection: () => {},
  })
  await source.close()
  const failed = connectFails.at - Number(capture.epoch) / 1e9
  const [finding] = findings
  return { findings, failed, foretold: (finding?.data['fullAt'] as number) / 1e9, data: finding?.data }
}

describe.each([
  ['port-exhaustion', { portRange: [40_000, 40_199] }, 7.5],
  ['port-exhaustion-by-open-connections', { portRange: [40_000, 40_059] }, 5],
] as const)('%s', (name, range, early) => {
  it('is one finding, whose forecast is the moment when connect() failed', async () => {
    const { findings, failed, foretold, data } = await forecast(name, range)
    expect(findings).toHaveLength(1)
    expect(data?.['isFull']).toBe(true)
    expect(Math.abs(foretold - failed)).toBeLessThan(0.15)
  })

  it('is foretold long before within a tenth', async () => {
    const { failed, foretold, data } = await forecast(name, range, early)
    expect(data?.['isFull']).toBe(false)
    expect(failed - early).toBeGreaterThan(0.5)
    expect(Math.abs(foretold - failed)).toBeLessThan(0.1 * failed)
  })

  it('shows its range by the ports it uses', async () => {
    const { failed, foretold, data, findings } = await forecast(name, {})
    const [firstPort, lastPort] = range.portRange
    expect(data).toMatchObject({ firstPort, lastPort, isObserved: true })
    expect(findings[0]?.confidence).toBe('likely')
    expect(Math.abs(foretold - failed)).toBeLessThan(0.15)
  })
})
