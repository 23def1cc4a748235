/** Handshakes to begin a ladder with. A's stream continues at 101, B's at 301. */
export const OPENED = `
SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED`

export const OPENED_WITH_SACK = `
SYN_SENT     --> S   100:100(0) <mss 1460,sackOK>          --> SYN_RCVD
ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460,sackOK>  <-- SYN_RCVD
ESTABLISHED  --> .   101:101(0) ack 301                    --> ESTABLISHED`

/** A's clock stands at 1000, B's at 8000. */
export const OPENED_WITH_TIMESTAMPS = `
SYN_SENT     --> S   100:100(0) <mss 1460,TS val 1000 ecr 0>             --> SYN_RCVD
ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  <-- SYN_RCVD
ESTABLISHED  --> .   101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>   --> ESTABLISHED`

/** The same without options and without states, for what does not depend on them. */
export const OPEN = `
--> S  100:100(0)          -->
<-- S. 300:300(0) ack 101  <--
--> .  101:101(0) ack 301  -->`

/** Then A has sent 100 bytes, which B has acknowledged. */
export const OPEN_IN_USE = `${OPEN}
--> P. 101:201(100) ack 301  -->
<-- .  301:301(0) ack 201    <--`
