import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { KERNEL_WITNESSES } from '../../src/audit/kernel-witness.ts'
import { LocalWitness } from '../../src/audit/local-witness.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { parseAddress } from '../../src/decode/address.ts'
import { parseCounters } from '../../src/host/kernel-counters.ts'
import { LocalHost } from '../../src/host/local-host.ts'
import { OwnAddresses } from '../../src/host/own-addresses.ts'
import { witnessTexts } from '../../src/report/local-host-text.ts'
import type { HostEnd } from '../../src/tracker/host-totals.ts'
import {
  FakeProc,
  KERNEL_CLOSE_WAIT,
  KERNEL_ESTABLISHED,
  KERNEL_FIN_WAIT_2,
  KERNEL_LISTEN,
} from '../support/fake-proc.ts'

let proc: FakeProc
beforeEach(() => {
  proc = new FakeProc().counters({})
})
afterEach(() => proc.remove())

const CLIENT = '198.51.100.5:40000'
const SERVER = '192.0.2.1:8080'

function end(text: string): HostEnd {
  const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? []
  const address = parseAddress(host)
  if (address === undefined) throw new Error(text)
  return { ipVersion: address.version, address: address.words, port: Number(port) }
}

type Given = Partial<Omit<Finding, 'host' | 'client' | 'server' | 'peer'>> & {
  readonly host?: string
  readonly peer?: string
  readonly client?: string | null
  readonly server?: string | null
}

function finding(
  rule: string,
  { host, peer, client = CLIENT, server = SERVER, ...given }: Given = {},
): Finding {
  const endOrNone = (text: string | null | undefined) => (text == null ? null : end(text))
  return {
    id: `${rule}:1`,
    rule,
    message: 'any',
    data: {},
    severity: 'error',
    confidence: 'certain',
    blame: null,
    connections: [1],
    streams: [0],
    count: 1,
    firstSeen: 0,
    lastSeen: 0,
    evidence: [],
    explainedBy: null,
    ...given,
    client: endOrNone(client),
    server: endOrNone(server),
    host: endOrNone(host),
    peer: endOrNone(peer),
  }
}

const evidence = (note: string, from: 'client' | 'server') => [
  { packet: 1, time: 0, connection: 1, from, note, data: {} },
]

/** This machine has the server's address; `begin` is what its counters were when it was made. */
function hostOf(own: readonly string[] = ['192.0.2.1']): LocalHost {
  const host = new LocalHost(proc.path, new OwnAddresses(own))
  // Those of the machine that the tests run on are not to be looked at.
  host.refreshAddresses = () => {}
  return host
}

async function textsOf(...findings: readonly Finding[]): Promise<string[][]> {
  const witness = new LocalWitness(hostOf())
  await witness.look(findings)
  return witness.witnessed(findings).map(witnessTexts)
}

