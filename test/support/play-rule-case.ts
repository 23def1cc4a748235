import { Random } from '../../bench/random.js'
import type { Finding } from '../../src/audit/finding.ts'
import type { AnyRule } from '../../src/audit/rule.ts'
import type { CaptureSource } from '../../src/capture/capture-source.ts'
import { openCapture, openInput } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { CAPTURE_FAULTS } from './capture-faults.ts'
import { fragmentsOf } from './fragments-of.ts'
import { concatBytes } from './frame-builder.ts'
import { parseLadder } from './ladder.ts'
import { type LadderStep, ladderSteps } from './ladder-steps.ts'
import { AS_WRITTEN, type LadderVariant, ladderVariants } from './ladder-variants.ts'
import { MemoryInput } from './memory-input.ts'
import { optionSettings } from './option-settings.ts'
import { type CapturedFrame, pcapngBlocks, writePcap } from './pcap-writer.ts'
import type { Crowd, RuleCase } from './rule-cases.ts'

/** A case as a capture file. */
export interface PlayedCase {
  readonly bytes: Uint8Array
  /** The moment at which the capture ends though no packet is there, nanoseconds since the first. */
  readonly end: number | undefined
  /** Of a single ladder: packets of the lines that bear `! ID`, per ID. */
  readonly marked: ReadonlyMap<string, readonly number[]>
}

const EPOCH = 1_700_000_000_000_000_000n

/** The case as written. */
export function playCase(ruleCase: RuleCase): PlayedCase {
  return playAs(ruleCase, AS_WRITTEN)
}

/** The case in every other way that must come to the same. */
export function* variantsOf(ruleCase: RuleCase): Generator<PlayedCase & { readonly name: string }> {
  const { variants } = ruleCase
  const crowds = crowdsOf(ruleCase)
  const [first] = crowds
  if (variants === false || first === undefined) return
  const isLarge = crowds.some(({ count }) => count > MANY)
  for (const variant of ladderVariants(parseLadder(first.ladder))) {
    if (!(isLarge ? FEW_VARIANTS : VARIANTS).test(variant.name)) continue
    if (variants?.ipv4Only === true && variant.ipVersion === 6) continue
    if (variants?.numbersAsWritten === true && (variant.shiftA !== 0 || variant.shiftB !== 0)) continue
    yield { name: variant.name, ...playAs(ruleCase, variant) }
  }
}

/** Link layers and files make no difference to a rule; the tracker's own ladders have them. */
const VARIANTS = /^(both cross .*|timestamps cross .*|ends swapped|IPv6)$/
/** Of crowds of more than this. */
const MANY = 20
const FEW_VARIANTS = /^(both cross 2\^32 in the middle|ends swapped|IPv6)$/

/** A ladder alone is a crowd of one. */
function crowdsOf({ ladder, crowd, crowds }: RuleCase): readonly Crowd[] {
  return [
    ...(ladder === undefined ? [] : [{ ladder, count: 1, vary: 'client-port', every: 0 } as const]),
    ...(crowd === undefined ? [] : [crowd]),
    ...(crowds ?? []),
  ]
}

interface Played {
  readonly time: number
  readonly step: LadderStep
}

function playAs(ruleCase: RuleCase, variant: LadderVariant): PlayedCase {
  const steps = stepsOf(ruleCase, variant)
  const captured = steps.filter(({ step }) => step.frame !== undefined)
  const first = captured[0]?.time ?? 0
  const marked = new Map<string, number[]>()
  for (const [index, { step }] of captured.entries()) {
    if (ruleCase.ladder === undefined) break
    for (const rule of step.line.rules) marked.set(rule, [...(marked.get(rule) ?? []), index + 1])
  }
  const frames = captured.map(({ time, step }) => ({
    time: EPOCH + BigInt(time - first),
    data: step.frame ?? new Uint8Array(0),
  }))
  const lastStep = Math.max(...steps.map(({ time }) => time - first))
  const end = ruleCase.until === undefined ? lastStep : Math.max(lastStep, ruleCase.until * 1e9)
  const lastPacket = (captured.at(-1)?.time ?? 0) - first
  return { bytes: captureFile(frames, ruleCase), end: end > lastPacket ? end : undefined, marked }
}

