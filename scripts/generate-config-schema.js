import { WRITTEN_FORMS } from '../dist/audit/option-value.js'
import { RULES } from '../dist/audit/rules/index.js'
import { RULE_LEVELS, SEVERITY_KEY } from '../dist/cli/rule-argument.js'
import { optionTakes, optionText } from '../dist/report/option-text.js'

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
      rules: {
        type: ['object', 'null'],
        description: 'Which rules are off, at which severity, with which thresholds.',
        additionalProperties: false,
        properties: Object.fromEntries(RULES.map((rule) => [rule.id, ruleSchema(rule)])),
      },
    },
    definitions: { level: { enum: RULE_LEVELS } },
  }
  return { 'schema/config.schema.json': `${JSON.stringify(schema, null, 2)}\n` }
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
