import { CAPTURED_LENGTH, PCAP_HEADER_LENGTH, RECORD_HEADER_LENGTH } from '../capture/pcap-reader.ts'
import type { LiveInput } from './live-input.ts'

/** Gets what an interface gives, before anybody works on it. */
export interface PacketTap {
  /** The header of a pcap file, as this machine writes it. */
  begin(header: Uint8Array): void
  /** Whole records of that file. Borrowed. */
  take(records: Uint8Array): void
}

/** An input whose bytes somebody else gets to see too. */
export class TappedInput implements LiveInput {
  readonly readsAhead = false
  readonly #input: LiveInput
  readonly #tap: PacketTap
  /** The beginning of a header or a record whose end has not come. */
  #rest: Uint8Array = new Uint8Array(0)
  #hasBegun = false

  constructor(input: LiveInput, tap: PacketTap) {
    this.#input = input
    this.#tap = tap
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    const read = await this.#input.read(buffer, offset, length)
    if (read > 0) this.#show(buffer.subarray(offset, offset + read))
    return read
  }

  #show(fresh: Uint8Array): void {
    let bytes = fresh
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, fresh])
    if (!this.#hasBegun) {
      if (bytes.length < PCAP_HEADER_LENGTH) {
        this.#keep(bytes)
        return
      }
      this.#hasBegun = true
      this.#tap.begin(bytes.subarray(0, PCAP_HEADER_LENGTH))
      bytes = bytes.subarray(PCAP_HEADER_LENGTH)
    }
    const whole = wholeLength(bytes)
    if (whole > 0) this.#tap.take(bytes.subarray(0, whole))
    this.#keep(bytes.subarray(whole))
  }

  #keep(rest: Uint8Array): void {
    this.#rest = rest.length === 0 ? rest : rest.slice()
  }

  get backend(): LiveInput['backend'] {
    return this.#input.backend
  }

  get timestamps(): LiveInput['timestamps'] {
    return this.#input.timestamps
  }

  get received(): number | undefined {
    return this.#input.received
  }

  get droppedByKernel(): number | undefined {
    return this.#input.droppedByKernel
  }

  get droppedByInterface(): number | undefined {
    return this.#input.droppedByInterface
  }

  get quietUntil(): number | undefined {
    return this.#input.quietUntil
  }

  get bytesRead(): number {
    return this.#input.bytesRead ?? 0
  }

  get damage(): string | undefined {
    return this.#input.damage
  }

  stop(): void {
    this.#input.stop()
  }

  cancel(): void {
    this.#input.cancel?.()
  }

  close(): Promise<void> {
    return this.#input.close()
  }
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Bytes of the records that are there to their ends. */
function wholeLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = 0
  while (end + RECORD_HEADER_LENGTH <= bytes.length) {
    const next = end + RECORD_HEADER_LENGTH + view.getUint32(end + CAPTURED_LENGTH, LITTLE_ENDIAN)
    if (next > bytes.length) break
    end = next
  }
  return end
}
