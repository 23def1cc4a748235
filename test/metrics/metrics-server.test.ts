import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture, type RunProgress } from '../../src/cli/audit-capture.ts'
import { endpointStates } from '../../src/metrics/endpoint-states.ts'
import { LiveMetrics, loadPromClient } from '../../src/metrics/live-metrics.ts'
import { MetricsServer } from '../../src/metrics/metrics-server.ts'
import { FIXTURES } from '../support/capture-files.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
const closing: { close(): unknown }[] = []
afterEach(async () => {
  for (const open of closing.splice(0)) await open.close()
})

async function newMetrics(): Promise<LiveMetrics> {
  return new LiveMetrics(await loadPromClient(), { version: '1.2.3', name: 'eth"0' })
}

async function serve(metrics: LiveMetrics, address = LOOPBACK): Promise<MetricsServer> {
  const server = await MetricsServer.listen(address, metrics)
  closing.push(server)
  return server
}

/** Prometheus' text format, read strictly: samples by name and labels; throws for a line that is none. */
function parsed(text: string): Map<string, number> {
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const type = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line)
    if (type !== null) {
      types.set(type[1] as string, type[2] as string)
      continue
    }
    const sample =
      /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line)
    if (sample === null) throw new Error(`no sample: ${line}`)
    const [, name = '', labels = '', value] = sample
    if (types.get(name) === undefined) throw new Error(`${name} has no type`)
    if ((types.get(name) === 'counter') !== name.endsWith('_total'))
      throw new Error(`${name} is a ${types.get(name)}`)
    if (samples.has(name + labels)) throw new Error(`twice: ${line}`)
    samples.set(name + labels, Number(value))
  }
  return samples
}

async function scraped(server: MetricsServer): Promise<Map<string, number>> {
  const response = await fetch(server.url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return parsed(await response.text())
}

/** Audits a capture, and calls `look` once when so many packets are in the tracker. */
async function during(
  name: string,
  packets: number,
  look: (run: RunProgress) => Promise<void>,
): Promise<void> {
  const source = await openCapture(join(FIXTURES, 'kernel', name))
  let hasLooked = false
  await auditCapture(source, {
    onConnection: () => {},
    onRead: async (run) => {
      if (run.packets < packets || hasLooked) return
      hasLooked = true
      await look(run)
    },
  })
  await source.close()
  expect(hasLooked).toBe(true)
}

describe('metrics', () => {
  it('are there before the first packet', async () => {
    const samples = await scraped(await serve(await newMetrics()))
    expect(samples.get('tcpaudit_build_info{version="1.2.3",interface="eth\\"0"}')).toBe(1)
    expect(samples.get('tcpaudit_endpoints{state="ESTABLISHED"}')).toBe(0)
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect([...samples.keys()].filter((name) => name.startsWith('tcpaudit_findings'))).toEqual([])
  })

  it('say what the run holds and has found, when they are asked for', async () => {
    const metrics = await newMetrics()
    const server = await serve(metrics)
    await during('close-wait-thousand.pcap.gz', 5025, async (run) => {
      metrics.show(run, {
        epoch: BigInt(Date.now() - 7000) * 1_000_000n,
        elapsed: 5e9,
        listening: { droppedByKernel: 12, droppedByInterface: undefined, clockStepped: 0 },
      })
      const samples = await scraped(server)
      expect(samples.get('tcpaudit_packets_total')).toBe(run.packets)
      expect(samples.get('tcpaudit_bytes_total')).toBe(run.bytes)
      expect(samples.get('tcpaudit_connections')).toBe(run.tracked)
      expect(samples.get('tcpaudit_connections_opened_total')).toBe(run.opened)
      expect(samples.get('tcpaudit_connections_evicted_total')).toBe(0)
      // The kernel of the recording: 1,000 sockets of the server in CLOSE_WAIT (fixtures/kernel/close-wait-thousand.json).
      expect(samples.get('tcpaudit_endpoints{state="CLOSE_WAIT"}')).toBe(1000)
      const states = [...samples].filter(([name]) => name.startsWith('tcpaudit_endpoints'))
      expect(states.reduce((sum, [, count]) => sum + count, 0)).toBe(2 * run.tracked)
      expect(samples.get('tcpaudit_packets_dropped_total{by="kernel"}')).toBe(12)
      expect(samples.has('tcpaudit_packets_dropped_total{by="interface"}')).toBe(false)
      expect(samples.get('tcpaudit_lag_seconds')).toBeGreaterThanOrEqual(2)
      expect(samples.get('tcpaudit_lag_seconds')).toBeLessThan(60)
      const findings = [...samples].filter(([name]) => name.startsWith('tcpaudit_findings'))
      const counted = new Map<string, number>()
      for (const { rule, severity } of run.findings()) {
        const name = `tcpaudit_findings{rule="${rule}",severity="${severity}"}`
        counted.set(name, (counted.get(name) ?? 0) + 1)
      }
      expect(new Map(findings)).toEqual(counted)
      expect(counted.size).toBeGreaterThan(0)
    })
  })

  it('are the same when they are asked for again', async () => {
    const metrics = await newMetrics()
    const server = await serve(metrics)
    await during('refused.pcap', 1, async (run) => {
      metrics.show(run, { epoch: 0n })
      const ours = (samples: Map<string, number>) =>
        [...samples].filter(([name]) => name.startsWith('tcpaudit_'))
      const first = ours(await scraped(server))
      expect(ours(await scraped(server))).toEqual(first)
    })
  })

  it('have no address in a label', async () => {
    const metrics = await newMetrics()
    await during('syn-flood-without-cookies.pcap', 1349, async (run) => {
      metrics.show(run, { epoch: 0n })
      expect(await metrics.text()).not.toMatch(/\d+\.\d+\.\d+\.\d+:|10\.9\./)
    })
  })

  it('count the ends of every connection once', async () => {
    await during('time-wait-thousand.pcap.gz', 8083, async (run) => {
      const counts = await endpointStates(run.held)
      expect(counts.reduce((sum, count) => sum + count)).toBe(2 * run.tracked)
    })
  })
})

describe('the server of metrics', () => {
  it('answers for metrics only, and to those who read', async () => {
    const server = await serve(await newMetrics())
    const base = server.url.replace('/metrics', '')
    expect((await fetch(`${base}/`)).status).toBe(404)
    expect(await (await fetch(`${base}/etc/passwd`)).text()).toBe('metrics are at /metrics\n')
    expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await fetch(`${server.url}?name=x`)).status).toBe(200)
    const head = await fetch(server.url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('listens on loopback unless told otherwise', async () => {
    const server = await serve(await newMetrics())
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
  })

  it('says what is wrong with a port or a host', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    closing.push(other)
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const metrics = await newMetrics()
    await expect(MetricsServer.listen({ host: '127.0.0.1', port }, metrics)).rejects.toThrow(
      `--metrics ${port}: the port is in use: give another one, or end what listens there`,
    )
    await expect(MetricsServer.listen({ host: '192.0.2.1', port: 0 }, metrics)).rejects.toThrow(
      '--metrics 192.0.2.1: this machine has no such address: give one of its own, or the port alone for loopback',
    )
    await expect(MetricsServer.listen({ host: 'no-such-host.invalid', port: 0 }, metrics)).rejects.toThrow(
      /--metrics no-such-host\.invalid: no such host: give an address of this machine/,
    )
  })

  it('closes at once, whoever is still connected', async () => {
    const server = await MetricsServer.listen(LOOPBACK, await newMetrics())
    await (await fetch(server.url)).text()
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow()
  })
})
