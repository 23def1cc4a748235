import { readFileSync } from 'node:fs'
import type { ToolFacts } from '../report/report.ts'

/** The folder of the package: two up from src/cli, dist/cli and dist/bundled. */
export const PACKAGE = new URL('../../', import.meta.url)

/** The version in package.json. */
export function toolVersion(): string {
  const text = readFileSync(new URL('package.json', PACKAGE), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** What the documents say of the tool, and of the config file that it followed. */
export function toolFacts({ configFile }: { readonly configFile: string | undefined }): ToolFacts {
  return { name: 'tcpaudit', version: toolVersion(), ...(configFile !== undefined && { configFile }) }
}