function stepsOf(ruleCase: RuleCase, variant: LadderVariant): Played[] {
  const steps: Played[] = []
  let number = 0
  for (const { ladder: text, count, vary, every, start = 0, otherFamily } of crowdsOf(ruleCase)) {
    const ladder = parseLadder(text)
    for (let copy = 0; copy < count; copy++) {
      const begin = Math.round((start + copy * every) * 1e9)
      const own: LadderVariant = {
        ...variant,
        ...(number > 0 && { copy: { vary, number } }),
        ...(otherFamily === true && { ipVersion: variant.ipVersion === 4 ? 6 : 4 }),
      }
      for (const step of ladderSteps(ladder, own)) steps.push({ time: begin + step.time, step })
      number++
    }
  }
  return steps.sort((one, other) => one.time - other.time)
}

function captureFile(asPlayed: readonly CapturedFrame[], { capture = {} }: RuleCase): Uint8Array {
  const { fault, swapped = [], fragmented = [], snaplen, kernelDrops, missingBytes = 0 } = capture
  const frames = fault === undefined ? [...asPlayed] : CAPTURE_FAULTS[fault](asPlayed, new Random(1))
  for (const packet of swapped) {
    frames.splice(packet - 1, 2, ...frames.slice(packet - 1, packet + 1).reverse())
  }
  for (const packet of fragmented.toReversed()) {
    const [whole] = frames.splice(packet - 1, 1) as [CapturedFrame]
    const parts = fragmentsOf(whole.data).map((data) => ({ ...whole, data }))
    frames.splice(packet - 1, 0, ...parts)
  }
  const file = writePcap(frames, {
    format: kernelDrops === undefined ? 'pcap-ns' : 'pcapng',
    ...(snaplen !== undefined && { snaplen }),
  })
  const whole =
    kernelDrops === undefined
      ? file
      : concatBytes(file, pcapngBlocks().statistics(0, { ifdrop: BigInt(kernelDrops) }))
  return whole.subarray(0, whole.length - missingBytes)
}

/** As much as a case has; the default is for large files. */
const SMALL_READ = 64 * 1024

export interface RuleRun {
  readonly findings: readonly Finding[]
  /** Some connection has its client by its ports alone. */
  readonly hasRolesByPort: boolean
}

/** What is set for a run. */
type Known = { readonly [Key in 'options' | 'profile' | 'maxConnections']?: RuleCase[Key] | undefined }

/** What this rule alone finds, through tracker, auditor and finding store. */
export async function runRule(
  rule: AnyRule,
  { bytes, end }: Pick<PlayedCase, 'bytes' | 'end'>,
  known: Known = {},
): Promise<RuleRun> {
  return runOver(
    await openInput('case', new MemoryInput(bytes), { readLength: SMALL_READ }),
    rule,
    known,
    end,
  )
}

export async function runRuleOnFile(rule: AnyRule, path: string, known: Known = {}): Promise<RuleRun> {
  return runOver(await openCapture(path), rule, known)
}

async function runOver(
  source: CaptureSource,
  rule: AnyRule,
  { options, profile, maxConnections }: Known = {},
  end?: number,
): Promise<RuleRun> {
  let hasRolesByPort = false
  const { findings } = await auditCapture(source, {
    rules: [rule],
    settings: optionSettings(rule, options, profile),
    maxConnections,
    asOf: end === undefined ? undefined : { from: 'first-packet', nanoseconds: BigInt(Math.round(end)) },
    onConnection: (connection) => {
      if (!hasRolesByPort) hasRolesByPort = connection.summary().roleBasis === 'port'
    },
  })
  await source.close()
  return { findings, hasRolesByPort }
}
