/**
 * One packet as the capture recorded it. One instance is reused for a whole run: everything in it is
 * borrowed until the next call of the reader that filled it.
 */
export class PacketRecord {
  /** The buffer that holds the packet. One view per buffer, never one per packet. */
  view: DataView = EMPTY_VIEW
  /** First captured byte, an offset in `view`. */
  start = 0
  /** One past the last captured byte. */
  end = 0
  /** Length on the wire in bytes, as the capture file says; may be less than captured in a damaged file. */
  originalLength = 0
  /** libpcap DLT / LINKTYPE number of this packet's interface. */
  linkType = 0
  /** Frame number from 1, as Wireshark counts; of several captures merged the ordinal (see PacketOrigins). */
  packet = 0
  /** Nanoseconds since the epoch of the source (its first packet); may be negative when the capture's time runs backwards. */
  time = -0
}

const EMPTY_VIEW = new DataView(new ArrayBuffer(0))
