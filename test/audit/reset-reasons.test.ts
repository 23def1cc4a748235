import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resetReasons, settledReasons } from '../../src/audit/reset-reason.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { FIXTURES } from '../support/capture-files.ts'

/** Recorded captures with resets of real sockets: what these mean, one after the other; `20 *` is twenty times. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  refused: ['2 * refused'],
  'refused-often': ['25 * refused'],
  'firewall-resets-syn': ['refused'],
  'happy-eyeballs-refused': ['refused'],
  'time-wait-nobody-listens': ['answer-unwanted', 'refused'],
  'queue-overflow-aborted': ['not-accepted'],
  'listener-closed-in-handshake-near': ['not-accepted'],
  'listener-closed-in-handshake-far': ['not-accepted'],
  'connect-abandoned-near': ['answer-unwanted'],
  'half-open-scan': ['answer-unwanted'],
  'stale-syn-far': ['answer-unwanted'],
  'time-wait-old-syn': ['answer-unwanted'],
  'ack-scan': ['22 * no-connection'],
  'fin-scan': ['21 * no-connection'],
  'data-after-close': ['data-after-close'],
  'killed-process-then-data': ['data-after-close'],
  'keep-alive-race': ['data-after-close', 'after-reset'],
  'doubled-by-the-network-near': ['after-close'],
  'reset-behind-answer': ['abort or unread-data', 'after-reset'],
  'lost-reset-near': ['abort or unread-data', 'after-reset'],
  'lost-reset-far': ['forgotten'],
  'host-vanished-near': ['gave-up'],
  'host-vanished-far': ['forgotten'],
  'rebooted-server': ['forgotten'],
  'rebooted-same-port': ['forgotten'],
  'middlebox-forgets-and-resets-near': ['4 * idle-middlebox'],
  'keep-alive-unanswered-near': ['keep-alive'],
  'close-with-unread-data': ['unread-data or abort'],
  'killed-process-with-unread-data': ['unread-data or abort'],
  'server-never-reads-then-closes': ['unread-data or abort'],
  'abortive-closes': ['20 * abort or unread-data'],
  'linger0-reset-near': ['abort or unread-data'],
  'linger0-reset-far': ['abort or unread-data'],
  'disconnect-reset': ['abort or unread-data'],
  'health-checks-by-reset': ['20 * abort'],
}

async function reasonsIn(name: string): Promise<string[]> {
  const source = await openCapture(join(FIXTURES, 'kernel', `${name}.pcap`))
  const found: string[][] = []
  const byConnection = new Map<number, { side: number; at: number }[]>()
  await auditCapture(source, {
    onConnection: () => {},
    subscribe: (events) => {
      events.subscribe('reset', (event) => {
        const { id } = event.connection
        const resets = byConnection.get(id) ?? []
        byConnection.set(id, [...resets, { side: event.endpoint.index & 1, at: found.length }])
        found.push([...resetReasons(event)])
      })
      events.subscribe('closed', ({ connection, endpoint, peer }) => {
        for (const { side, at } of byConnection.get(connection.id) ?? []) {
          const sender = (endpoint.index & 1) === side ? endpoint : peer
          found[at] = [...settledReasons(found[at] as ReturnType<typeof resetReasons>, sender)]
        }
      })
    },
  })
  await source.close()
  const texts = found.map((reasons) => reasons.join(' or '))
  return [...new Set(texts)].map((text) => {
    const count = texts.filter((other) => other === text).length
    return count > 1 ? `${count} * ${text}` : text
  })
}

describe('the reason of a reset', () => {
  it.each(Object.entries(REASONS))('is known in %s', async (name, reasons) => {
    expect(await reasonsIn(name)).toEqual(reasons)
  })
})
