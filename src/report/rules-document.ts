import type { CaptureFault } from '../audit/capture-fault.ts'
import { EXPLANATIONS } from '../audit/explanations.ts'
import type { AnyRule, Category, GroupBy, Scope } from '../audit/rule.ts'
import type { OptionSpec } from '../audit/rule-options.ts'
import type { HostSetting, RuleSettings } from '../audit/rule-settings.ts'
import type { ProfileSettingName } from '../tracker/host-profile.ts'
import type { Severity, ToolDocument } from './document-values.ts'
import { printableJson } from './text-layout.ts'

/** What `tcpaudit explain --json` prints: what is known of the rules, or of the one that was named. */
export interface RulesDocument {
  schema: typeof RULES_SCHEMA
  tool: ToolDocument
  rules: RuleDocument[]
  /** What is set of hosts, in place of Linux’s defaults. */
  hosts?: HostSettingDocument[]
}

interface HostSettingDocument {
  /** An address, a network, or `default`. */
  host: string
  setting: ProfileSettingName
  /** Seconds, a number, or first and last port. */
  value: number | number[]
  from: string
}

/** Changes only when a program that reads the document would break. */
const RULES_SCHEMA = 'tcpaudit/rules@1'

interface RuleDocument {
  id: string
  category: Category
  scope: Scope
  severity: Severity
  /** What was set in place of that, and where. */
  set?: { severity: Severity | 'off'; from: string }
  /** From as many connections as the threshold of this name says, a finding has this severity at least. */
  escalation?: { option: string; severity: Severity }
  since: string
  /** One sentence of what was seen. */
  summary: string
  references: string[]
  /** Which connections are one finding; only of rules about connections. */
  groupBy?: GroupBy
  options: OptionDocument[]
  /** Settings of the kernel that govern what the rule sees, with Linux’s defaults. */
  tunables: { name: string; default: string }[]
  /** Faults of a capture that make its findings less certain, or withhold them. */
  unreliableWhen: CaptureFault[]
  /** Rules whose findings are symptoms of this one’s, and rules of whose findings this one’s may be a symptom. */
  explains: string[]
  explainedBy: string[]
  messages: string[]
}

/** A threshold. Seconds, a number, or a share from 0 to 1. */
interface OptionDocument {
  name: string
  type: 'seconds' | 'count' | 'share'
  default: number
  /** Least and greatest value that it takes. */
  min: number
  max?: number
  /** The value in force and where it was set, if it was. */
  value: number
  from?: string
  says: string
}

export function* rulesDocument(
  rules: readonly AnyRule[],
  tool: RulesDocument['tool'],
  settings: RuleSettings,
): Generator<string, void, void> {
  const document: RulesDocument = {
    schema: RULES_SCHEMA,
    tool,
    rules: rules.map((rule) => ruleDocument(rule, settings)),
    ...(settings.hostSettings.length > 0 && { hosts: settings.hostSettings.map(hostDocument) }),
  }
  yield `${printableJson(JSON.stringify(document, null, 2))}\n`
}

function hostDocument({ text, name, value, from }: HostSetting): HostSettingDocument {
  return { host: text, setting: name, value: typeof value === 'number' ? value : [...value], from }
}

function ruleDocument(rule: AnyRule, settings: RuleSettings): RuleDocument {
  const level = settings.levelSetting(rule.id)
  const { id, category, scope, severity, escalation, since, summary } = rule
  return {
    id,
    category,
    scope,
    severity,
    ...(level !== undefined && { set: { severity: level.level, from: level.from } }),
    ...(escalation !== undefined && { escalation: { ...escalation } }),
    since,
    summary,
    references: [...rule.references],
    ...(scope === 'connection' && { groupBy: rule.groupBy ?? 'connection' }),
    options: Object.entries(rule.options ?? {}).map(([name, option]) =>
      optionDocument(rule, name, option, settings),
    ),
    tunables: (rule.tunables ?? []).map((tunable) => ({ ...tunable })),
    unreliableWhen: [...rule.unreliableWhen],
    explains: EXPLANATIONS.filter(([cause]) => cause === id).map(([, symptom]) => symptom),
    explainedBy: EXPLANATIONS.filter(([, symptom]) => symptom === id).map(([cause]) => cause),
    messages: Object.keys(rule.messages),
  }
}

function optionDocument(
  { id }: AnyRule,
  name: string,
  spec: OptionSpec,
  settings: RuleSettings,
): OptionDocument {
  const setting = settings.optionSetting(id, name)
  const { type, default: usual, min, max, says } = spec
  return {
    name,
    type,
    default: usual,
    min,
    ...(max !== undefined && { max }),
    value: setting?.value ?? usual,
    ...(setting !== undefined && { from: setting.from }),
    says,
  }
}
