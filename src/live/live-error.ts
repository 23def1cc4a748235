export type LiveErrorCode =
  | 'no-libpcap'
  | 'no-cap'
  | 'no-such-interface'
  | 'no-permission'
  | 'interface-down'
  | 'unsupported-link-type'
  | 'not-captured'

/** An interface that cannot be listened on. The message is one line for people: what is wrong, then what to do. */
export class LiveError extends Error {
  readonly code: LiveErrorCode

  constructor(code: LiveErrorCode, message: string) {
    super(message)
    this.name = 'LiveError'
    this.code = code
  }
}

/** A filter that libpcap does not understand; a line for people too. */
export class FilterError extends Error {
  /** The same without the name of the option. */
  readonly what: string

  constructor(expression: string, reason: string) {
    const what = `does not understand '${expression}' (${reason}): write it as for tcpdump, such as 'tcp port 443' (man pcap-filter)`
    super(`--filter ${what}`)
    this.name = 'FilterError'
    this.what = what
  }
}
