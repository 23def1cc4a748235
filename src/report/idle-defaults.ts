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

/** A default this much off, of the measured time, is no candidate. */
const CLOSE = 0.05

export const serverDefaults = (idle: number): string => candidates(SERVERS, idle)

/** `nginx’s keepalive_timeout (75 s)`, several by `or`; empty for none. */
function candidates(defaults: readonly Default[], nanoseconds: number): string {
  const idle = nanoseconds / 1e9
  return defaults
    .filter(([seconds]) => Math.abs(idle - seconds) <= CLOSE * seconds)
    .map(([, name]) => name)
    .join(' or ')
}
