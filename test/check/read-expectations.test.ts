import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { CHANCE_RULES } from '../../src/check/chance-rules.ts'
import type { Expectations } from '../../src/check/expectations.ts'
import { momentsOf } from '../../src/check/expectations.ts'
import { expectationsIn } from '../../src/cli/check/load-expectations.ts'

async function read(text: string): Promise<Expectations> {
  return expectationsIn('e.yaml', text, RULES)
}

describe('a mistake in an expectation file', () => {
  it.each([
    ['nevr: [scan]', "1:1: unknown key 'nevr': did you mean never?"],
    ['conections: 1', "1:1: unknown key 'conections': did you mean connections?"],
    ['never: [scann]', "1:9: unknown rule 'scann': did you mean scan?"],
    ['never: [scan, scan]', '1:15: scan is named twice'],
    ['never: []', '1:8: never takes ids of rules, as in [reset-injected]'],
    ['never: 5', "1:8: never takes no '5': 'tcpaudit explain' lists the rules"],
    ['findings:\n  close-wait-leek: 1', "2:3: unknown rule 'close-wait-leek': did you mean close-wait-leak?"],
    ['findings: {scan: often}', "1:18: scan takes no 'often': give a number, or a comparison"],
    ['findings: {scan: {cuont: 1}}', "1:19: unknown key 'cuont' of scan: did you mean count?"],
    ['findings: {scan: {host: web}}', "1:25: host takes no 'web': give ADDRESS"],
    ['findings: {scan: []}', '1:18: scan takes no empty list'],
    ['findings:', '1:10: findings takes a map of ids of rules to how many'],
    ['max-severity: loud', "1:15: max-severity takes no 'loud': "],
    ['allow: [scan]', '1:1: allow is about max-severity: say how grave other findings may be'],
    ['max-severity: info\nallow: [by-chanc]', "2:9: unknown rule 'by-chanc'"],
    ['outcomes: {close: 1}', "1:12: unknown outcome 'close': did you mean closed?"],
    ['outcomes: {closed: "> x"}', "1:20: closed takes no '> x'"],
    ['states: {server: CLOSE-WAIT}', "1:18: server takes no 'CLOSE-WAIT': did you mean CLOSE_WAIT?"],
    ['states: {sever: CLOSED}', "1:10: unknown key 'sever' of states: did you mean server?"],
    ['states: {server: []}', '1:18: server takes a state or a list of states'],
    ['at: {soon: {server: CLOSED}}', "1:6: at does not understand 'soon'"],
    ['at: {+2: CLOSED}', '1:10: +2 takes a map of ends or states'],
    ['connections: {p99: "< 5 ms"}', "1:20: connections.p99 takes no '< 5 ms': give a number"],
    ['handshake: 5', "1:12: handshake takes a map, not '5': there are handshake.rttSeconds"],
    ['handshake: {rttSecond: 5}', "1:13: unknown key 'rttSecond' of handshake: did you mean rttSeconds?"],
    ['handshake.rttSeconds: {p999: 5}', "1:24: unknown key 'p999' of handshake.rttSeconds"],
    ['retransmissionRate: "< 5 s"', "1:21: retransmissionRate takes no '< 5 s': give a share"],
    ['rttSeconds: {}', '1:13: rttSeconds asks for nothing'],
    ['where: {server: 10.0.0.9}', '1:1: where takes a list of maps'],
    ['where:\n  - server: 10.0.0.9', '2:5: asks for nothing of server 10.0.0.9'],
    ['where: [{server: web, connections: 1}]', "1:18: server takes no 'web': give ADDRESS, ADDRESS:PORT"],
    ['where: [{nth: 0, connections: 1}]', "1:15: nth takes no '0': give which of them, 1 to 10000"],
    ['where: [{outcome: done, connections: 1}]', "1:19: outcome takes no 'done'"],
    ['where: [{capture.packets: 1}]', "1:10: unknown key 'capture.packets' of a where"],
    [
      'where: [{servr: 10.0.0.9, connections: 1}]',
      "1:10: unknown key 'servr' of a where: did you mean server?",
    ],
    ['rules: {scan: of}\nconnections: 1', "1:15: scan takes no 'of': did you mean off?"],
    ['hosts: {nowhere: {}}\nconnections: 1', "1:9: 'nowhere' is no host"],
    ['connections: 1\nconnections: 2', '2:1: cannot be read: Map keys must be unique'],
    ['connections: [', '1:15: cannot be read'],
    ['- 1', '1:1: the file takes a map of keys and values, not list'],
    ['', "1:1: asks for nothing: 'tcpaudit check --update' writes what is seen"],
    ['# nothing\nrules: {scan: off}', '1:1: asks for nothing'],
  ])('%j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(`e.yaml:${message}`)
    const line = Number(message.split(':')[0])
    await expect(read(text)).rejects.toMatchObject({ line })
  })

  it('is told with how many others there are', async () => {
    await expect(read('nevr: 1\ncloses: 2')).rejects.toThrow('(and 1 more error in that file)')
  })
})

describe('what is read', () => {
  it('has an id of its own for each thing, and its line', async () => {
    const { groups } = await read(`max-severity: notice
never: [scan, syn-flood]
findings:
  reset-injected: [1, { times: ">= 3", server: :443 }]
handshake:
  rttSeconds: { p99: "< 1", max: 2 }
at: { +2.5: { client: CLOSED, LISTEN: 0 } }
where:
  - { server: 10.0.0.9:443, connections: 1 }
  - { server: 10.0.0.9:443, nth: 2, connections: 1 }
  - { server: 10.0.0.9:443, states: { server: CLOSED } }
`)
    const claims = groups.flatMap((group) => group.claims.map(({ id, line }) => `${line} ${id}`))
    expect(claims).toEqual([
      '1 max-severity',
      '2 never.scan',
      '2 never.syn-flood',
      '4 findings.reset-injected[1]',
      '4 findings.reset-injected[2]',
      '6 handshake.rttSeconds.p99',
      '6 handshake.rttSeconds.max',
      '7 at[+2.5].client',
      '7 at[+2.5].LISTEN',
      '9 where[server 10.0.0.9:443].connections',
      '10 where[server 10.0.0.9:443, the 2nd].connections',
      '11 where[server 10.0.0.9:443 (2)].states.server',
    ])
  })

  it('leaves expected and allowed rules out of max-severity', async () => {
    const { groups } = await read(`max-severity: info
allow: [by-chance, scan]
findings: { syn-flood: 1 }
where: [{ server: :80, findings: { half-open: 1 }, max-severity: none }]
`)
    const asides = groups.flatMap(({ claims }) =>
      claims.flatMap((one) => (one.about === 'max-severity' ? [one.aside] : [])),
    )
    expect(asides.map((list) => [...list].sort())).toEqual([
      [...CHANCE_RULES, 'scan', 'syn-flood', 'half-open'].sort(),
      ['half-open'],
    ])
  })

  it('names each moment once', async () => {
    const expectations = await read(
      'at: {+1: {CLOSED: 1}, +2: {CLOSED: 1}}\nwhere: [{server: :80, at: {+1: {client: CLOSED}}}]',
    )
    expect(momentsOf(expectations)).toEqual(['+1', '+2'])
  })
})

it('rules that speak by chance are rules, and none is grave', () => {
  const known = new Map(RULES.map(({ id, severity }) => [id, severity]))
  for (const id of CHANCE_RULES) expect(['info', 'notice', 'warning'], id).toContain(known.get(id))
})
