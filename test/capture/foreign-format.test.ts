import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { runMain } from '../support/run-cli.ts'

const CAPTURE = join(FIXTURES, 'kernel/lost-syn-near.pcap')

describe.runIf(isAvailable('editcap', hasCommand('editcap')))(
  'a capture as another program writes it',
  () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'tcpaudit-foreign-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it.each([
      ['snoop', 'a Solaris snoop capture'],
      ['netmon1', 'a Microsoft Network Monitor 1 capture'],
      ['netmon2', 'a Microsoft Network Monitor 2 capture'],
      ['ngsniffer', 'a Network General Sniffer capture'],
      ['ngwsniffer_1_1', 'a NetXray or Windows Sniffer capture'],
      ['ngwsniffer_2_0', 'a NetXray or Windows Sniffer capture'],
      ['5views', 'an InfoVista 5View capture'],
      ['lanalyzer', 'a Novell LANalyzer capture'],
      ['visual', 'a Visual Networks capture'],
    ])('%s: is named, and the way out that is given leads to the same report', async (format, name) => {
      const [foreign, converted] = [join(folder, `x.${format}`), join(folder, `${format}.pcap`)]
      expect(spawnSync('editcap', ['-F', format, CAPTURE, foreign]).status).toBe(0)
      const { code, stdout, stderr } = await runMain(['file', foreign])
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toContain(`: ${name}: rewrite it with 'editcap -F pcap in out'`)

      expect(spawnSync('editcap', ['-F', 'pcap', foreign, converted]).status).toBe(0)
      const connections = async (path: string) =>
        JSON.parse((await runMain(['file', path, '--json'])).stdout).connections.map(
          ({ outcome, packets, client, server }: Record<string, { state: string }>) => [
            outcome,
            packets,
            client?.state,
            server?.state,
          ],
        )
      expect(await connections(converted)).toEqual(await connections(CAPTURE))
    })
  },
)
