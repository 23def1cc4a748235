import type { CounterName } from '../host/kernel-counters.ts'
import type { HostProfile } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { AnyData } from './message-data.ts'
import type { AnyRule } from './rule.ts'

/** Mildest first. */
export const SEVERITIES = ['info', 'notice', 'warning', 'error', 'critical'] as const
/** How grave a finding is, from critical to info. */
export type Severity = (typeof SEVERITIES)[number]

/** Weakest first. */
export const CONFIDENCES = ['possible', 'likely', 'certain'] as const
/** How sure a finding is: certain, likely, possible. */
export type Confidence = (typeof CONFIDENCES)[number]

/** Whose doing a finding is. */
export type Blame = 'client' | 'server' | 'network' | 'middlebox' | 'attacker' | 'capture'

/** A packet that proves something, and what it shows: a note's id and data. */
export interface Evidence {
  readonly packet: number
  /** Nanoseconds since the first packet. */
  readonly time: number
  readonly connection: number | null
  /** Which end the packet names as its sender. */
  readonly from: 'client' | 'server' | null
  readonly note: string
  readonly data: AnyData
}

/** What a rule found, as data; report/ words it. */
export interface Finding {
  /** Unique in a report and the same in every run over the same packets. */
  readonly id: string
  readonly rule: string
  readonly message: string
  readonly data: AnyData
  readonly severity: Severity
  readonly confidence: Confidence
  readonly blame: Blame | null
  /** Ids of the connections it is about, the first of them if there are very many. */
  readonly connections: readonly number[]
  /** Wireshark's numbers of the first of them. */
  readonly streams: readonly number[]
  /** How many times it was found: connections, or what the rule counts. */
  readonly count: number
  /** The ends of the first connection. */
  readonly client: HostEnd | null
  readonly server: HostEnd | null
  /** The end it is about, where it is about one. */
  readonly host: HostEnd | null
  /** The other host, where it is about what lies between two. */
  readonly peer?: HostEnd | null
  /** The rule, where it is none of ours: it has its own words. */
  readonly definition?: AnyRule
  /** Where nothing else is known, all are Linux's defaults. */
  readonly profiles?: FindingProfiles
  readonly firstSeen: number
  readonly lastSeen: number
  readonly evidence: readonly Evidence[]
  /** Of an end of this machine: who holds its sockets, and what its kernel has counted since the run began. */
  readonly processes?: readonly HoldingProcess[]
  readonly kernel?: readonly KernelCount[]
  /** The finding that explains this one. */
  readonly explainedBy: string | null
}

/** A process of this machine, and how many of the sockets a finding is about it has open. */
export interface HoldingProcess {
  readonly pid: number
  readonly name: string
  /** The sockets themselves; the listener; or the listener of sockets that wait to be accepted, which nobody has open. */
  readonly role: (typeof PROCESS_ROLES)[number]
  readonly sockets: number
}

export const PROCESS_ROLES = ['holds', 'listens', 'has-not-accepted'] as const

/** How much a counter of this machine's kernel has grown; it counts all its connections. */
export interface KernelCount extends CounterName {
  readonly count: number
}

/** What holds for the hosts of a finding. */
export interface FindingProfiles {
  readonly client: HostProfile
  readonly server: HostProfile
  readonly host: HostProfile
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}
