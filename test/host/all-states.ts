import type { Namespace } from '../support/namespace.ts'

/** A socket in each state that `ss -tan` lists, of both IP versions: what passes no longer leaves it there. */
export async function enterAllStates(namespace: Namespace): Promise<void> {
  await namespace.do(SOCKETS)
}

const SOCKETS = `
four = listener('127.0.0.1', 8004)
six = listener('::1', 8006)
both = listener('::', 8046)
deferred = listener('127.0.0.1', 8009, defer=30)
# ESTABLISHED at both ends; the server is one of IPv6 with mapped addresses; nobody has accepted the last.
established = pair(four) + pair(six) + pair(both, '127.0.0.2')
waiting = client('127.0.0.3', 8046)
# SYN_RCVD, as the listener waits for data.
silent = client('127.0.0.1', 8009)
# CLOSE_WAIT and FIN_WAIT_2, after close() and after shutdown().
leaking, leaked = pair(four)
leaking.close()
half, other = pair(six)
half.shutdown(socket.SHUT_WR)
# TIME_WAIT.
first, second = pair(four)
first.close()
second.close()
# CLOSE_WAIT that becomes LAST_ACK, FIN_WAIT_1; and CLOSING: each FIN arrives, repeated, when the other is out already, and
# what acknowledges it does not.
last = pair(four)
last[0].close()
stuck = pair(six)
crossing = pair(four)
time.sleep(0.1)
rule = 'flush ruleset; table inet t { chain c { type filter hook output priority 0; %s drop; }; }'
nft(rule % 'tcp flags & fin == fin')
for end in crossing: end.shutdown(socket.SHUT_WR)
nft(rule % 'tcp flags & (syn|fin|ack) == ack')
deadline = time.time() + 5
while not any(line[0] == 'CLOSING' for line in ss()) and time.time() < deadline: time.sleep(0.02)
nft(rule % '')
stuck[0].close()
last[1].close()
# SYN_SENT.
unanswered = client('127.0.0.1', 8004, wait=False)
time.sleep(0.1)
`
