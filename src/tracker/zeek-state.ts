import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, FIN_SENT, HAS_ISN, RST_SENT, SEEN, SENT_DATA } from './endpoint-flags.ts'

type ZeekEndpointState =
  | 'inactive'
  | 'syn-sent'
  | 'syn-ack-sent'
  | 'partial'
  | 'established'
  | 'closed'
  | 'reset'

/** Zeek's conn_state, by the rules of its conn/main.zeek over Zeek's own seven endpoint states. */
export function zeekConnState(client: Endpoint, server: Endpoint, history: string): string {
  const originator = zeekState(client, server)
  const responder = zeekState(server, client)
  const noData = ((client.flags | server.flags) & SENT_DATA) === 0
  const responderSilent = responder === 'inactive' || responder === 'partial'
  if (responder === 'reset') {
    if (originator === 'syn-sent' || originator === 'syn-ack-sent') return 'REJ'
    if (originator === 'reset' && noData) return 'REJ'
    return originator === 'inactive' || originator === 'partial' ? 'RSTRH' : 'RSTR'
  }
  if (originator === 'reset') {
    if (!responderSilent) return 'RSTO'
    return /^\^?S[^HAFGIQ]*R/.test(history) ? 'RSTOS0' : 'OTH'
  }
  if (originator === 'closed') {
    if (responder === 'closed') return 'SF'
    return responder === 'inactive' ? 'SH' : 'S2'
  }
  if (responder === 'closed') return originator === 'inactive' ? 'SHR' : 'S3'
  if (originator === 'syn-sent' && responder === 'inactive') return 'S0'
  return originator === 'established' && responder === 'established' ? 'S1' : 'OTH'
}

/** Zeek takes a connection for established at the SYN-ACK, and an endpoint for closed at its FIN, acknowledged or not. */
function zeekState(endpoint: Endpoint, peer: Endpoint): ZeekEndpointState {
  const { flags } = endpoint
  if ((flags & RST_SENT) !== 0) return 'reset'
  if ((flags & SEEN) === 0) return 'inactive'
  if ((flags & FIN_SENT) !== 0) return 'closed'
  if ((flags & HAS_ISN) === 0) return 'partial'
  const opensActively = (flags & ACTIVE_OPEN) !== 0
  if ((peer.flags & (SEEN | HAS_ISN)) === (SEEN | HAS_ISN)) return 'established'
  return opensActively ? 'syn-sent' : 'syn-ack-sent'
}
