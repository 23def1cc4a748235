import type { Messages } from '../audit/message-data.ts'
import type { AnyWording, Wording } from '../audit/rule-words.ts'

/** The prose of one rule, held to the rule's messages, notes and their data. */
export function wordingOf<M extends Messages, N extends Messages>(
  _rule: { readonly messages: M; readonly notes?: N },
  wording: Wording<M, N>,
): AnyWording {
  return wording as unknown as AnyWording
}