describe('the processes of a finding', () => {
  it('are those that hold the sockets that leak, not others of the same port', async () => {
    proc
      .sockets(
        { local: '0.0.0.0:8080', state: KERNEL_LISTEN, inode: 1 },
        { local: SERVER, remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 2 },
        { local: SERVER, remote: '198.51.100.6:1', state: KERNEL_CLOSE_WAIT, inode: 3 },
        { local: SERVER, remote: '198.51.100.7:1', state: KERNEL_ESTABLISHED, inode: 4 },
        { local: '192.0.2.1:8081', remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 5 },
      )
      .process(100, 'nginx', [1])
      .process(101, 'nginx', [1, 2, 3])
      .process(102, 'healthy', [1, 4])
      .process(103, 'other', [5])
    const leak = finding('close-wait-leak', { host: SERVER, count: 2 })
    expect(await textsOf(leak)).toEqual([['held by nginx[101], 2 sockets']])
  })

  it('are the listener’s where it has not accepted them', async () => {
    proc
      .sockets(
        { local: '[::]:8080', state: KERNEL_LISTEN, inode: 1 },
        { local: SERVER, remote: CLIENT, state: KERNEL_CLOSE_WAIT },
        { local: SERVER, remote: '198.51.100.6:1', state: KERNEL_CLOSE_WAIT },
      )
      .process(100, 'stuck', [1])
    const leak = finding('close-wait-leak', { host: SERVER })
    expect(await textsOf(leak)).toEqual([['not accepted yet by stuck[100], 2 sockets']])
  })

  it('are the listener’s where the socket is gone already', async () => {
    proc
      .sockets(
        { local: '0.0.0.0:8080', state: KERNEL_LISTEN, inode: 1 },
        { local: '0.0.0.0:80', state: KERNEL_LISTEN, inode: 2 },
      )
      .process(100, 'slow', [1])
      .process(101, 'other', [2])
    const stall = finding('zero-window-stall', { host: SERVER })
    expect(await textsOf(stall)).toEqual([['listener: slow[100]']])
  })

  it('of a full queue are those that listen there', async () => {
    proc
      .sockets(
        { local: '192.0.2.1:8080', state: KERNEL_LISTEN, inode: 1 },
        { local: '192.0.2.99:8080', state: KERNEL_LISTEN, inode: 2 },
        { local: '0.0.0.0:80', state: KERNEL_LISTEN, inode: 3 },
      )
      .process(100, 'right', [1])
      .process(101, 'elsewhere', [2, 3])
    const full = finding('accept-queue-overflow', { host: SERVER, client: null, server: null })
    expect(await textsOf(full)).toEqual([['listener: right[100]']])
  })

  it('are few of a crowd', async () => {
    proc.sockets({ local: '0.0.0.0:8080', state: KERNEL_LISTEN, inode: 1 })
    for (let pid = 100; pid < 108; pid++) proc.process(pid, 'worker', [1])
    const full = finding('syn-flood', { host: SERVER, client: null, server: null })
    expect(await textsOf(full)).toEqual([['listener: worker[100], worker[101], worker[102] and 5 more']])
  })

  it('of one connection are its own, at the end that is this machine’s', async () => {
    proc
      .sockets(
        { local: SERVER, remote: CLIENT, state: KERNEL_ESTABLISHED, inode: 2 },
        { local: SERVER, remote: '198.51.100.6:1', state: KERNEL_ESTABLISHED, inode: 3 },
      )
      .process(100, 'right', [2])
      .process(101, 'wrong', [3])
    // Its peer is gone: the finding is about that one, and the witness is who repeats in vain.
    const gone = finding('half-open', {
      host: '198.51.100.5:0',
      evidence: evidence('unanswered', 'server'),
    })
    expect(await textsOf(gone)).toEqual([['held by right[100], 1 socket']])
    // The other way round nobody here repeats anything.
    const here = finding('half-open', { host: '192.0.2.1:0', evidence: evidence('unanswered', 'client') })
    expect(await textsOf(here)).toEqual([[]])
  })

  it('towards one server are those that connect to it', async () => {
    const host = '192.0.2.1:0'
    const peer = '198.51.100.5:443'
    proc
      .sockets(
        { local: '192.0.2.1:1000', remote: peer, state: KERNEL_ESTABLISHED, inode: 2 },
        { local: '192.0.2.1:1001', remote: peer, state: KERNEL_ESTABLISHED, inode: 3 },
        { local: '192.0.2.1:1002', remote: peer, state: 6 },
        { local: '192.0.2.1:1003', remote: '198.51.100.5:80', state: KERNEL_ESTABLISHED, inode: 4 },
      )
      .process(100, 'crawler', [2, 3])
      .process(101, 'other', [4])
    const filling = finding('port-exhaustion', { host, peer, client: null, server: null })
    expect(await textsOf(filling)).toEqual([['held by crawler[100], 2 sockets']])
  })

  it('stay known when they are gone', async () => {
    proc
      .sockets({ local: SERVER, remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 2 })
      .process(101, 'nginx', [2])
    const witness = new LocalWitness(hostOf())
    const leak = finding('close-wait-leak', { host: SERVER })
    await witness.look([leak])
    proc.sockets()
    await witness.look([{ ...leak, count: 5 }])
    expect(witness.witnessed([leak])[0]?.processes).toEqual([
      { pid: 101, name: 'nginx', role: 'holds', sockets: 1 },
    ])
  })

  it('are looked for anew when it is twice as much, and not each time', async () => {
    proc
      .sockets({ local: SERVER, remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 2 })
      .process(101, 'nginx', [2])
    const host = hostOf()
    let searches = 0
    const { owners } = host
    host.owners = (inodes) => {
      searches++
      return owners.call(host, inodes)
    }
    const witness = new LocalWitness(host)
    for (const count of [1, 1, 2, 3, 4, 7, 8]) {
      await witness.look([finding('close-wait-leak', { host: SERVER, count })])
    }
    expect(searches).toBe(4)
  })

  it('are not looked for at other hosts, nor of rules that are about no socket', async () => {
    proc
      .sockets({ local: '198.51.100.5:8080', remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 2 })
      .process(101, 'nginx', [2])
    const elsewhere = finding('close-wait-leak', { host: '198.51.100.5:8080' })
    const capture = finding('capture-duplicates', { client: null, server: null })
    expect(await textsOf(elsewhere, capture)).toEqual([[], []])
  })

  it('are absent, and that is said, where they may not be seen', async () => {
    proc.sockets({ local: SERVER, remote: CLIENT, state: KERNEL_CLOSE_WAIT, inode: 2 }).write('55/fd', '')
    const host = hostOf()
    const witness = new LocalWitness(host)
    const leak = finding('close-wait-leak', { host: SERVER })
    await witness.look([leak])
    expect(witness.witnessed([leak])[0]).toEqual(leak)
    expect(host.absent.at(-1)).toEqual({
      what: 'the processes of some sockets',
      why: 'not visible to this user (root sees them, and who has CAP_SYS_PTRACE)',
    })
  })

  it('of a half-closed socket are those that have it open; after close() nobody has', async () => {
    proc
      .sockets(
        { local: SERVER, remote: CLIENT, state: KERNEL_FIN_WAIT_2, inode: 2 },
        { local: SERVER, remote: '198.51.100.6:1', state: KERNEL_FIN_WAIT_2 },
      )
      .process(101, 'half', [2])
    expect(await textsOf(finding('fin-wait-2-stuck', { host: SERVER }))).toEqual([
      ['held by half[101], 1 socket'],
    ])
  })
})

