/** Where metrics are offered: a host of this machine, and a port; 0 is any that is free. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

const LOOPBACK = '127.0.0.1'

/** Reads `9464`, `0.0.0.0:9464`, `name:9464` or `[::1]:9464`; undefined for anything else. */
export function parseMetricsAddress(text: string): MetricsAddress | undefined {
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+(?:%\w+)?)\]|([^\s:[\]/]+)):)?(\d{1,5})$/.exec(text)
  const [, bracketed, plain, digits] = match ?? []
  const port = Number(digits)
  if (match === null || port > 65_535) return undefined
  return { host: bracketed ?? plain ?? LOOPBACK, port }
}

/** `http://[::1]:9464/metrics` */
export function metricsUrl({ host, port }: MetricsAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`
}
