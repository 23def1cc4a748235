import type { KernelSocket } from '../../src/host/kernel-socket.ts'
import { endText } from '../../src/report/finding-text.ts'
import type { HostEnd } from '../../src/tracker/host-totals.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'

/** The words of `ss` for our states. */
const SS_WORDS: Readonly<Record<string, string>> = {
  ESTABLISHED: 'ESTAB',
  SYN_RCVD: 'SYN-RECV',
  CLOSED: 'UNCONN',
}

/** A socket as `ss -tan` prints it: state, local and remote end. */
export function ssLine({ state, local, remote, isVersion6 }: KernelSocket): string {
  const word = SS_WORDS[stateName(state)] ?? stateName(state).replaceAll('_', '-')
  // A listener of IPv6 at all addresses takes IPv4 too.
  if (isVersion6 && isAny(local)) return `${word} *:${local.port} *:*`
  const any = isVersion6 ? '[::]:*' : '0.0.0.0:*'
  const [own, peer] = [local, remote].map((end) => {
    if (!isAny(end)) return endText(end)
    return end.port === 0 ? any : any.replace('*', String(end.port))
  })
  return `${word} ${own} ${peer}`
}

function isAny({ address }: HostEnd): boolean {
  return address.every((word) => word === 0)
}
