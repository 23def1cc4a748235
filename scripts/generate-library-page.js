import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = new URL('..', import.meta.url)
const PAGE = 'docs/library.md'
const BEGIN = '<!-- exports: from src/index.ts, by npm run generate -->\n'
const END = '<!-- end of exports -->\n'

/** By where they are defined. */
const SECTIONS = [
  ['src/library/', 'To audit'],
  ['src/report/report-document.ts', 'What is told'],
  ['src/report/quality-document.ts', 'What is told'],
  ['src/report/stream-document.ts', 'What is told'],
  ['src/audit/', 'For rules'],
  ['src/report/', 'Words for rules'],
  ['src/tracker/', 'What rules see'],
]

/** The list of all exports in docs/library.md, with the first sentence of what stands above each. */
export function renderLibraryPage() {
  const text = readFileSync(new URL(PAGE, root), 'utf8')
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`${PAGE} has no place for the list of exports`)
  return { [PAGE]: `${before}${BEGIN}${list()}${END}${after}` }
}

function list() {
  const sections = new Map(SECTIONS.map(([, title]) => [title, []]))
  for (const { name, kind, says, path } of exports()) {
    const section = SECTIONS.find(([folder]) => path.startsWith(folder))
    if (section === undefined) throw new Error(`${name} of ${path} belongs to no section of ${PAGE}`)
    sections.get(section[1]).push(`| \`${name}\` | ${kind} | ${says} |\n`)
  }
  return [...sections]
    .map(([title, rows]) => `\n### ${title}\n\n| name | is a | |\n| --- | --- | --- |\n${rows.join('')}\n`)
    .join('')
}

function exports() {
  const index = fileURLToPath(new URL('src/index.ts', root))
  const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', root)), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(root))
  const program = ts.createProgram([index], options)
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(index))
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .map((symbol) => {
      const says = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ')
      if (says === '') throw new Error(`${symbol.name} is exported, and nothing stands above it`)
      return {
        name: symbol.name,
        kind: kindOf(symbol),
        says: firstSentence(says),
        path: symbol.declarations[0].getSourceFile().fileName.replace(/^.*\/(?=src\/)/, ''),
      }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

function kindOf({ flags }) {
  if (flags & ts.SymbolFlags.Class) return 'class'
  if (flags & ts.SymbolFlags.Function) return 'function'
  return flags & ts.SymbolFlags.Variable ? 'constant' : 'type'
}

function firstSentence(text) {
  const sentence = /^.*?[.:](?= [A-Z`]|$)/.exec(text)?.[0] ?? text
  return sentence
    .replace(/[.:]$/, '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll('|', '\\|')
}
