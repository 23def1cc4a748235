import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CONSOLE_BLOCK } from '../support/console-blocks.ts'
import { packedPackage } from '../support/packed-package.ts'
import { ROOT } from '../support/project-root.ts'

const PAGE = join(ROOT, 'docs/ci.md')
const page = readFileSync(PAGE, 'utf8')

/** What a reader does who begins in an empty folder: commands, and captures that are recorded between them. */
type Step =
  | { readonly kind: 'record'; readonly capture: string; readonly recording: string }
  | { readonly kind: 'run'; readonly command: string; readonly output: string }

function stepsOf(text: string): Step[] {
  const record = /^<!-- (\S+\.pcap): (\S+) -->\n/gms
  const places = [
    ...[...text.matchAll(record)].map((found) => ({
      index: found.index,
      steps: [{ kind: 'record' as const, capture: found[1] ?? '', recording: found[2] ?? '' }],
    })),
    ...[...text.matchAll(CONSOLE_BLOCK)].map((found) => ({
      index: found.index,
      steps: commandsOf(found[1] ?? ''),
    })),
  ]
  return places.sort((a, b) => a.index - b.index).flatMap(({ steps }) => steps)
}

function commandsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n')
      return { kind: 'run', command: text.slice(0, end), output: text.slice(end + 1) }
    })
}

const temporary = mkdtempSync(join(tmpdir(), 'tcpaudit-ci-'))
afterAll(() => rmSync(temporary, { recursive: true }))
const folder = mkdtempSync(join(temporary, 'newcomer-'))
const packed = packedPackage(temporary)

/** In the folder, on a terminal of 80 columns; the registry is the package file. */
function printedBy(command: string): string {
  const npm = `npm() {
    local all=() one
    for one; do if [ "$one" = tcpaudit ]; then all+=('${packed}'); else all+=("$one"); fi; done
    command npm "\${all[@]}" --no-audit --no-fund
  }`
  const script = `${npm}\n{ ${command}\n} 2>&1; true`
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, COLUMNS: '80', npm_config_update_notifier: 'false', npm_config_offline: 'true' }
  return spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8', env }).stdout
}

/** Goes the whole way, and gives the page with what was printed on it. */
function walked(): { readonly outputs: readonly string[]; readonly page: string } {
  const outputs: string[] = []
  for (const step of stepsOf(page)) {
    if (step.kind === 'record') copyFileSync(join(ROOT, step.recording), join(folder, step.capture))
    else outputs.push(printedBy(step.command))
  }
  const left = [...outputs]
  const rewritten = page.replace(CONSOLE_BLOCK, (_, content: string) => {
    const body = commandsOf(content).map((step) =>
      step.kind === 'run' ? `$ ${step.command}\n${left.shift()}` : '',
    )
    return `\`\`\`console\n${body.join('')}\`\`\``
  })
  return { outputs, page: rewritten }
}

const { outputs, page: asPrinted } = walked()
const { TCPAUDIT_ACCEPT } = process.env
if (TCPAUDIT_ACCEPT === '1') writeFileSync(PAGE, asPrinted)

describe('the path of docs/ci.md, from an empty folder', () => {
  const commands = stepsOf(readFileSync(PAGE, 'utf8')).flatMap((step) => (step.kind === 'run' ? [step] : []))

  it('installs the package', () => {
    expect(existsSync(join(folder, 'node_modules/.bin/tcpaudit'))).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).devDependencies).toHaveProperty(
      'tcpaudit',
    )
  })

  it.each(commands.map(({ command, output }, index) => ({ index, command, output })))(
    '$command',
    ({ index, output }) => {
      expect(outputs[index]).toBe(output)
    },
  )

  it('is green, red with what was expected and seen, and green again', () => {
    const checks = commands
      .filter(({ command }) => command === 'npx tcpaudit check captures')
      .map(({ output }) => output)
    expect(checks.length).toBe(3)
    expect(checks[0]).toContain('1 capture as expected')
    expect(checks[1]).toMatch(/expected {2}1 closed\n +seen {6}0 closed, 1 reset\n +#6 /)
    expect(checks[2]).toBe(checks[0])
  })
})

describe('the examples of docs/ci.md', () => {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => parse(text))
  const steps = blocks
    .flatMap((block) => Object.values(block.jobs ?? {}))
    .flatMap((job) => (job as { steps: object[] }).steps)

  it('give the action inputs that it has', () => {
    const { inputs } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'))
    const used = steps.flatMap((step) =>
      'uses' in step && String(step.uses).startsWith('OWNER/tcpaudit@') ? [step] : [],
    )
    expect(used.length).toBe(1)
    for (const step of used) {
      for (const name of Object.keys((step as unknown as { with: object }).with))
        expect(Object.keys(inputs)).toContain(name)
    }
    const [, table = ''] = page.split('| input | is |')
    expect([...table.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name)).toEqual(Object.keys(inputs))
  })

  it('have commands that run, and files where the next step looks for them', () => {
    const scripts = [
      ...steps.flatMap((step) => ('run' in step ? [String(step.run)] : [])),
      ...blocks.flatMap((block) => block.captures?.script ?? []),
    ].filter((script: string) => script.startsWith('npx tcpaudit'))
    expect(scripts.length).toBe(2)
    for (const script of scripts) {
      expect(printedBy(script)).toContain('1 capture as expected')
      const [, file = ''] = / -o (\S+)/.exec(script) ?? []
      expect(existsSync(join(folder, file))).toBe(true)
      expect(page.split(file).length).toBeGreaterThan(2)
    }
  })
})
