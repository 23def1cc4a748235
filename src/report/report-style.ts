import type { Colors } from 'picocolors/types.js'

/** How a report for people is to look: what the terminal can show, decided once by the command line. */
export interface ReportStyle {
  /** Columns of the terminal. */
  readonly width: number
  /** Lines a list may take before it is cut. */
  readonly rows: number
  readonly colors: Colors
}
