import type { ProfileSettingName } from '../tracker/host-profile.ts'
import { PROFILE_SETTINGS } from '../tracker/host-profile.ts'
import { Absent, readProcFile } from './proc-file.ts'

/** A setting of this machine's kernel. */
export interface HostSysctl {
  readonly name: ProfileSettingName
  /** `net.ipv4.tcp_fin_timeout`. */
  readonly sysctl: string
  /** Seconds, a number, first and last port: as a profile has it written. */
  readonly value: number | readonly [number, number]
}

export interface HostSysctls {
  readonly read: readonly HostSysctl[]
  /** Those that are not there, or say what they cannot. */
  readonly absent: readonly Absent[]
}

/** The settings of this network namespace that a host profile is made of (`PROFILE_SETTINGS`). */
export function readHostSysctls(proc = '/proc'): HostSysctls {
  const read: HostSysctl[] = []
  const absent: Absent[] = []
  for (const setting of PROFILE_SETTINGS) {
    const { name, kernel: sysctl } = setting
    // TIME_WAIT's length is none: it is compiled in.
    if (!sysctl.startsWith('net.')) continue
    const path = `${proc}/sys/${sysctl.replaceAll('.', '/')}`
    const text = readProcFile(path)
    if (text instanceof Absent) {
      absent.push(text)
      continue
    }
    const value = settingValue(text, setting)
    if (value === undefined) absent.push(new Absent(path, 'not a value that it can have'))
    else read.push({ name, sysctl, value })
  }
  return { read, absent }
}

/** `60`, `32768-60999`. */
export function settingText(value: HostSysctl['value']): string {
  return typeof value === 'number' ? String(value) : value.join('-')
}

function settingValue(
  text: string,
  setting: (typeof PROFILE_SETTINGS)[number],
): number | readonly [number, number] | undefined {
  const words = text.trim().split(/\s+/)
  const numbers = words.map(Number)
  const isRight =
    words.every((word) => /^\d{1,10}$/.test(word)) && numbers.every((one) => isWithin(one, setting))
  if (!isRight) return undefined
  const [first, last] = numbers
  if (setting.type === 'ports') {
    return first === undefined || last === undefined || words.length !== 2 || last < first
      ? undefined
      : [first, last]
  }
  return words.length === 1 ? first : undefined
}

function isWithin(value: number, setting: (typeof PROFILE_SETTINGS)[number]): boolean {
  return value >= setting.min && (!('max' in setting) || value <= setting.max)
}
