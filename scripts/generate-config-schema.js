import { WRITTEN_FORMS } from '../dist/audit/option-value.js'
import { RULES } from '../dist/audit/rules/index.js'
import { MSL } from '../dist/cli/config/read-hosts.js'
import { RULE_LEVELS, SEVERITY_KEY } from '../dist/cli/rule-argument.js'
import { optionTakes, optionText } from '../dist/report/option-text.js'
import { PROFILE_SETTINGS } from '../dist/tracker/host-profile.js'

/** schema/config.schema.json, from the lists of rules and options that the loader reads a config file with. */
export function renderConfigSchema() {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:tcpaudit:schema:config@1',
    title: 'tcpaudit.config.yaml, .yml or .json',
    description: 'Settings of an audit: docs/configuration.md',
    // A file of which every line is a comment says nothing.
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Where this schema lies, for editors.' },
      rules: rulesSchema(),
      hosts: hostsSchema(),
    },
    definitions: { level: { enum: RULE_LEVELS } },
  }
  return { 'schema/config.schema.json': `${JSON.stringify(schema, null, 2)}\n` }
}

export function rulesSchema() {
  return {
    type: ['object', 'null'],
    description: 'Which rules are off, at which severity, with which thresholds.',
    additionalProperties: false,
    properties: Object.fromEntries(RULES.map((rule) => [rule.id, ruleSchema(rule)])),
  }
}

export function hostsSchema() {
  return {
    type: ['object', 'null'],
    description:
      'What is known of the hosts, by address, network or default: of each setting the longest network counts.',
    additionalProperties: false,
    patternProperties: { [hostPattern()]: hostSchema() },
  }
}

function hostSchema() {
  const properties = PROFILE_SETTINGS.map((setting) => {
    const { name, type, min, max, says, kernel } = setting
    const description = `${says} (${kernel})`
    if (type !== 'ports') return [name, optionSchema({ ...setting, says: description })]
    const port = { type: 'integer', minimum: min, maximum: max }
    return [name, { description, type: 'array', items: port, minItems: 2, maxItems: 2 }]
  })
  const half = { type: 'seconds', default: 30, min: 0, says: 'half of timeWait' }
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { ...Object.fromEntries(properties), [MSL]: optionSchema(half) },
    not: { type: 'object', required: [MSL, 'timeWait'] },
  }
}

/** What `parseNetwork` takes: RFC 3986, IPv4address and IPv6address, with a length. */
function hostPattern() {
  const byte = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
  const ipv4 = `(${byte}\\.){3}${byte}`
  const group = '[0-9a-fA-F]{1,4}'
  const last = `(${group}:${group}|${ipv4})`
  const before = (most) => `((${group}:){0,${most}}${group})?::`
  const ipv6 = [
    `(${group}:){6}${last}`,
    `::(${group}:){5}${last}`,
    `${before(0)}(${group}:){4}${last}`,
    `${before(1)}(${group}:){3}${last}`,
    `${before(2)}(${group}:){2}${last}`,
    `${before(3)}${group}:${last}`,
    `${before(4)}${last}`,
    `${before(5)}${group}`,
    before(6),
  ].join('|')
  return `^(default|${ipv4}(/([1-2]?[0-9]|3[0-2]))?|(${ipv6})(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$`
}

function ruleSchema({ summary, severity, options = {} }) {
  const properties = Object.entries(options).map(([name, spec]) => [name, optionSchema(spec)])
  return {
    description: `${summary} By default: ${severity}.`,
    anyOf: [
      { $ref: '#/definitions/level' },
      {
        type: 'object',
        additionalProperties: false,
        properties: { [SEVERITY_KEY]: { $ref: '#/definitions/level' }, ...Object.fromEntries(properties) },
      },
    ],
  }
}

/** What `optionValue` takes, with the words of the option. */
function optionSchema(spec) {
  const { type, min, max, says } = spec
  const number = {
    type: type === 'count' ? 'integer' : 'number',
    minimum: min,
    ...(max !== undefined && { maximum: max }),
  }
  return {
    description: `${says}: ${optionTakes(spec)}. By default: ${optionText(spec, spec.default)}.`,
    ...(type === 'count' ? number : { anyOf: [number, { type: 'string', pattern: WRITTEN_FORMS[type] }] }),
  }
}
