import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { githubReport } from '../../src/check/check-github.ts'
import { type CheckRun, failedAssertions } from '../../src/check/check-result.ts'
import { checked, checkRun, hostileRun, passed } from '../support/check-builder.ts'

interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly message: string
}

/** As the runner of GitHub Actions reads a line (ActionCommand.cs): name, properties up to `::`, message; then unescapes. */
function parsed(line: string): Command | undefined {
  const text = line.trimStart()
  if (!text.startsWith('::')) return undefined
  const end = text.indexOf('::', 2)
  if (end < 0) return undefined
  const info = text.slice(2, end)
  const space = info.indexOf(' ')
  const list = space < 0 ? [] : info.slice(space + 1).split(',')
  const properties = list.map((pair) => {
    const at = pair.indexOf('=')
    const value = pair
      .slice(at + 1)
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
    return [pair.slice(0, at), value.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')]
  })
  const message = text
    .slice(end + 2)
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')
  return {
    name: space < 0 ? info : info.slice(0, space),
    properties: Object.fromEntries(properties),
    message,
  }
}

function linesOf(run: CheckRun): string[] {
  const text = [...githubReport(run)].join('')
  expect(text.endsWith('\n')).toBe(true)
  return text.slice(0, -1).split('\n')
}

describe('--format github', () => {
  it('is an error at the line of each expectation that is not met, and a line of what became of all', () => {
    expect(linesOf(checkRun())).toEqual([
      '::error file=captures/dump.expect.yaml,line=7,title=captures/dump.pcap%3A handshake.rttSeconds.p99' +
        '::expected: at most 50 ms%0Aseen: 213 ms%0Apacket 12: SYN-ACK of 10.0.0.9:443 after 213 ms' +
        '%0Anext: tcpaudit file dump.pcap --connection 10',
      '1 of 1 capture not as expected, 1 of 2 expectations not met',
    ])
  })

  it('says nothing else where all is as expected', () => {
    const run = checkRun({ captures: [checked({ assertions: [passed()] })] })
    expect(linesOf(run)).toEqual(['1 capture as expected, 1 expectation met'])
  })

  it('is an error for what cannot be read', () => {
    const problem = { message: 'dump.expect.yaml:4: unknown key: did you mean never?', exitCode: 2, line: 4 }
    const [line = ''] = linesOf(checkRun({ captures: [checked({ problem, assertions: [] })] }))
    expect(parsed(line)).toEqual({
      name: 'error',
      properties: {
        file: 'captures/dump.expect.yaml',
        line: '4',
        title: 'captures/dump.pcap cannot be checked',
      },
      message: problem.message,
    })
  })

  it('gives no other command, whatever the names and words are', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const wanted = run.captures.flatMap((one) => {
          const file = one.expectationFile ?? one.capture
          const failed = failedAssertions(one).map(() => file)
          if (one.problem === null) return failed
          return [one.problem.line === null ? one.capture : file, ...failed]
        })
        const commands = linesOf(run).map(parsed)
        expect(commands.pop()).toBeUndefined()
        expect(commands.map((command) => command?.properties['file'])).toEqual(wanted)
        for (const command of commands) {
          expect(command?.name).toBe('error')
          const keys = Object.keys(command?.properties ?? {})
          expect(keys.filter((key) => !['file', 'line', 'title'].includes(key))).toEqual([])
        }
      }),
    )
  })
})
