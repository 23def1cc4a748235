import { withFront } from './generate-rule-pages.js'

/** The files of a rule that is yet to be written, by their paths; they compile, and their tests say what is missing. */
export function newRuleFiles({ id, scope, category, severity, since }) {
  return {
    [`src/audit/rules/${id}.ts`]: RULES[scope]({ id, scope, category, severity, since }),
    [`src/report/wording/${id}.ts`]: wording(id),
    [`test/audit/rules/${id}.ts`]: cases(id),
    [`docs/rules/${id}.md`]: page({ id, scope, category, severity, since }),
  }
}

const SUMMARY = 'TODO: one sentence of what was seen.'

const head = ({ id, scope, category, severity, since }) => `export default defineRule({
  id: '${id}',
  scope: '${scope}',
  category: '${category}',
  severity: '${severity}',
  since: '${since}',
  summary: '${SUMMARY}',
  references: ['RFC 9293 §3.10'],
  messages: { found: { after: 'duration' } },
  notes: { packet: {} },
`

const RULES = {
  connection: (rule) => `import { defineRule } from '../rule.ts'

${head(rule)}  unreliableWhen: ['loss', 'one-sided', 'midstream'],
  create: (context) => ({
    gaveUp(event) {
      context.report('found', event, {
        data: { after: event.time - event.connection.start },
        evidence: [context.note('packet', event, {})],
      })
    },
  }),
})
`,
  host: (rule) => `import { defineRule } from '../rule.ts'

${head(rule)}  unreliableWhen: ['loss', 'one-sided', 'midstream'],
  create: (context) => ({
    closed(event) {
      const { connection, time, server, start } = event
      context.report('found', {
        time,
        data: { after: time - start },
        evidence: [context.note('packet', event, 'client', {})],
        connections: [connection],
        count: 1,
        host: server,
      })
    },
  }),
})
`,
  capture: (rule) => `import type { Evidence } from '../finding.ts'
import { defineRule } from '../rule.ts'

${head(rule)}  unreliableWhen: [],
  create: (context) => {
    const evidence: Evidence[] = []
    return {
      duplicateFrame: (event) => evidence.push(context.note('packet', event, {})),
      end({ end }) {
        if (evidence.length > 0) context.report('found', { data: { after: end }, evidence })
      },
    }
  },
})
`,
}

const wording = (id) => `import rule from '../../audit/rules/${id}.ts'
import { durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    found: {
      title: (_, { connection }) => \`TODO: what is wrong with \${connection}, in a line\`,
      detail: ({ after }) => \`TODO: what was seen \${durationText(after)} after the start.\`,
      advice: () => ['TODO: the next command, the setting with its default'],
    },
  },
  notes: { packet: () => 'TODO: what this packet shows' },
})
`

const cases = (id) => `import rule from '../../../src/audit/rules/${id}.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = \`
  --> S  100:100(0)          -->
  <-- S. 300:300(0) ack 101  <--
  --> .  101:101(0) ack 301  -->\`

export default ruleCases(rule, {
  reports: [{ name: 'TODO: what goes wrong', ladder: OPEN, findings: [{ message: 'found' }] }],
  quiet: [
    { name: 'TODO: the nearest harmless look-alike', ladder: OPEN },
    {
      name: 'an orderly close',
      ladder: \`\${OPEN}
        --> F. 101:101(0) ack 301  -->
        <-- F. 301:301(0) ack 102  <--
        --> .  102:102(0) ack 302  -->\`,
    },
  ],
  fixtures: { reports: [], quiet: ['kernel/orderly-close-by-client.pcap'] },
})
`

function page(rule) {
  const written = `

## What it means

TODO: what the packets say, and what that means for who runs these hosts.

\`\`\`ladder reports
--> S  100:100(0)          -->  ! ${rule.id}
<-- S. 300:300(0) ack 101  <--
\`\`\`

## When it is harmless

TODO: what looks like it.

\`\`\`ladder quiet
--> S  100:100(0)          -->
<-- S. 300:300(0) ack 101  <--
--> .  101:101(0) ack 301  -->
\`\`\`

## What to look at next

- TODO
`
  return withFront(
    { ...rule, summary: SUMMARY, references: ['RFC 9293 §3.10'], unreliableWhen: [] },
    `<!-- what follows is written by hand -->${written}`,
  )
}
