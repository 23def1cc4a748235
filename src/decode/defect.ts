/**
 * What a decoder found wrong or missing. `Segment.defect` holds the number of the first one met; 0 is none. "Not
 * captured" means that the snapshot length cut the packet, which says nothing about the packet itself.
 */
export interface Defect {
  readonly name: string
  /** Completes "this packet's ...". */
  readonly sentence: string
  readonly rfc: string
  /** Where Linux silently drops such a packet, so that it changes nobody's state; absent if it is processed. */
  readonly droppedBy?: string
}

export const DEFECT_NONE = 0
export const DEFECT_LINK_HEADER_NOT_CAPTURED = 1
export const DEFECT_IP_HEADER_NOT_CAPTURED = 2
export const DEFECT_IP_HEADER_INCOMPLETE = 3
export const DEFECT_IP_VERSION = 4
export const DEFECT_IPV4_HEADER_LENGTH = 5
export const DEFECT_IPV4_TOTAL_LENGTH = 6
export const DEFECT_IP_LONGER_THAN_FRAME = 7
export const DEFECT_IPV6_EXTENSION_NOT_CAPTURED = 8
export const DEFECT_IPV6_EXTENSION_INCOMPLETE = 9
export const DEFECT_TCP_HEADER_NOT_CAPTURED = 10
export const DEFECT_TCP_HEADER_INCOMPLETE = 11
export const DEFECT_TCP_DATA_OFFSET_SMALL = 12
export const DEFECT_TCP_DATA_OFFSET_LARGE = 13
export const DEFECT_TCP_OPTIONS_NOT_CAPTURED = 14
export const DEFECT_TCP_OPTION_LENGTH_SMALL = 15
export const DEFECT_TCP_OPTION_BEYOND_HEADER = 16
export const DEFECT_TCP_OPTION_LENGTH_WRONG = 17

/** The one list; the index is the number. */
export const DEFECTS: readonly Defect[] = [
  { name: 'none', sentence: 'headers decoded whole', rfc: '' },
  {
    name: 'link-header-not-captured',
    sentence: 'link-layer header was not captured whole',
    rfc: '',
  },
  {
    name: 'ip-header-not-captured',
    sentence: 'IP header was not captured whole',
    rfc: '',
  },
  {
    name: 'ip-header-incomplete',
    sentence: 'frame ends inside the IP header',
    rfc: 'RFC 1122 section 3.2.1',
    droppedBy: 'ip_rcv_core, ip6_rcv_core',
  },
  {
    name: 'ip-version',
    sentence: 'IP version is not the one that the layer below announces',
    rfc: 'RFC 1122 section 3.2.1.1',
    droppedBy: 'ip_rcv_core, ip6_rcv_core',
  },
  {
    name: 'ipv4-header-length',
    sentence: 'IPv4 header length is less than 20 bytes',
    rfc: 'RFC 791 section 3.1',
    droppedBy: 'ip_rcv_core',
  },
  {
    name: 'ipv4-total-length',
    sentence: 'IPv4 total length is less than its header length',
    rfc: 'RFC 791 section 3.1',
    droppedBy: 'ip_rcv_core',
  },
  {
    name: 'ip-longer-than-frame',
    sentence: 'IP length is greater than what the frame carried',
    // Linux drops such a packet (ip_rcv_core, ip6_rcv_core), but most of them were whole when they arrived: see setIpEnd.
    rfc: 'RFC 791 section 3.1, RFC 8200 section 3',
  },
  {
    name: 'ipv6-extension-not-captured',
    sentence: 'IPv6 extension headers were not captured whole',
    rfc: '',
  },
  {
    name: 'ipv6-extension-incomplete',
    sentence: 'IPv6 extension headers reach beyond the packet',
    rfc: 'RFC 8200 section 4',
    droppedBy: 'ip6_rcv_core, ip6_protocol_deliver_rcu',
  },
  {
    name: 'tcp-header-not-captured',
    sentence: 'TCP header was not captured whole',
    rfc: '',
  },
  {
    name: 'tcp-header-incomplete',
    sentence: 'IP packet ends inside the TCP header',
    rfc: 'RFC 9293 section 3.1',
    droppedBy: 'tcp_v4_rcv, tcp_v6_rcv',
  },
  {
    name: 'tcp-data-offset-small',
    sentence: 'TCP data offset is less than 5 words',
    rfc: 'RFC 9293 section 3.1',
    droppedBy: 'tcp_v4_rcv, tcp_v6_rcv',
  },
  {
    name: 'tcp-data-offset-large',
    sentence: 'TCP data offset points beyond the IP packet',
    rfc: 'RFC 9293 section 3.1',
    droppedBy: 'tcp_v4_rcv, tcp_v6_rcv',
  },
  {
    name: 'tcp-options-not-captured',
    sentence: 'TCP options were not captured whole',
    rfc: '',
  },
  {
    name: 'tcp-option-length-small',
    sentence: 'TCP options hold an option with a length below 2',
    rfc: 'RFC 9293 section 3.1 (MUST-7)',
  },
  {
    name: 'tcp-option-beyond-header',
    sentence: 'TCP options hold an option that reaches beyond the header',
    rfc: 'RFC 9293 section 3.1 (MUST-7)',
  },
  {
    name: 'tcp-option-length-wrong',
    sentence: 'TCP options hold an option of a known kind with a length that the kind does not have',
    rfc: 'RFC 9293 section 3.2',
  },
]

const DROPPED = Uint8Array.from(DEFECTS, (defect) => (defect.droppedBy === undefined ? 0 : 1))

/** Whether a receiving Linux host drops a packet with this defect before TCP looks at it. */
export function isDroppedBeforeTcp(defect: number): boolean {
  return DROPPED[defect] === 1
}
