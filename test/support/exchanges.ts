/** Dialogues of requests and answers, ten bytes each, behind the openings of openings.ts. */

/** So many exchanges, the client's acknowledgment of the last answer behind them. */
export function exchanges(count: number): string {
  const lines = Array.from({ length: count }, (_, number) => {
    const [request, answer] = [101 + 10 * number, 301 + 10 * number]
    return `
--> P. ${request}:${request + 10}(10) ack ${answer}        -->
<-- P. ${answer}:${answer + 10}(10) ack ${request + 10}    <--`
  })
  return `${lines.join('')}
--> . ${101 + 10 * count}:${101 + 10 * count}(0) ack ${301 + 10 * count} -->`
}

/** The server closes `after` seconds behind so many exchanges, the client follows. */
export function serverCloses(count: number, after = 0.001): string {
  const [client, server] = [101 + 10 * count, 301 + 10 * count]
  return `
+${after} <-- F. ${server}:${server}(0) ack ${client}          <--
--> F. ${client}:${client}(0) ack ${server + 1}                -->
<-- .  ${server + 1}:${server + 1}(0) ack ${client + 1}        <--`
}

/** The client closes `after` seconds behind so many exchanges, the server follows. */
export function clientCloses(count: number, after = 0.001): string {
  const [client, server] = [101 + 10 * count, 301 + 10 * count]
  return `
+${after} --> F. ${client}:${client}(0) ack ${server}          -->
<-- F. ${server}:${server}(0) ack ${client + 1}                <--
--> .  ${client + 1}:${client + 1}(0) ack ${server + 1}        -->`
}
