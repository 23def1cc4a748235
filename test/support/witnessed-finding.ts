import type { Finding } from '../../src/audit/finding.ts'
import type { HostEnd } from '../../src/tracker/host-totals.ts'

const SERVER: HostEnd = { ipVersion: 4, address: [(10 << 24) | 9, 0, 0, 0], port: 8080 }

/** A finding about this machine, with what that says of it; the process has a name that would colour a terminal. */
export const LEAK: Finding = {
  id: 'close-wait-leak:1',
  rule: 'close-wait-leak',
  message: 'leaked',
  data: { held: 61e9 },
  severity: 'error',
  confidence: 'certain',
  blame: 'server',
  connections: [1],
  streams: [0],
  count: 12,
  client: { ...SERVER, port: 40_000 },
  server: SERVER,
  host: SERVER,
  firstSeen: 0,
  lastSeen: 1e9,
  evidence: [],
  explainedBy: null,
  processes: [{ pid: 1234, name: 'ng\u001b[31minx', role: 'holds', sockets: 12 }],
  kernel: [
    { group: 'TcpExt', name: 'ListenOverflows', count: 3 },
    { group: 'TcpExt', name: 'ListenDrops', count: 0 },
  ],
}
