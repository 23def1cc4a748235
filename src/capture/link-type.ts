/** LINKTYPE numbers (https://www.tcpdump.org/linktypes.html) that the decoders understand. */
export const LINKTYPE_NULL = 0
export const LINKTYPE_ETHERNET = 1
export const LINKTYPE_PPP = 9
/** Files use 101 for raw IP; 12 and 14 are the DLT numbers of BSD and OpenBSD systems, which some writers leave in. */
export const LINKTYPE_RAW_BSD = 12
export const LINKTYPE_RAW_OPENBSD = 14
export const LINKTYPE_PPP_HDLC = 50
export const LINKTYPE_PPP_ETHER = 51
export const LINKTYPE_RAW = 101
export const LINKTYPE_C_HDLC = 104
export const LINKTYPE_LOOP = 108
export const LINKTYPE_LINUX_SLL = 113
export const LINKTYPE_IPV4 = 228
export const LINKTYPE_IPV6 = 229
export const LINKTYPE_NFLOG = 239
export const LINKTYPE_LINUX_SLL2 = 276

const SUPPORTED = new Map<number, string>([
  [LINKTYPE_NULL, 'BSD loopback'],
  [LINKTYPE_ETHERNET, 'Ethernet'],
  [LINKTYPE_PPP, 'PPP'],
  [LINKTYPE_RAW_BSD, 'raw IP'],
  [LINKTYPE_RAW_OPENBSD, 'raw IP'],
  [LINKTYPE_PPP_HDLC, 'PPP in HDLC framing'],
  [LINKTYPE_PPP_ETHER, 'PPPoE'],
  [LINKTYPE_RAW, 'raw IP'],
  [LINKTYPE_C_HDLC, 'Cisco HDLC'],
  [LINKTYPE_LOOP, 'OpenBSD loopback'],
  [LINKTYPE_LINUX_SLL, 'Linux cooked v1'],
  [LINKTYPE_IPV4, 'raw IPv4'],
  [LINKTYPE_IPV6, 'raw IPv6'],
  [LINKTYPE_NFLOG, 'netfilter log'],
  [LINKTYPE_LINUX_SLL2, 'Linux cooked v2'],
])

/** Names of link types that people meet in captures but that hold no TCP we can decode. */
const UNSUPPORTED = new Map<number, string>([
  [6, 'Token Ring'],
  [105, 'IEEE 802.11'],
  [117, 'OpenBSD pflog'],
  [119, 'IEEE 802.11 with Prism header'],
  [127, 'IEEE 802.11 with radiotap header'],
  [143, 'DOCSIS'],
  [147, 'private use 0'],
  [187, 'Bluetooth HCI H4'],
  [189, 'Linux USB'],
  [192, 'Per-Packet Information'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI H4 with direction'],
  [220, 'Linux USB, padded'],
  [227, 'SocketCAN'],
  [249, 'USBPcap'],
  [253, 'netlink'],
])

export function isSupportedLinkType(linkType: number): boolean {
  return SUPPORTED.has(linkType)
}

/** `formatLinkType(105)` is `link type 105 (IEEE 802.11)`. */
export function formatLinkType(linkType: number): string {
  const name = SUPPORTED.get(linkType) ?? UNSUPPORTED.get(linkType)
  return name === undefined ? `link type ${linkType}` : `link type ${linkType} (${name})`
}
