/** What a link-layer decoder returns: the EtherType of what begins at `segment.ipStart`. */
export const ETHERTYPE_IPV4 = 0x0800
export const ETHERTYPE_IPV6 = 0x86dd
/** Nothing that has an EtherType, or cut before it. */
export const NOT_IP = -1
