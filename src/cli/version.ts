import { readFileSync } from 'node:fs'
import type { ToolFacts } from '../report/report.ts'

/** The version in package.json, which lies two folders up both from src/cli and from dist/cli. */
export function toolVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** What the documents say of the tool, and of the config file that it followed. */
export function toolFacts({ configFile }: { readonly configFile: string | undefined }): ToolFacts {
  return { name: 'tcpaudit', version: toolVersion(), ...(configFile !== undefined && { configFile }) }
}
