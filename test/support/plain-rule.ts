/** What a rule about connections must have and a test does not care for: it listens, and reports nothing. */
export const PLAIN_RULE = {
  scope: 'connection',
  category: 'open',
  severity: 'info',
  since: '0',
  summary: '',
  references: [],
  messages: {},
  unreliableWhen: [],
} as const
