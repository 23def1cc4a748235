import { bytesText, countOf, countText, durationText, percentText } from '../report/number-text.ts'
import { joinParts, printable } from '../report/text-layout.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import type { ScreenStyle } from './screen-style.ts'

/** What is listened on and for how long, and the numbers: as many lines as it takes, the first the most important. */
export function headLines(snapshot: LiveSnapshot, isFrozen: boolean, style: ScreenStyle): string[] {
  const { colors, width } = style
  const { name, filter, elapsed } = snapshot
  const seconds = durationText(Math.floor(elapsed / 1e9) * 1e9)
  const title = [
    ...(isFrozen ? ['FROZEN, f goes on'] : []),
    printable(name),
    ...(filter === null || filter === '' ? [] : [printable(filter)]),
    seconds,
  ]
  const counts = joinParts(countParts(snapshot), ' · ', Math.max(1, width))
  return [
    colors.bold(title.join(' · ')),
    ...(snapshot.drops !== null && snapshot.drops > 0 ? [colors.yellow(dropsLine(snapshot))] : []),
    ...counts,
  ]
}

function countParts(snapshot: LiveSnapshot): string[] {
  const { packets, packetsPerSecond, bytesPerSecond, drops, held, opened, evicted, memory } = snapshot
  return [
    `${countText(Math.round(packetsPerSecond))} packets/s`,
    `${bytesText(Math.round(bytesPerSecond))}/s`,
    countOf(packets, 'packet'),
    ...(drops === null ? ['drops unknown'] : drops === 0 ? ['none dropped'] : []),
    `${countText(held)} of ${countOf(opened, 'connection')} held`,
    ...(evicted === 0 ? [] : [`${countText(evicted)} forgotten for want of room`]),
    `${bytesText(memory)} memory`,
  ]
}

/** What was lost casts doubt on all the rest, so it has a line of its own. */
function dropsLine({ drops, packets }: LiveSnapshot): string {
  const lost = drops ?? 0
  const share = percentText(lost / Math.max(1, lost + packets))
  return `▲ ${countOf(lost, 'packet')} dropped by the kernel (${share}): what they showed is missing`
}
