import { optionValue } from '../../audit/option-value.ts'
import type { HostSetting } from '../../audit/rule-settings.ts'
import { optionTakes } from '../../report/option-text.ts'
import { PROFILE_SETTINGS } from '../../tracker/host-profile.ts'
import { type HostNetwork, parseNetwork } from '../../tracker/host-profiles.ts'
import { nearest } from '../nearest.ts'
import { type ConfigEntry, type ConfigProblems, type ConfigValue, entriesOf, shown } from './config-tree.ts'

/** Half of `timeWait`, for who knows that by this name. */
export const MSL = 'msl'

const NAMES: readonly string[] = [...PROFILE_SETTINGS.map(({ name }) => name), MSL]

const DURATION = { type: 'seconds', min: 0 } as const
const PORT = { type: 'count', min: 1, max: 65_535 } as const

/** Reads `hosts`: networks to what is known of their hosts. */
export function* readHosts(value: ConfigValue, problems: ConfigProblems): Generator<HostSetting, void, void> {
  for (const { key, place, value: profile } of entriesOf(value, 'hosts', problems)) {
    const network = parseNetwork(key)
    if (network === undefined) {
      problems.add(place, `'${key}' is no host: give an address, a network such as 10.0.0.0/8, or default`)
      continue
    }
    const entries = entriesOf(profile, `the host ${key}`, problems)
    const twice = entries.find(
      (entry) => entry.key === MSL && entries.some((other) => other.key === 'timeWait'),
    )
    if (twice !== undefined) problems.add(twice.place, 'msl and timeWait say the same: give one of them')
    for (const entry of entries) yield* hostSetting(network, key, entry, problems)
  }
}

function* hostSetting(
  network: HostNetwork,
  text: string,
  { key, place, value }: ConfigEntry,
  problems: ConfigProblems,
): Generator<HostSetting, void, void> {
  const common = { network, text, from: place }
  const complain = (takes: string): void =>
    problems.add(value.place, `${key} of ${text} takes no ${shown(value)}: give ${takes}`)
  if (key === MSL) {
    const seconds = optionValue(DURATION, value.scalar)
    if (seconds === undefined) complain(optionTakes(DURATION))
    else yield { ...common, name: 'timeWait', value: 2 * seconds }
    return
  }
  const setting = PROFILE_SETTINGS.find(({ name }) => name === key)
  if (setting === undefined) {
    problems.add(place, `unknown key '${key}' of the host ${text}: ${nameHint(key)}`)
  } else if (setting.type === 'ports') {
    const [first, last, ...more] = (value.items ?? []).map(({ scalar }) => optionValue(PORT, scalar))
    if (first === undefined || last === undefined || more.length > 0) complain('[first, last], two ports')
    else yield { ...common, name: setting.name, value: [first, last] }
  } else {
    const number = optionValue(setting, value.scalar)
    if (number === undefined) complain(optionTakes(setting))
    else yield { ...common, name: setting.name, value: number }
  }
}

/** The nearest name, also of who writes the kernel's. */
function nameHint(key: string): string {
  const ofKernel = PROFILE_SETTINGS.find(({ kernel }) => kernel === key || kernel.endsWith(`.${key}`))
  const near = ofKernel?.name ?? nearest(key, NAMES)
  return near === undefined ? `there are ${NAMES.join(', ')}` : `did you mean ${near}?`
}
