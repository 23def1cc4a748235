import { spawnSync } from 'node:child_process'
import { printable } from '../../src/report/text-layout.ts'

/** HTML by GitHub's own converter, with the extensions that it switches on. */
export function githubHtml(markdown: string): string {
  const extensions = ['table', 'strikethrough', 'autolink', 'tagfilter', 'tasklist']
  const args = ['--unsafe', ...extensions.flatMap((name) => ['-e', name])]
  const { stdout, status } = spawnSync('cmark-gfm', args, { input: markdown, encoding: 'utf8' })
  if (status !== 0) throw new Error(`cmark-gfm ended with ${status}`)
  return stdout
}

/** Names of the elements in it, each once. */
export function elements(html: string): string[] {
  return [...new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name))]
}

/** The text between the tags. */
export function plainText(html: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }
  return html.replace(/<[^>]*>/g, '').replace(/&(lt|gt|quot|amp);/g, (_, name) => entities[name] ?? '')
}

/** No matter how much space there is. */
export function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** What of a text a converter keeps: no halves of surrogate pairs. */
export function keptText(text: string): string {
  return spaced(printable(text).replace(/\p{Surrogate}/gu, '\ufffd'))
}
