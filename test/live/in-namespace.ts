import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../support/project-root.ts'

/** Makes `near` and `far`, the ends of a veth pair, both up and silent. */
export const VETH = `
ip link set lo up
ip link add near type veth peer name far
for side in near far; do
  sysctl -qw net.ipv6.conf.$side.disable_ipv6=1
  ip link set $side up
done
`

/** In a script `$tcpaudit` runs tcpaudit: no function, for `$!` is to be the program itself. */
const TCPAUDIT = `tcpaudit="${process.execPath} ${join(ROOT, 'bin/tcpaudit.js')}"
# Waits until the file says that live listens.
listening() { until grep -q 'listening on' "$1"; do sleep 0.05; done; }
`

/** Runs a script of bash in network (and with \`mount\` mount) namespaces of its own, which end with it. Returns what it printed. */
export async function inNamespace(
  script: string,
  { folder = ROOT, mount = false }: { readonly folder?: string; readonly mount?: boolean } = {},
): Promise<string> {
  const words = [
    '--net',
    ...(mount ? ['--mount'] : []),
    '--kill-child',
    '--fork',
    'bash',
    '-c',
    `${TCPAUDIT}${script}`,
  ]
  const { PATH } = process.env
  const { stdout } = await promisify(execFile)('unshare', words, {
    cwd: folder,
    env: { PATH },
    maxBuffer: 1 << 28,
  })
  return stdout
}
