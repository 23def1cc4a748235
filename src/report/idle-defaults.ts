/** What is known to end idle connections after how long by default, s. Candidates by their value, never facts. */
type Default = readonly [seconds: number, name: string]

const SERVERS: readonly Default[] = [
  [2, 'gunicorn’s keepalive (2 s)'],
  [5, 'Apache’s KeepAliveTimeout, Node.js’s keepAliveTimeout, uvicorn (5 s)'],
  [20, 'the connectionTimeout of Tomcat’s server.xml (20 s)'],
  [30, 'Jetty’s idleTimeout (30 s)'],
  [60, 'Tomcat without a setting, an AWS ALB (60 s)'],
  [65, 'the keepalive_timeout of nginx’s packaged nginx.conf (65 s)'],
  [75, 'nginx’s keepalive_timeout (75 s)'],
  [120, 'IIS (120 s)'],
  [130, 'Kestrel (130 s)'],
  [600, 'Google’s HTTP load balancers (600 s)'],
]

const MIDDLEBOXES: readonly Default[] = [
  [60, 'an AWS ALB (60 s)'],
  [240, 'an Azure load balancer (4 min)'],
  [300, 'an F5 BIG-IP (300 s)'],
  [350, 'an AWS NLB or NAT gateway (350 s)'],
  [600, 'Google Cloud’s connection tracking (10 min)'],
  [900, 'Linux IPVS (900 s)'],
  [3600, 'Cisco ASA, Palo Alto, Check Point (1 h)'],
  [7200, 'a NAT by RFC 5382, which asks for at least 2 h 4 min'],
  [432_000, 'Linux conntrack (5 days)'],
]

/** More candidates than these say nothing. */
const MOST_CANDIDATES = 3

/** A default this much off, of the measured time, is no candidate. */
const CLOSE = 0.05

/** `nginx’s keepalive_timeout (75 s)`, several by `or`; empty for none. */
export const serverDefaults = (idle: number): string => candidates(SERVERS, idle, idle)

/** The same of what forgets connections between two silences, ns: one that did no harm, and one that did. */
export const middleboxDefaults = (from: number, to: number): string => candidates(MIDDLEBOXES, from, to)

function candidates(defaults: readonly Default[], from: number, to: number): string {
  const found = defaults.filter(
    ([seconds]) => seconds * (1 + CLOSE) >= from / 1e9 && seconds * (1 - CLOSE) <= to / 1e9,
  )
  return found.length > MOST_CANDIDATES ? '' : found.map(([, name]) => name).join(' or ')
}
