/** What `tcpaudit check` prints. */
export const CHECK_FORMATS = ['table', 'json', 'junit', 'sarif', 'github', 'markdown'] as const
export type CheckFormat = (typeof CHECK_FORMATS)[number]
