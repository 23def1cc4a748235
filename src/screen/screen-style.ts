import type { Colors } from 'picocolors/types.js'

/** Cells that a line may take, and colours, or none. */
export interface ScreenStyle {
  readonly width: number
  readonly colors: Colors
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}
