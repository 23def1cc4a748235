#!/usr/bin/env node
// Makes two modules of what tsc has built, the program and the library, with what they share beside them: constants and functions of
// other modules become those of one, which V8 folds and inlines, and one file is loaded in place of some five hundred (PERFORMANCE.md).
import { rmSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
// As deep as dist/cli: what is found by its path from there is found from here.
const BUNDLED = join(DIST, 'bundled')

rmSync(BUNDLED, { recursive: true, force: true })
const bundle = await rolldown({
  input: { tcpaudit: join(DIST, 'cli/main.js'), index: join(DIST, 'index.js') },
  platform: 'node',
  // Packages stay what npm installs.
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  optimization: { inlineConst: { mode: 'all', pass: 3 } },
  onLog(level, log) {
    throw new Error(`${level}: ${log.message}`)
  },
})
await bundle.write({ dir: BUNDLED, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' })
await bundle.close()
