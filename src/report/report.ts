import type { Finding, KernelCount } from '../audit/finding.ts'
import type { RuleFault } from '../audit/rule-guard.ts'
import type { Listening, StoppedAt } from '../capture/capture-source.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { HostSysctl } from '../host/host-sysctls.ts'
import type { Absent } from '../host/proc-file.ts'
import type { Agreement } from '../host/state-agreement.ts'
import type { TrackerQuality } from '../tracker/capture-quality.ts'
import type { StateName } from '../tracker/tcp-state.ts'

/**
 * The model every report reads: what a run found out, still in numbers. Connections are not in it: a capture may hold
 * millions, so a run hands them one by one to a sink (connection-spool.ts, connection-ranking.ts).
 */
export interface Report {
  readonly tool: ToolFacts
  readonly capture: CaptureFacts
  /** In order of address text: there may be a hundred thousand, so ask only if all are to be listed. */
  readonly hosts: readonly HostFacts[]
  readonly busiestHosts: BusiestHosts
  /** Those that were too many to be told apart; undefined for none. */
  readonly otherHosts?: OtherHosts | undefined
  readonly totals: ConnectionTotals
  /** Gravest first. */
  readonly findings: readonly Finding[]
  /** Rules of somebody else's that were switched off. */
  readonly ruleFaults?: readonly RuleFault[]
  /** What this machine says of itself, where the run listened on it. */
  readonly localHost?: LocalHostFacts
}

/** This machine, by its own kernel. */
export interface LocalHostFacts {
  readonly addresses: readonly string[]
  readonly sysctls: readonly HostSysctl[]
  /** Counters that have grown since the run began. */
  readonly counters: readonly KernelCount[]
  /** What could not be had. */
  readonly absent: readonly Absent[]
  /** How the tracked states compare with the kernel's, where that was asked for. */
  readonly agreement?: Agreement
}

export interface ToolFacts {
  readonly name: string
  readonly version: string
  /** The config file in force. */
  readonly configFile?: string
}

export interface SourceFacts {
  readonly name: string
  readonly format: string
  /** libpcap LINKTYPE numbers in order of first appearance. */
  readonly linkTypes: readonly number[]
  /** 0: no limit. */
  readonly snaplen: number
  /** The filter that lets only some of its packets pass. */
  readonly filter?: string | undefined
  /** Only of an interface. */
  readonly listening?: Listening | undefined
  /** Of the file and its interfaces (pcapng), and how many packets bear one. */
  readonly comments?: readonly string[]
  readonly packetComments?: number
  /** Where and why reading of this one ended early. */
  readonly stoppedAt?: StoppedAt | null
}

export interface CaptureFacts {
  readonly sources: readonly SourceFacts[]
  /** With several sources: where a packet comes from. Packet numbers in the model are then ordinals of the merged input. */
  readonly origins?: PacketOrigins | undefined
  readonly packets: number
  /** Bytes on the wire, link layer included, whether captured or not. */
  readonly bytes: number
  /** Time of the first packet, nanoseconds since 1970-01-01 UTC; meaningless while `packets` is 0. */
  readonly epoch: bigint
  /** Earliest and latest packet, nanoseconds since the first one: `start` is negative if the clock ran backwards. */
  readonly start: number
  readonly end: number
  /** The moment of `--as-of`, or until when an interface was listened to, nanoseconds since the first packet. */
  readonly asOf: number | null
  readonly decoded: DecodedCounts
  readonly quality: CaptureQuality
}

/** Each packet counts in one of the first six; `truncated` and `malformed` say of how many of them a header could not be read. */
export interface DecodedCounts {
  readonly tcp: number
  readonly udp: number
  readonly icmp: number
  readonly otherIp: number
  readonly nonIp: number
  readonly fragments: number
  /** The capture kept too few bytes of the packet (snaplen). */
  readonly truncated: number
  /** The packet itself is too short or contradicts itself. */
  readonly malformed: number
}

/** What the reader and the tracker say of the capture itself. */
export interface CaptureQuality extends TrackerQualityFacts {
  readonly timeReversals: number
  /** IP packets that came in fragments and were given up: fragments overlapped, or some are missing. */
  readonly overlappingDatagrams: number
  readonly incompleteDatagrams: number
  /** Largest step back, nanoseconds. */
  readonly largestTimeReversal: number
  /** Packets whose headers were captured and whose payload was not, or not all of it. */
  readonly cutPayloads: number
  /** The most that was captured of a packet that was not captured whole: the snaplen, whatever the file says; or 0. */
  readonly cutLength: number
  /** Packets that the capturing interfaces and kernels dropped; null or absent if the files do not say. */
  readonly kernelDrops?: number | null
  /** The first of the sources that ended early. */
  readonly stoppedAt: (StoppedAt & { readonly source: number }) | null
}

type TrackerQualityFacts = Readonly<
  Omit<TrackerQuality, 'count' | 'countCopy' | 'countLate' | 'countOffload' | 'weighLength'>
>

export interface HostFacts {
  readonly address: string
  /** Endpoints of this host in each state at the end; states with none are absent. */
  readonly states: Readonly<Partial<Record<StateName, number>>>
  /** Most endpoints of this host in TIME_WAIT at one moment. */
  readonly peakTimeWait: number
  /** Connections this host closed first (simultaneous closes are active for both), and those its peer did. */
  readonly activeCloses: number
  readonly passiveCloses: number
}

/** The hosts with the most open sockets at the end, as many as a table shows; of equals, in order of address text. */
export interface BusiestHosts {
  readonly shown: readonly HostFacts[]
  /** Those with open sockets that are not among them, and how many sockets they have. */
  readonly others: number
  readonly otherSockets: number
}

/** Sums over hosts that were too many to be told apart. */
export interface OtherHosts extends Pick<HostFacts, 'states' | 'activeCloses' | 'passiveCloses'> {
  /** How many; one that came back after it was forgotten counts again. */
  readonly hosts: number
}

export interface ConnectionTotals {
  readonly connections: number
  /** Endpoints per state at the end; states with none are absent. */
  readonly states: Readonly<Partial<Record<StateName, number>>>
  /** Connections per outcome; outcomes with none are absent. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** The last moment the report speaks of, nanoseconds since the first packet. */
export function reportEnd(capture: CaptureFacts): number {
  return capture.asOf ?? capture.end
}
