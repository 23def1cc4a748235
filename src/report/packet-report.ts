import type { Stage } from '../tracker/decision-trail.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { endpointText } from './endpoint-text.ts'
import { findingText } from './finding-text.ts'
import { durationText } from './number-text.ts'
import {
  ALTERNATIVE_TEXTS,
  type ConsideredAlternative,
  consideredAlternatives,
  decidingSteps,
} from './packet-alternatives.ts'
import { packetAnswer } from './packet-answer.ts'
import { endRows } from './packet-ends.ts'
import { type PacketInput, PacketView } from './packet-input.ts'
import { packetLines } from './packet-lines.ts'
import { packetName } from './packet-name.ts'
import { moreCommands, streamFilter, wiresharkFilter } from './packet-next.ts'
import { isPlainAnswer, stageAnswer } from './packet-verdict.ts'
import { stepText } from './question-text.ts'
import { headerLines } from './report-header.ts'
import type { ReportStyle } from './report-style.ts'
import { joinParts, padEnd, printable, wrapWords } from './text-layout.ts'

/** Columns of the labels at the left edge, and of the alternatives' names. */
const LABEL = 12
const NAME = 30

/** One packet: what it was taken for and why, and what it changed. */
export function* packetReport(input: PacketInput, style: ReportStyle): Generator<string, void, void> {
  const view = new PacketView(input)
  const { colors, width } = style
  for (const line of headerLines(view.capture, style)) yield `${line}\n`
  yield '\n'
  const title = `${packetName(view.facts.packet, view.capture.origins)} ${packetAnswer(view)}`
  for (const line of wrapWords(title, width)) yield `${colors.bold(line)}\n`
  for (const [label, parts] of packetLines(view)) {
    for (const line of labelled(label, joinParts(parts, ', ', width - LABEL - 2))) yield `${line}\n`
  }
  for (const section of SECTIONS) {
    const lines = sectionLines(view, section, style)
    if (lines.length === 0) continue
    yield `\n${colors.bold(section.title)}\n`
    for (const line of lines) yield `${line}\n`
  }
  if (view.snapshot !== null) {
    yield `\n${colors.bold('Before → after')}\n`
    for (const line of endLines(view, style)) yield `${line}\n`
  }
  for (const line of changeLines(view, style)) yield `${line}\n`
  if (view.findings.length > 0) {
    yield `\n${colors.bold('Findings that name it')}\n`
    for (const line of findingLines(view, style)) yield `${line}\n`
  }
  yield '\n'
  for (const command of moreCommands(view)) {
    for (const line of hanging(`next: \`${command}\``, width)) yield `${line}\n`
  }
  const stream = streamFilter(view)
  const filters = [wiresharkFilter(view), ...(stream === null ? [] : [`its connection: ${stream}`])]
  yield `${colors.dim(`wireshark: ${filters.join('   ')}`)}\n`
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${padEnd(index === 0 ? label : '', LABEL)}${line}`.trimEnd())
}

/** Lines behind the first are indented by two. */
function hanging(text: string, width: number): string[] {
  return wrapWords(text, width - 2).map((line, index) => (index === 0 ? line : `  ${line}`))
}

interface Section {
  readonly title: string
  readonly stages: readonly Stage[]
}

const SECTIONS: readonly Section[] = [
  { title: 'Whether it is a copy', stages: ['frame'] },
  { title: 'What it opens', stages: ['opening'] },
  { title: 'Whose it is', stages: ['origin'] },
  { title: 'What it was taken for', stages: ['delivery', 'class'] },
  { title: 'What its receiver makes of it', stages: ['receipt', 'reset', 'icmp'] },
]

/** Each alternative with yes or no and what decided, then what it comes to. */
function sectionLines(view: PacketView, { stages }: Section, style: ReportStyle): string[] {
  const { traced } = view
  if (traced === null) return []
  const considered = consideredAlternatives(traced.steps).filter(
    (alternative) => stages.includes(alternative.stage) && !isPlainAnswer(alternative),
  )
  const lines = considered.flatMap((alternative) => alternativeLines(alternative, style))
  const verdict = stageAnswer(view, stages)
  if (verdict === null) return lines
  const [first = '', ...rest] = wrapWords(printable(verdict), style.width - 5)
  return [
    ...lines,
    style.colors.bold(`  → ${first}`),
    ...rest.map((line) => style.colors.bold(`    ${line}`)),
  ]
}

function alternativeLines(alternative: ConsideredAlternative, { width, colors }: ReportStyle): string[] {
  const { name, holds } = alternative
  const steps = decidingSteps(alternative)
  const words = steps.map(stepText).join('; ')
  const head = `  ${padEnd(ALTERNATIVE_TEXTS[name], NAME - 2)}${holds ? 'yes' : 'no '}  `
  const room = width - NAME - 5
  const paint = holds ? (text: string) => text : colors.dim
  return wrapWords(words, room).map((line, index) =>
    paint(index === 0 ? head + line : ' '.repeat(NAME + 5) + line),
  )
}

function endLines(view: PacketView, style: ReportStyle): string[] {
  const lines: string[] = []
  for (const role of ['client', 'server'] as const) {
    const moments = view.endOf(role)
    const end = moments.after ?? moments.before
    if (end === null) continue
    lines.push(`${role} ${endpointText(end)}${role === view.from ? ', its sender' : ''}`)
    for (const { label, before, after } of endRows(view, moments.before, moments.after)) {
      const text = before === after ? `${before}` : `${before} → ${after}`
      lines.push(...labelled(label, wrapWords(text, style.width - LABEL - 2)))
    }
  }
  return lines
}

/** What it took back, what it dated earlier, and what was taken back of it later. */
function changeLines(view: PacketView, { width }: ReportStyle): string[] {
  const { traced, capture, connection, from, facts, opened } = view
  if (traced === null || from === null) return []
  const other = from === 'client' ? 'server' : 'client'
  const name = (packet: number | null) =>
    packet === null ? 'by a timer' : `at ${packetName(packet, capture.origins)}`
  const texts: string[] = []
  for (const { ofSender, state, basis, packet, time } of traced.retractions) {
    const role = ofSender ? from : other
    const again = traced.transitions.find((step) => step.ofSender === ofSender && step.state === state)
    texts.push(
      again === undefined
        ? `takes back: ${role} ${stateName(state)} (${basisName(basis)} ${name(packet)}), held for ${durationText(traced.time - time)}`
        : `dates anew: ${role} ${stateName(state)}, ${name(packet)} before and ${name(again.packet)} now`,
    )
  }
  for (const { ofSender, state, packet } of traced.transitions) {
    if (packet === facts.packet || traced.retractions.some((step) => step.state === state)) continue
    texts.push(
      `shows that the ${ofSender ? from : other} was in ${stateName(state)} since ${name(packet).replace('at ', '')}`,
    )
  }
  for (const role of ['client', 'server'] as const) {
    for (const step of connection?.[role].retracted ?? []) {
      if (step.packet !== facts.packet) continue
      const by =
        step.disprovedBy === null ? 'by a timer' : `by ${packetName(step.disprovedBy, capture.origins)}`
      texts.push(
        `later taken back ${by}: ${role} ${stateName(step.state)} (${basisName(step.basis)} at this packet)`,
      )
    }
  }
  if (opened !== null) texts.push(`later packets show that it opened connection ${opened}`)
  return texts.flatMap((text) => hanging(text, width - 2).map((line) => `  ${line}`))
}

function findingLines(view: PacketView, { width }: ReportStyle): string[] {
  return view.findings.flatMap((finding) => {
    const { title, evidence } = findingText(finding)
    const notes = evidence
      .filter((item) => item.evidence.packet === view.facts.packet)
      .map(({ note }) => note)
    const head = `${finding.severity} ${printable(title)} (${finding.rule}): ${[...new Set(notes)].join('; ')}`
    return hanging(head, width - 2).map((line) => `  ${line}`)
  })
}
