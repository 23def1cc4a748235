import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defineRule } from '../../src/audit/rule.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { PLAIN_RULE } from '../support/plain-rule.ts'
import { ROOT } from '../support/project-root.ts'

it('asks a rule about what it remembers, before its other handlers, and nothing of other connections', async () => {
  const told: string[] = []
  const rule = defineRule({
    ...PLAIN_RULE,
    id: 'teller',
    state: () => ({ number: 7 }),
    create: (context) => ({
      reset: ({ connection }) => {
        context.stateOf(connection).number++
      },
      closed: ({ connection }) => told.push(`${connection.id} closed`),
      known: {
        closed: ({ connection }, { number }) => told.push(`${connection.id} closed, known ${number}`),
      },
      judgeResets: ({ connection }, resets) => told.push(`${connection.id} ${resets.length} RST`),
      judgeOpening: ({ connection }, { syns }) => told.push(`${connection.id} ${syns.length} SYNs`),
    }),
  })
  for (const name of ['close-with-unread-data', 'half-close-with-data', 'connect-gives-up']) {
    const source = await openCapture(join(ROOT, 'fixtures/kernel', `${name}.pcap`))
    await auditCapture(source, { onConnection: () => {}, rules: [rule] })
    await source.close()
    told.push('')
  }
  expect(told).toMatchInlineSnapshot(`
    [
      "1 closed, known 8",
      "1 1 RST",
      "1 closed",
      "",
      "1 closed",
      "",
      "1 3 SYNs",
      "1 closed",
      "",
    ]
  `)
})
