import picocolors from 'picocolors'
import type { ReportStyle } from '../report/report-style.ts'
import type { Stdio } from './stdio.ts'

const DEFAULT_WIDTH = 80
/** Below this nothing more can be left out. */
const NARROWEST = 64
/** Lines for the list of connections where there is no terminal whose height could say. */
const DEFAULT_ROWS = 40
const FEWEST_ROWS = 10
/** Lines of the report that are not rows of connections: header, hosts, titles, legend, prompt. */
const OTHER_LINES = 16

export interface StyleRequest {
  /** `--no-color` was not given. */
  readonly color: boolean
  /** The report goes to a file, not to stdout. */
  readonly toFile: boolean
}

/** What the terminal can show. COLUMNS and LINES win over the terminal's own word, so that they can be set by hand. */
export function terminalStyle(
  { stdout, env }: Pick<Stdio, 'stdout' | 'env'>,
  request: StyleRequest,
): ReportStyle {
  const isTerminal = stdout.isTTY === true && !request.toFile
  const width = positive(env.COLUMNS) ?? (isTerminal ? stdout.columns : undefined) ?? DEFAULT_WIDTH
  const height = positive(env.LINES) ?? (isTerminal ? stdout.rows : undefined)
  return {
    width: Math.max(NARROWEST, width),
    rows: height === undefined ? DEFAULT_ROWS : Math.max(FEWEST_ROWS, height - OTHER_LINES),
    colors: picocolors.createColors(request.color && wantsColor(env, isTerminal)),
  }
}

/** no-color.org: NO_COLOR counts when it is not empty; it wins over FORCE_COLOR. */
function wantsColor(env: Stdio['env'], isTerminal: boolean): boolean {
  const force = env.FORCE_COLOR
  if (env.NO_COLOR) return false
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTerminal && env.TERM !== 'dumb'
}

function positive(text: string | undefined): number | undefined {
  const value = text === undefined || !/^\d+$/.test(text) ? 0 : Number(text)
  return value > 0 ? value : undefined
}
