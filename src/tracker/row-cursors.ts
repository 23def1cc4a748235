import { ENDPOINT_AT, ENDPOINT_STRIDE } from './endpoint.ts'
import type { Machine } from './machine.ts'
import type { RowStore } from './row-store.ts'

/** Places the three cursors on a row: the connection, and its ends as sender and receiver. */
export function placeCursors(
  rows: RowStore,
  { connection, sender, receiver }: Machine,
  row: number,
  senderSide: number,
  isSelf: boolean,
): void {
  const receiverSide = isSelf ? senderSide : 1 - senderSide
  rows.place(connection, row, 0)
  rows.place(sender, row, ENDPOINT_AT + senderSide * ENDPOINT_STRIDE)
  rows.place(receiver, row, ENDPOINT_AT + receiverSide * ENDPOINT_STRIDE)
  connection.index = row
  sender.index = 2 * row + senderSide
  receiver.index = 2 * row + receiverSide
}

/** Both ends of the row's key are the same address and port. */
export function isSelfRow(rows: RowStore, row: number): boolean {
  const words = rows.words(row)
  const at = rows.offset(row)
  const ports = words[at + 8] as number
  let isSelf = ports >>> 16 === (ports & 0xffff)
  for (let i = 0; i < 4 && isSelf; i++) isSelf = words[at + i] === words[at + 4 + i]
  return isSelf
}
