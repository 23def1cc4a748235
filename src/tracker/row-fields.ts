/**
 * The one list of what a connection's row holds. `npm run generate` turns it into the cursor classes Endpoint and
 * Connection; a row is laid out in cache lines: two for key and connection, three for each endpoint, of which the third is
 * needed seldom (PERFORMANCE.md, "Record layout"). Order within a list is order in memory.
 */
export interface RowField {
  readonly name: string
  readonly doc: string
}

function fields(list: Readonly<Record<string, string>>): readonly RowField[] {
  return Object.entries(list).map(([name, doc]) => ({ name, doc }))
}

/** int32 words of one endpoint that nearly every segment needs: with the doubles behind them they fill two cache lines. */
export const ENDPOINT_HOT_WORDS = fields({
  state: 'RFC 9293 state, see tcp-state.ts.',
  flags: 'Bits, see endpoint-flags.ts.',
  basis: 'What its newest transition rests on, as the log has it; SENT for none.',
  extra: 'Where the machine keeps its EndpointExtra, 0 for none.',
  sndNxt: 'SND.NXT as far as seen: one past the highest sequence number it sent, SYN and FIN included.',
  sndUna: 'SND.UNA: highest acknowledgment it is taken to have accepted.',
  rcvNxt: 'RCV.NXT: next number it expects, deliveries assumed.',
  ackSent:
    'Last acknowledgment number it sent: a lower bound of its RCV.NXT that is certain (Linux rcv_wup).',
  windowEdge: 'Right edge of the window it offers: ackSent + window.',
  window: 'Window it last offered, in bytes, scaled where the scale is known.',
  maxWindow: 'Largest window its peer ever offered it (Linux max_window).',
  tsRecent: 'TS.Recent: the peer’s timestamp it would echo.',
  mssScaleAndTtl:
    'Offered MSS in the low 16 bits, offered window scale in bits 16-23, TTL or hop limit of its last segment above.',
  rttSeq: 'Acknowledgment that ends the RTT sample under way (RTT_PENDING).',
  packets: 'Segments it sent.',
  isn: 'Its initial sequence number (HAS_ISN); else one before its first byte seen.',
})

/** Doubles of the same; times are ns since the first packet. */
export const ENDPOINT_HOT_DOUBLES = fields({
  lastTime: 'When it last sent a segment.',
  deadline: 'When its state’s timer fires; Infinity for none.',
  advanceTime: 'When the segment passed that last moved its RCV.NXT.',
  resendTime: 'When the segment it now repeats last passed: first copy or latest.',
  rttStart: 'When the segment timed for RTT passed.',
  rttMin: 'Smallest RTT sample, ns; 0 for none.',
  bytes: 'IP bytes it sent.',
  payloadBytes: 'Payload bytes it sent, repeats included.',
})

/** The other fields of one endpoint: doubles, then int32 words. */
export const ENDPOINT_DOUBLES = fields({
  rttSum: 'Sum of RTT samples, ns.',
  rttMax: 'Largest RTT sample, ns.',
})

export const ENDPOINT_WORDS = fields({
  rttSamples: 'Number of RTT samples.',
  tsVal: 'TSval of its first SYN, or of its last SYN-ACK.',
  finEnd: 'One past its FIN (FIN_SENT).',
  logTail: 'Newest entry of its transitions in the log, 0 for none.',
})

/** int32 words of the connection itself, behind the key: those that fill its cache line. */
export const CONNECTION_HOT_WORDS = fields({
  flags: 'Bits, see connection-flags.ts.',
  clientSide: 'Which endpoint, 0 or 1, is the client.',
  currentStream: 'Wireshark’s stream number of the tuple now.',
  lastPacket: 'Frame number of its last packet.',
  packets: 'Segments of both ends.',
  zeek: 'Zeek’s states of both ends (zeek-state.ts) and which letters each has in the history.',
})

/** Doubles of the connection. */
export const CONNECTION_DOUBLES = fields({
  end: 'Time of its last packet.',
  queuedAt: 'When the timer queue will look at it; Infinity when not queued.',
  openTime: 'When the ACK of the SYN-ACK passed; -1 before.',
  id: 'Ordinal of its first packet.',
  start: 'Time of its first packet.',
  synTime: 'When the SYN passed that the SYN-ACK answers.',
  synAckTime: 'When the SYN-ACK passed.',
})

/** The other words of the connection: they fill what is left of each cache line. */
export const CONNECTION_WORDS = fields({
  streamBase0: 'Wireshark’s base sequence number of endpoint 0 (STREAM_BASE_0).',
  streamBase1: 'The same of endpoint 1 (STREAM_BASE_1).',
  history0: 'Zeek history, four letters a word.',
  history1: '',
  history2: '',
  history3: '',
  history4: '',
  history5: '',
  historyLength: 'Letters in history0..5; more than 24 are counted but not kept.',
  roles:
    'What tells who is the client (ROLE_BASIS: 0 handshake, 1 port, 2 first packet), and the segment it was first seen by: its flags from bit 8 on, its sender’s side in bit 16; from bit 17 on the exchanges (exchanges.ts).',
  stream: 'Wireshark’s stream number of its first packet; -1 past the limit.',
  firstPacket: 'Frame number of its first packet.',
  synCopies: 'SYNs of the client.',
  synAckCopies: 'SYN-ACKs of the server.',
  synAckPacket: 'Frame number of the first of them, 0 before.',
  vlanMarks: 'What tells the VLAN tags of endpoint 0 (low 16 bits) and 1 from others; 0 for none.',
  ipIds: 'What the IP IDs of endpoint 0 (low 16 bits) and 1 count from, see ip-id-series.ts.',
  audit: 'Where the auditor keeps what its rules remember of it, 0 for nothing.',
})

/** Words of the flow key at the start of each row: two addresses of four words, ports, IP version with the network above it. */
export const KEY_WORDS = 10
