import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAvailable } from '../support/availability.ts'
import { captureFiles, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { runMain } from '../support/run-cli.ts'

/** What other people's captures show, and the first screen has to say, line breaks aside. */
const SHOWN: Readonly<Record<string, readonly RegExp[]>> = {
  'fin_retransmission.pcap': [/reset by server after 610 ms/],
  'get.pcap': [/capture quality: good/, /closed by client, orderly/],
  'handshake-reorder.pcap': [
    /1 SYN captured behind its SYN-ACK/,
    /141\.142\.228\.5:59856 │ 192\.150\.187\.43:80/,
    /closed by client, orderly/,
  ],
  'ipv6.pcap': [/Connections \(6/, /closed by server, orderly/, /closed by client, orderly/],
  'many_interfaces-1.pcapng': [/pcapng, Ethernet, BSD loopback, raw IP/, /time runs backwards once/],
  'missing-syn.pcap': [/1 connection whose SYN is missing/, /closed by client, orderly/],
  'modbus.pcap': [
    /10\.0\.0\.57:2578 stays in CLOSE_WAIT, for 17 min 52 s so far/,
    /joined in mid-stream/,
    /Connections \(6/,
  ],
  'nanosecs_big_endian.pcap': [/pcap-ns, Ethernet/, /server's FIN not yet acknowledged/],
  'one-sided-2745.pcap': [/2 connections seen from one side only \(the server's\)/, /capture-one-sided/],
  'pppoe-over-qinq.pcap': [
    /FIN of 2\.2\.2\.2:443 was never acknowledged/,
    /one of two FINs, far apart, of which neither acknowledges the other, sent 5 times/,
  ],
  'qi_internet_SYNACK_curl_jsonip.pcap': [/came after it had closed/, /data-after-close/],
  'retransmit-fast009.pcap': [/payloads cut at 54 bytes/, /by RST instead of FIN/, /3 retransmissions/],
  'rst-inject-rae.pcap': [
    /Forged reset of 1\.2\.0\.2:2527 → 1\.2\.0\.3:6649, without effect/,
    /reset by server after 2\.85 s/,
  ],
  'rst-with-tcp-ao.pcap': [
    /Forged reset of 127\.0\.0\.1:24245 → 127\.0\.0\.1:8000, without effect/,
    /it is signed \(TCP-AO, MD5\)/,
  ],
  'split-handshake-4whs.pcap': [/reset by client after 4\.29 ms/],
  'tcp-rst-with-data.pcap': [/reset by server after 5\.80 ms/],
  'truncated-header.pcap': [/headers of 1 packet cut at 68 bytes/, /capture-truncated/],
  'vlan-collisions.pcap': [/1 connection in different VLANs at once \(--vlan tells them apart\)/],
}

const paths = captureFiles(PUBLIC_CAPTURES)

describe.runIf(isAvailable('the folder of public captures', paths.length > 0))('published captures', () => {
  it('are all of them known here', () => {
    expect(paths.map((path) => path.slice(PUBLIC_CAPTURES.length + 1))).toEqual(Object.keys(SHOWN).sort())
  })

  it.each(Object.entries(SHOWN))('%s: its first screen says what is in it', async (name, shown) => {
    const { code, stdout } = await runMain(['file', join(PUBLIC_CAPTURES, name)], { COLUMNS: '120' })
    expect(code).toBe(0)
    const text = stdout.replaceAll(/\s+/g, ' ')
    for (const pattern of shown) expect(text).toMatch(pattern)
  })

  it('vlan-collisions.pcap are three connections with --vlan', async () => {
    const path = join(PUBLIC_CAPTURES, 'vlan-collisions.pcap')
    const { stdout } = await runMain(['file', path, '--vlan', '--json'])
    expect(JSON.parse(stdout).connections.length).toBe(3)
  })
})
