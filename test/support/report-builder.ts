import picocolors from 'picocolors'
import { HOST_LIMIT } from '../../src/report/host-census.ts'
import type { CaptureFacts, CaptureQuality, Report } from '../../src/report/report.ts'
import type { ReportStyle } from '../../src/report/report-style.ts'
import { ReportTally } from '../../src/report/report-tally.ts'
import { TrackerQuality } from '../../src/tracker/capture-quality.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { finished } from './summary-builder.ts'

const CLEAN: CaptureQuality = {
  ...new TrackerQuality(),
  senders: [],
  timeReversals: 0,
  overlappingDatagrams: 0,
  incompleteDatagrams: 0,
  largestTimeReversal: 0,
  cutPayloads: 0,
  cutLength: 0,
  stoppedAt: null,
}

interface GivenFacts extends Partial<Omit<CaptureFacts, 'quality' | 'decoded'>> {
  readonly quality?: Partial<CaptureQuality>
  readonly decoded?: Partial<CaptureFacts['decoded']>
}

/** A clean Ethernet capture of 100 packets over 60 s, but for what a test says. */
export function captureFacts({ quality, decoded, ...given }: GivenFacts = {}): CaptureFacts {
  return {
    sources: [{ name: 'dump.pcap', format: 'pcap', linkTypes: [1], snaplen: 65535 }],
    packets: 100,
    bytes: 64_000,
    epoch: 1_763_672_591_123_456_789n,
    start: 0,
    end: 60e9,
    asOf: null,
    decoded: {
      tcp: 100,
      udp: 0,
      icmp: 0,
      otherIp: 0,
      nonIp: 0,
      fragments: 0,
      truncated: 0,
      malformed: 0,
      ...decoded,
    },
    quality: { ...CLEAN, ...quality },
    ...given,
  }
}

export function reportOf(
  connections: readonly ConnectionSummary[],
  capture: CaptureFacts = captureFacts(),
): Report {
  const tally = new ReportTally()
  for (const connection of connections) tally.add(finished(connection))
  return {
    tool: { name: 'tcpaudit', version: '0.0.0' },
    capture,
    hosts: tally.hosts(),
    busiestHosts: tally.busiestHosts(HOST_LIMIT),
    totals: tally.totals(),
    findings: [],
  }
}

export function plainStyle(width = 80, rows = 40): ReportStyle {
  return { width, rows, colors: picocolors.createColors(false) }
}

export function colorfulStyle(width = 80, rows = 40): ReportStyle {
  return { width, rows, colors: picocolors.createColors(true) }
}
