/** The npm package pcap-parser brings no types: what the tests use of it. */
declare module 'pcap-parser' {
  export interface ParsedPacket {
    readonly header: {
      readonly timestampSeconds: number
      readonly timestampMicroseconds: number
      readonly capturedLength: number
      readonly originalLength: number
    }
    readonly data: Uint8Array
  }
  export interface PcapParser {
    on(event: 'packet', listener: (packet: ParsedPacket) => void): void
    on(event: 'end', listener: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
  }
  export function parse(path: string): PcapParser
}
