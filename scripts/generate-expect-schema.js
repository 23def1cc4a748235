import { RULES } from '../dist/audit/rules/index.js'
import { CAPTURE_NUMBERS } from '../dist/check/capture-numbers.js'
import { BY_CHANCE } from '../dist/check/chance-rules.js'
import { writtenForm } from '../dist/check/comparison.js'
import { METRICS } from '../dist/check/metrics.js'
import { PERCENTILE_FORM, STATISTICS } from '../dist/check/samples.js'
import { END_KEYS, MOST_SEVERE } from '../dist/cli/check/read-claims.js'
import { MOST_NTH } from '../dist/cli/check/read-expectations.js'
import { OUTCOMES } from '../dist/tracker/connection-summary.js'
import { STATE_NAMES } from '../dist/tracker/tcp-state.js'
import { hostsSchema, rulesSchema } from './generate-config-schema.js'

/** schema/expect.schema.json, from the lists that the reader of expectation files goes by. */
export function renderExpectSchema() {
  const shared = Object.fromEntries(Object.keys(claims()).map((key) => [key, ref(key)]))
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:tcpaudit:schema:expect@1',
    title: 'NAME.expect.yaml, .yml or .json',
    description: "What 'tcpaudit check' holds a capture to: docs/check.md",
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: {
      $schema: { type: 'string', description: 'Where this schema lies, for editors.' },
      rules: rulesSchema(),
      hosts: hostsSchema(),
      where: {
        description: 'The same for some of the connections.',
        type: 'array',
        items: { $ref: '#/definitions/group' },
      },
      ...shared,
      ...refs([...METRICS, ...CAPTURE_NUMBERS]),
    },
    definitions: {
      group: {
        type: 'object',
        additionalProperties: false,
        // `client` and `server` say of which connections there, so that numbers of theirs go by their whole names.
        properties: { ...shared, ...refs(METRICS), ...selection() },
      },
      ...claims(),
      ...numbers([...METRICS, ...CAPTURE_NUMBERS]),
      level: { enum: ['off', ...MOST_SEVERE.slice(1)] },
      rule: { enum: RULES.map(({ id }) => id) },
      end: { type: 'string', description: 'ADDRESS, ADDRESS:PORT, a network such as 10.0.0.0/8, or :PORT' },
      state: { enum: STATE_NAMES },
      'state-map': statesSchema(),
      finding: findingSchema(),
      ...Object.fromEntries(KINDS.map((kind) => [`a-${kind}`, comparison(kind)])),
      ...Object.fromEntries(KINDS.map((kind) => [`${kind}-statistics`, statistics(kind, {})])),
    },
  }
  return { 'schema/expect.schema.json': `${JSON.stringify(schema, null, 2)}\n` }
}

const ref = (name) => ({ $ref: `#/definitions/${name}` })
const described = (description, schema) => ({ description, allOf: [schema] })

function selection() {
  return {
    name: { type: 'string', minLength: 1, description: 'What it is called in the report.' },
    client: described('Only connections whose client is this.', ref('end')),
    server: described('Only connections whose server is this.', ref('end')),
    host: described('Only connections of which one end is this.', ref('end')),
    outcome: { enum: OUTCOMES, description: 'Only connections of which this became.' },
    nth: {
      type: 'integer',
      minimum: 1,
      maximum: MOST_NTH,
      description: 'Only the n-th of those, in the order in which they began.',
    },
  }
}

function claims() {
  return {
    'max-severity': {
      enum: MOST_SEVERE,
      description: 'No finding graver than this, those expected or allowed aside.',
    },
    allow: described(
      'Rules that max-severity is not about.',
      oneOrMore({ enum: [...RULES.map(({ id }) => id), BY_CHANCE] }),
    ),
    never: described('Rules of which there is no finding.', oneOrMore(ref('rule'))),
    findings: {
      description: 'Rules to how many findings of them there are.',
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(RULES.map(({ id }) => [id, ref('finding')])),
    },
    outcomes: {
      description: 'What became of connections, to how many of them.',
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, ref('a-count')])),
    },
    states: described('States in the end.', ref('state-map')),
    at: {
      description: 'Moments, as --as-of takes them, to the states then.',
      type: 'object',
      minProperties: 1,
      additionalProperties: ref('state-map'),
    },
  }
}

function oneOrMore(item) {
  return { anyOf: [item, { type: 'array', items: item, minItems: 1, uniqueItems: true }] }
}

function statesSchema() {
  const ends = END_KEYS.map((end) => {
    const says = `The ${end} of every connection is in this state, or in one of these.`
    return [
      end,
      described(says, { anyOf: [ref('state'), { type: 'array', items: ref('state'), minItems: 1 }] }),
    ]
  })
  const counts = STATE_NAMES.map((state) => [
    state,
    described(`How many ends are in ${state}.`, ref('a-count')),
  ])
  return {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: { ...Object.fromEntries(ends), ...Object.fromEntries(counts) },
  }
}

function findingSchema() {
  const one = {
    anyOf: [
      ref('a-count'),
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          count: described('How many findings; by default at least one.', ref('a-count')),
          times: described('What they count, all of them together: mostly connections.', ref('a-count')),
          host: described('About this end.', ref('end')),
          client: described('Of this client.', ref('end')),
          server: described('Of this server.', ref('end')),
        },
      },
    ],
  }
  return { anyOf: [...one.anyOf, { type: 'array', items: one, minItems: 1 }] }
}

function comparison(kind) {
  const number = { type: 'number', minimum: 0, ...(kind === 'share' && { maximum: 1 }) }
  return { anyOf: [number, { type: 'string', pattern: writtenForm(kind) }] }
}

const KINDS = ['count', 'seconds', 'share', 'bytes']

/** Each number under its whole name, and under the part before a dot. */
function refs(list) {
  return Object.fromEntries(keysOf(list).map((name) => [name, ref(name)]))
}

function numbers(list) {
  return Object.fromEntries(keysOf(list).map((name) => [name, numberSchema(name, list)]))
}

function keysOf(list) {
  return [...new Set(list.flatMap(({ name }) => prefixes(name)))]
}

function prefixes(name) {
  const parts = name.split('.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

function numberSchema(name, list) {
  const own = list.find((one) => one.name === name)
  const inner = keysOf(list).filter((key) => key.startsWith(`${name}.`))
  const below = Object.fromEntries(inner.map((key) => [key.slice(name.length + 1), ref(key)]))
  const isMetric = own?.alone !== undefined
  const maps = [
    ...(isMetric && inner.length === 0 ? [ref(`${own.kind}-statistics`)] : []),
    ...(isMetric && inner.length > 0 ? [statistics(own.kind, below)] : []),
    ...(!isMetric && inner.length > 0 ? [closedMap(below)] : []),
  ]
  return {
    ...(own !== undefined && { description: own.says }),
    anyOf: [...(own === undefined ? [] : [ref(`a-${own.kind}`)]), ...maps],
  }
}

function statistics(kind, besides) {
  const own = STATISTICS.map((word) => [word, ref(`a-${word === 'count' ? 'count' : kind}`)])
  return {
    ...closedMap({ ...Object.fromEntries(own), ...besides }),
    patternProperties: { [PERCENTILE_FORM]: ref(`a-${kind}`) },
  }
}

function closedMap(properties) {
  return { type: 'object', minProperties: 1, additionalProperties: false, properties }
}
