/**
 * The settings of a host's TCP that decide what is concluded from its packets, and that no packet shows. Config files,
 * their schema, `tcpaudit explain hosts` and docs/configuration.md follow this list.
 */
export const PROFILE_SETTINGS = [
  {
    name: 'timeWait',
    type: 'seconds',
    default: 60,
    min: 0,
    kernel: 'TCP_TIMEWAIT_LEN (fixed)',
    says: 'how long TIME_WAIT lasts, twice the MSL',
  },
  {
    name: 'finTimeout',
    type: 'seconds',
    default: 60,
    min: 0,
    kernel: 'net.ipv4.tcp_fin_timeout',
    says: 'how long FIN_WAIT_2 lasts when the application has closed',
  },
  {
    name: 'synRetries',
    type: 'count',
    default: 6,
    min: 1,
    max: 127,
    kernel: 'net.ipv4.tcp_syn_retries',
    says: 'how often a SYN is sent again (since 6.5 four times more)',
  },
  {
    name: 'synackRetries',
    type: 'count',
    default: 5,
    min: 0,
    max: 255,
    kernel: 'net.ipv4.tcp_synack_retries',
    says: 'how often a SYN-ACK is sent again',
  },
  {
    name: 'tcpRetries2',
    type: 'count',
    default: 15,
    min: 1,
    max: 255,
    kernel: 'net.ipv4.tcp_retries2',
    says: 'after how many timeouts of data it gives up',
  },
  {
    name: 'orphanRetries',
    type: 'count',
    default: 0,
    min: 0,
    max: 255,
    kernel: 'net.ipv4.tcp_orphan_retries',
    says: 'how often a FIN is, of a closed socket; 0 acts as 8',
  },
  {
    name: 'portRange',
    type: 'ports',
    default: [32_768, 60_999],
    min: 1,
    max: 65_535,
    kernel: 'net.ipv4.ip_local_port_range',
    says: 'first and last port that connect() takes',
  },
  {
    name: 'twBuckets',
    type: 'count',
    default: 131_072,
    min: 1,
    max: 0x7fff_ffff,
    kernel: 'net.ipv4.tcp_max_tw_buckets',
    says: 'how many TIME_WAITs it may hold; the default is that of 4 GB of memory',
  },
] as const

export type ProfileSettingName = (typeof PROFILE_SETTINGS)[number]['name']

/** The settings as they are written: seconds, numbers, first and last port. */
export type WrittenProfile = {
  readonly [Name in ProfileSettingName]?: Name extends 'portRange' ? readonly [number, number] : number
}

/** What holds for a host. Times in nanoseconds. */
export interface HostProfile {
  readonly timeWait: number
  readonly finTimeout: number
  readonly synRetries: number
  readonly synackRetries: number
  readonly tcpRetries2: number
  readonly orphanRetries: number
  readonly portRange: { readonly first: number; readonly last: number }
  readonly twBuckets: number
  /** Those that the user has set: the others are Linux's defaults, and only likely. */
  readonly given: ReadonlySet<ProfileSettingName>
}

/** The profile of a host of which this was said; the rest is as with Linux. */
export function hostProfile(written: WrittenProfile): HostProfile {
  const defaults = Object.fromEntries(PROFILE_SETTINGS.map((setting) => [setting.name, setting.default]))
  const all = { ...defaults, ...written } as Required<WrittenProfile>
  const [one, other] = all.portRange
  return {
    ...all,
    timeWait: all.timeWait * 1e9,
    finTimeout: all.finTimeout * 1e9,
    portRange: { first: Math.min(one, other), last: Math.max(one, other) },
    given: new Set(Object.keys(written) as ProfileSettingName[]),
  }
}

export const LINUX = hostProfile({})
