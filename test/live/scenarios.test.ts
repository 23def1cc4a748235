import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAvailable } from '../support/availability.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'
import {
  type Difference,
  fromFile,
  gist,
  heldToKernel,
  isFilesToo,
  type PlayedView,
  playedViews,
} from './played-scenario.ts'
import { recorderScenarios, type Scenario, ScenarioPlayer } from './scenario-player.ts'

const { CI, TCPAUDIT_SCENARIO_SECONDS } = process.env
/**
 * Scenarios that take longer are left to those who ask for them: 150 s leaves out one of
 * all, and 5 s every third.
 */
const LONGEST = Number(TCPAUDIT_SCENARIO_SECONDS ?? (CI === undefined ? 5 : 150))
/** They mostly wait, for their kernels' timers and for `ss`. */
const AT_ONCE = 10
/**
 * On a busy machine a story may take such a way that its packets do not show what its kernels are in, as is so of some
 * recordings. It is played again then, and of all scenarios this share at most may be left after so many plays.
 */
const MOST_PLAYS = 4
const LEFT = 0.02

/** Those that cannot be played. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'few-bytes-of-each-frame': '44 and 54 bytes are kept of each frame, and live keeps no less than 96',
}

/** Scenarios that can wait at their moments, so that what lines told by then can be looked at. */
const PATIENT = [
  'orderly-close-by-client',
  'orderly-close-by-server',
  'half-close-with-data',
  'ipv6-orderly-close',
  'loopback-conversation',
  'refused',
]

const mayPlay = mayMakeNamespaces()
const scenarios = (mayPlay ? await recorderScenarios() : [])
  .filter(({ name, seconds }) => seconds <= LONGEST && LEFT_OUT[name] === undefined)
  .filter(
    ({ name }) => !name.startsWith('nginx-') || isAvailable('nginx', spawnSync('nginx', ['-v']).status === 0),
  )
  .sort((one, other) => other.seconds - one.seconds)

/** A scenario as it was played in the end. */
interface Performance {
  readonly views: readonly PlayedView[]
  readonly unexplained: readonly Difference[]
  readonly compared: number
}

/** Plays it until its packets show what they showed of the recording. */
async function perform(player: ScenarioPlayer, { name }: Scenario): Promise<Performance> {
  for (let plays = 1; ; plays++) {
    const { folder, isPlayed, words } = await player.play({ name, waits: PATIENT.includes(name) })
    if (!isPlayed) throw new Error(words)
    const views = playedViews(folder)
    const held = views.map(heldToKernel)
    const unexplained = held.flatMap((one) => one.unexplained)
    if ((words === '' && unexplained.length === 0) || plays === MOST_PLAYS) {
      return { views, unexplained, compared: held.reduce((sum, one) => sum + one.compared, 0) }
    }
  }
}

describe.runIf(mayPlay)('live, while real sockets play', () => {
  const performances = new Map<string, Promise<Performance>>()
  let player: ScenarioPlayer
  beforeAll(() => {
    player = new ScenarioPlayer(AT_ONCE)
    for (const scenario of scenarios) {
      const performance = perform(player, scenario)
      // Its own test will see it.
      performance.catch(() => undefined)
      performances.set(scenario.name, performance)
    }
  })
  afterAll(() => player.end())

  it.each(scenarios)('$name: at each moment the states of ss, in the end those of file', async (scenario) => {
    const { views, unexplained } = (await performances.get(scenario.name)) as Performance
    expect(views).toHaveLength(scenario.views.length)
    for (const view of views) {
      const { packets, sources } = view.document.capture
      expect(packets).toBeGreaterThan(0)
      // libpcap gets each packet of a loopback interface twice, and hands one on.
      const received = isLoopback(view) ? 2 * packets : packets
      expect(sources[0]?.live).toMatchObject({ received, droppedByKernel: 0 })
      expect(gist(view.document)).toEqual(gist(await fromFile(view)))
      for (const difference of unexplained) expect(await isFilesToo(view, difference)).toBe(true)
      // Long after what is measured (0.2 s), and much sooner than it would end by itself.
      expect(view.secondsToStop).toBeLessThan(20)
    }
  })

  it('tells what ss does in nearly all of them', async () => {
    const all = await Promise.all(performances.values())
    expect(all.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(5 * scenarios.length)
    const leftOver = all.flatMap(({ unexplained }) => (unexplained.length === 0 ? [] : [unexplained]))
    expect(leftOver.length, JSON.stringify(leftOver)).toBeLessThanOrEqual(LEFT * scenarios.length)
  })
})

function isLoopback({ document }: PlayedView): boolean {
  return document.capture.sources[0]?.name === 'lo'
}
