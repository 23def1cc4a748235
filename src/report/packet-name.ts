import type { PacketOrigins } from '../capture/packet-origins.ts'

/** `#12`; with several captures `#1:12` is packet 12 of the capture that the report lists as [1]. */
export function packetName(packet: number, origins: PacketOrigins | undefined): string {
  return `#${packetNumber(packet, origins)}`
}

/** The same without the mark. */
export function packetNumber(packet: number, origins: PacketOrigins | undefined): string {
  return origins === undefined ? String(packet) : `${origins.source(packet)}:${origins.packet(packet)}`
}

/** A packet number under `key`, and beside it with several captures the index of its own under `sourceKey`. */
export function packetFields<Key extends string, SourceKey extends string, Packet extends number | null>(
  key: Key,
  sourceKey: SourceKey,
  packet: Packet,
  origins: PacketOrigins | undefined,
): { [K in Key]: Packet } & { [K in SourceKey]?: number } {
  type Fields = { [K in Key]: Packet } & { [K in SourceKey]?: number }
  if (origins === undefined || packet === null) return { [key]: packet } as Fields
  return { [key]: origins.packet(packet), [sourceKey]: origins.source(packet) } as Fields
}