describe('the counters of a finding', () => {
  async function countsOf(given: Finding, own?: readonly string[]): Promise<string[]> {
    proc
      .counters({ ListenOverflows: 100, ListenDrops: 100, TCPChallengeACK: 7, TCPSYNChallenge: 1 })
      .sockets()
    const witness = new LocalWitness(hostOf(own))
    proc.counters({ ListenOverflows: 112, ListenDrops: 112, TCPChallengeACK: 7, TCPSYNChallenge: 4 })
    await witness.look([])
    return witness.witnessed([given]).flatMap(witnessTexts)
  }

  it('are what the kernel has counted since the start', async () => {
    const full = finding('accept-queue-overflow', { host: SERVER, client: null, server: null })
    expect(await countsOf(full)).toEqual([
      'this host’s kernel counted 12 ListenOverflows, 12 ListenDrops since the start',
    ])
  })

  it('are said where they have not moved though they should have', async () => {
    const challenged = finding('challenge-ack', { evidence: evidence('challenge', 'server') })
    expect(await countsOf(challenged)).toEqual([
      'this host’s kernel counted no TCPChallengeACK, 3 TCPSYNChallenge since the start',
    ])
  })

  it('are those of the end that counts, and not of the other', async () => {
    const challenged = finding('challenge-ack', { evidence: evidence('challenge', 'client') })
    expect(await countsOf(challenged)).toEqual([])
    expect(await countsOf(challenged, ['198.51.100.5'])).toHaveLength(1)
    const rejected = finding('reset-rejected', { evidence: evidence('reset', 'client') })
    expect(await countsOf(rejected)).toEqual([])
  })

  it('are left out where the kernel does not have them', async () => {
    const probing = finding('keepalive-active', { evidence: evidence('probe', 'server') })
    expect(await countsOf(probing)).toEqual([])
  })

  it('raise nothing by themselves', async () => {
    proc.counters({ ListenOverflows: 0 }).sockets()
    const witness = new LocalWitness(hostOf())
    proc.counters({ ListenOverflows: 1000 })
    await witness.look([])
    expect(witness.witnessed([])).toEqual([])
  })
})

describe('the list of witnesses', () => {
  const rules = new Map(RULES.map((rule) => [rule.id, rule]))

  it('names rules and notes that there are', () => {
    for (const [id, witnesses] of Object.entries(KERNEL_WITNESSES)) {
      const rule = rules.get(id)
      expect([id, rule?.id]).toEqual([id, id])
      for (const { end: who } of witnesses) {
        if (typeof who === 'string') continue
        const note = 'sent' in who ? who.sent : who.received
        expect([id, Object.keys(rule?.notes ?? {})]).toEqual([id, expect.arrayContaining([note])])
      }
    }
  })

  it('is about an end or a host where it says so', () => {
    for (const [id, witnesses] of Object.entries(KERNEL_WITNESSES)) {
      const rule = rules.get(id)
      if (rule === undefined || rule.scope === 'host') continue
      for (const { end: who } of witnesses) {
        if (who === 'host')
          expect([id, ['end', 'host']]).toEqual([id, expect.arrayContaining([rule.groupBy])])
      }
    }
  })

  it('names counters that Linux has', () => {
    const text = (name: string) => readFileSync(new URL(`../host/recorded/${name}`, import.meta.url), 'utf8')
    const known = {
      TcpExt: parseCounters(text('netstat.txt'), 'TcpExt'),
      Tcp: parseCounters(text('snmp.txt'), 'Tcp'),
    }
    const named = Object.values(KERNEL_WITNESSES).flatMap((witnesses) =>
      witnesses.flatMap(({ counters = [], also = [] }) => [...counters, ...also]),
    )
    expect(named.filter(({ group, name }) => known[group]?.has(name) !== true)).toEqual([])
  })
})
