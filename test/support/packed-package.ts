import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT } from './project-root.ts'

/**
 * The package as it would be published, from what was built, in a file below this folder. What it depends on is in it, so that it can
 * be installed where no registry is reached; what is optional is left out.
 */
export function packedPackage(folder: string): string {
  const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT)
  execFileSync('tar', ['xzf', join(folder, JSON.parse(packed)[0].filename), '-C', folder])
  const whole = join(folder, 'package')
  for (const path of dependencies()) {
    mkdirSync(join(whole, path, '..'), { recursive: true })
    cpSync(join(ROOT, path), join(whole, path), { recursive: true })
  }
  const manifest = join(whole, 'package.json')
  const {
    optionalDependencies: _,
    devDependencies: __,
    scripts: ___,
    ...rest
  } = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, JSON.stringify({ ...rest, bundleDependencies: Object.keys(rest.dependencies) }))
  const [{ filename }] = JSON.parse(
    npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], whole),
  )
  return join(folder, filename)
}

/** Where they are installed, below the project's folder. */
function dependencies(): string[] {
  const paths = npm(['ls', '--omit=dev', '--omit=optional', '--all', '--parseable'], ROOT).trim().split('\n')
  return paths.map((path) => relative(ROOT, path)).filter((path) => path !== '')
}

function npm(args: readonly string[], folder: string): string {
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}
