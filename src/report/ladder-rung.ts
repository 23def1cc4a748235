import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary, Transition } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { CLASS_ACK, CLASS_NEW } from '../tracker/segment-class.ts'
import { endpointText } from './endpoint-text.ts'
import type { LadderEvent } from './ladder-event.ts'
import { packetName, packetNumber } from './packet-name.ts'
import type { ReportStyle } from './report-style.ts'
import type { SegmentText } from './segment-text.ts'
import { markedState } from './state-mark.ts'
import { cutMiddle, padEnd, padStart, wrapParts, wrapWords } from './text-layout.ts'

const STATE_WIDTH = 12
const WIDEST_MIDDLE = 72
const NARROWEST_MIDDLE = 16
/** From this width on the time since the previous segment has a column. */
const DELTA_FROM_WIDTH = 96
const RAIL = '│'

/** Draws the rungs of one ladder, all to the same columns. */
export class LadderRung {
  readonly #connection: ConnectionSummary
  readonly #texts: SegmentText
  readonly #style: ReportStyle
  readonly #origins: PacketOrigins | undefined
  readonly #packetWidth: number
  readonly #timeWidth: number
  readonly #hasDelta: boolean
  readonly #middle: number
  #previous: number | undefined

  constructor(
    connection: ConnectionSummary,
    segments: readonly LoggedSegment[],
    texts: SegmentText,
    style: ReportStyle,
    origins?: PacketOrigins,
  ) {
    this.#connection = connection
    this.#texts = texts
    this.#style = style
    this.#origins = origins
    const last = Math.max(connection.end, ...lastTimes(connection)) - connection.start
    const numbers = segments.map(({ packet }) => packetNumber(packet, origins).length)
    this.#packetWidth = numbers.reduce((widest, width) => Math.max(widest, width), 'packet'.length)
    this.#timeWidth = Math.max('seconds'.length, secondsText(last).length)
    this.#hasDelta = style.width >= DELTA_FROM_WIDTH
    const margin = this.#leftWidth() + STATE_WIDTH + 1 + 2 + 1 + STATE_WIDTH
    this.#middle = Math.max(NARROWEST_MIDDLE, Math.min(WIDEST_MIDDLE, style.width - margin))
  }

  titleLines(): string[] {
    const { client, server } = this.#connection
    const { colors } = this.#style
    const left = this.#left('packet', 'seconds', 'since last')
    const half = (this.#middle >> 1) + STATE_WIDTH
    const clientText = cutMiddle(`client ${endpointText(client)}`, half)
    const serverText = cutMiddle(`${endpointText(server)} server`, half)
    const gap = this.#middle + 4 + 2 * STATE_WIDTH - clientText.length - serverText.length
    return [colors.bold(`${left}${clientText}${' '.repeat(Math.max(2, gap))}${serverText}`.trimEnd())]
  }

  lines(event: LadderEvent): string[] {
    const { segment } = event
    return segment === null ? [this.#timerLine(event)] : this.#segmentLines(event, segment)
  }

  #segmentLines(event: LadderEvent, segment: LoggedSegment): string[] {
    const { colors } = this.#style
    const delta = this.#previous === undefined ? '' : secondsText(segment.time - this.#previous)
    this.#previous = segment.time
    const left = this.#left(packetNumber(segment.packet, this.#origins), this.#since(segment.time), delta)

    const [label = '', ...overflow] = wrapParts(this.#texts.label(segment), this.#middle - 5)
    const paint =
      segment.segmentClass === CLASS_NEW || segment.segmentClass === CLASS_ACK ? plain : colors.yellow
    const below = [...overflow, ...this.#texts.notes(segment), ...event.takenBack].flatMap((note) =>
      wrapWords(note, this.#middle - 4),
    )
    const blank = this.#left('', '', '')
    return [
      this.#line(left, event.client, paint(arrow(label, segment.fromClient, this.#middle)), event.server),
      ...below.map((note) => {
        return this.#line(blank, undefined, paint(padEnd(`   ${note}`, this.#middle)), undefined)
      }),
    ]
  }

  /** A change of state that no logged packet made. */
  #timerLine(event: LadderEvent): string {
    const packet = (event.client ?? event.server)?.packet ?? null
    const note = event.note ?? (packet === null ? 'timer' : `packet ${packetName(packet, this.#origins)}`)
    const isLeft = event.note !== null || event.client !== undefined
    const text = isLeft ? padEnd(` ${note}`, this.#middle) : padStart(`${note} `, this.#middle)
    return this.#line(
      this.#left('', this.#since(event.time), ''),
      event.client,
      this.#style.colors.dim(text),
      event.server,
    )
  }

  #line(
    left: string,
    client: Transition | undefined,
    middle: string,
    server: Transition | undefined,
  ): string {
    const clientText = this.#bold(padStart(stateText(client), STATE_WIDTH))
    const serverText = stateText(server)
    const right = serverText === '' ? '' : ` ${this.#bold(serverText)}`
    return `${left}${clientText} ${RAIL}${middle}${RAIL}${right}`
  }

  #bold(text: string): string {
    return text.trim() === '' ? text : this.#style.colors.bold(text)
  }

  #left(packet: string, time: string, delta: string): string {
    const columns = [padStart(packet, this.#packetWidth), padStart(time, this.#timeWidth)]
    if (this.#hasDelta) columns.push(padStart(delta, Math.max('since last'.length, this.#timeWidth)))
    return `${columns.join('  ')}  `
  }

  #leftWidth(): number {
    const delta = this.#hasDelta ? Math.max('since last'.length, this.#timeWidth) + 2 : 0
    return this.#packetWidth + 2 + this.#timeWidth + 2 + delta
  }

  #since(time: number): string {
    return secondsText(time - this.#connection.start)
  }
}

function arrow(label: string, toServer: boolean, width: number): string {
  const shaft = '─'.repeat(Math.max(1, width - label.length - 4))
  return toServer ? ` ${label} ${shaft}> ` : ` <${shaft} ${label} `
}

function stateText(transition: Transition | undefined): string {
  return transition === undefined ? '' : markedState(transition.state, transition.basis)
}

function lastTimes({ client, server }: ConnectionSummary): number[] {
  return [client, server].map((endpoint) => endpoint.transitions.at(-1)?.time ?? 0)
}

function secondsText(nanoseconds: number): string {
  return (nanoseconds / 1e9).toFixed(6)
}

function plain(text: string): string {
  return text
}
