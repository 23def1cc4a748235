import rule from '../../../src/audit/rules/idle-timeout-middlebox.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const crowd = (ladder: string, start = 0, count = 1, every = 0.01) =>
  ({ ladder, count, vary: 'client-port', every, start }) as const

/** A connection with an exchange behind each of these silences, s; where it then stands. */
function life(silences: readonly number[]): { ladder: string; client: number; server: number } {
  let [ladder, client, server] = [OPEN, 101, 301]
  for (const silence of [0.001, ...silences]) {
    ladder += `
      +${silence} --> P. ${client}:${client + 10}(10) ack ${server} -->
      <-- P. ${server}:${server + 10}(10) ack ${client + 10} <--
      --> . ${client + 10}:${client + 10}(0) ack ${server + 10} -->`
    client += 10
    server += 10
  }
  return { ladder, client, server }
}

const lives = (...silences: number[]) => life(silences).ladder

/** A request behind so long a silence, sent again so often, and never answered. */
function dropped(silence: number, { tries = 3, before = [] as readonly number[] } = {}): string {
  const { ladder, client, server } = life(before)
  const request = `P. ${client}:${client + 10}(10) ack ${server}`
  const repeats = Array.from({ length: tries }, (_, number) => `+${0.2 * 2 ** number} --x ${request} --x`)
  return [`${ladder}\n+${silence} --x ${request} --x`, ...repeats].join('\n')
}

/** The same, answered by an RST in the server's name. */
function reset(
  silence: number,
  rst = (server: number, _ack: number) => `R ${server}:${server}(0) win 0`,
): string {
  const { ladder, client, server } = life([])
  return `${ladder}
    +${silence} --x P. ${client}:${client + 10}(10) ack ${server} --x
    <-- ${rst(server, client + 10)} <--`
}

/** Resets that nothing draws, behind so long a silence. */
function expires(silence: number, ttl = 60): string {
  const { ladder, client, server } = life([])
  return `${ladder}
    +${silence} <-- R. ${server}:${server}(0) ack ${client} ttl ${ttl} <--`
}

/** Each at its own time, so that each death but the first would take a restart of its own. */
const inTurn = (ladders: readonly string[], every = 10) =>
  ladders.map((ladder, index) => crowd(ladder, every * index))

/** Silences of two seconds that do no harm. */
const SURVIVORS = crowd(lives(2), 1, 3)
const five = (ladder: string) => Array.from({ length: 5 }, () => ladder)

export default ruleCases(rule, {
  reports: [
    {
      name: 'requests behind five seconds of silence that nothing answers',
      crowds: [SURVIVORS, ...inTurn(five(dropped(5)))],
      findings: [
        {
          message: 'forgotten',
          data: { longest: 2.001e9, shortest: 5.001e9, died: 5, reset: 0, survived: 3, restarts: 5 },
          severity: 'notice',
          confidence: 'likely',
          blame: 'middlebox',
          count: 5,
        },
      ],
    },
    {
      name: 'requests that are answered by an RST',
      crowds: [SURVIVORS, ...inTurn(five(reset(5)))],
      findings: [{ message: 'forgotten', data: { shortest: 5.001e9, died: 5, reset: 5 } }],
    },
    {
      name: 'some of either kind, behind silences of any length',
      crowds: [SURVIVORS, ...inTurn([dropped(3), reset(4), dropped(9), reset(6), dropped(5)])],
      findings: [{ message: 'forgotten', data: { shortest: 3.001e9, died: 5, reset: 2 } }],
    },
    {
      name: 'three restarts at least',
      crowds: [SURVIVORS, ...inTurn([dropped(5), reset(5), dropped(5)]), crowd(reset(5), 0.1, 2)],
      findings: [{ message: 'forgotten', data: { died: 5, restarts: 3 } }],
    },
    {
      name: 'one in five died otherwise',
      crowds: [SURVIVORS, ...inTurn([...five(dropped(5)), dropped(0.5)])],
      findings: [{ message: 'forgotten', data: { died: 5 } }],
    },
    {
      name: 'just long enough',
      crowds: [...inTurn(five(dropped(1.1))), crowd(lives(1), 1, 3)],
      findings: [{ message: 'forgotten', data: { longest: 1.001e9, shortest: 1.101e9 } }],
    },
    {
      name: 'keep-alive probes of a server that are not answered any more',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            +5 x-- . 310:310(0) ack 111 x--
            +1 x-- . 310:310(0) ack 111 x--
            +1 x-- . 310:310(0) ack 111 x--`),
        ),
      ],
      findings: [{ message: 'forgotten', data: { died: 5, reset: 0 } }],
    },
    {
      name: 'a middlebox that sends its own window',
      crowds: [
        SURVIVORS,
        ...inTurn(five(reset(5, (server, ack) => `R. ${server}:${server}(0) ack ${ack} win 100 ttl 60`))),
      ],
      findings: [{ message: 'forgotten', data: { reset: 5 } }],
    },
    {
      name: 'a close behind a silence that is never acknowledged',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            +5   --x F. 111:111(0) ack 311 --x
            +0.2 --x F. 111:111(0) ack 311 --x
            +0.4 --x F. 111:111(0) ack 311 --x
            +0.8 --x F. 111:111(0) ack 311 --x`),
        ),
      ],
      findings: [{ message: 'forgotten', data: { died: 5 } }],
    },
    {
      name: 'resets that nothing draws, from elsewhere',
      crowds: inTurn(
        [5, 5, 5.3, 5.1, 5].map((silence) => expires(silence)),
        2,
      ),
      findings: [
        {
          message: 'expired',
          data: { idle: 5e9, width: 0.3e9, alike: 5 },
          severity: 'notice',
          confidence: 'likely',
          blame: 'middlebox',
          count: 5,
        },
      ],
    },
    {
      name: 'just long enough for a reset',
      crowds: inTurn(five(expires(1)), 2),
      findings: [{ message: 'expired', data: { idle: 1e9 } }],
      variants: false,
    },
    {
      name: 'four in five of them',
      crowds: inTurn([...five(expires(5)), expires(9)], 2),
      findings: [{ message: 'expired', data: { alike: 5 }, count: 5 }],
    },
  ],
  quiet: [
    { name: 'four', crowds: [SURVIVORS, ...inTurn(five(dropped(5)).slice(1))] },
    {
      name: 'two shorter silences are too few',
      crowds: [crowd(lives(2), 1, 2), ...inTurn(five(dropped(5)))],
    },
    { name: 'nothing was silent for a shorter time', crowds: inTurn(five(dropped(5))) },
    {
      name: 'a host that restarts, or goes away, and takes all with it',
      crowds: [SURVIVORS, crowd(dropped(5), 0, 3), crowd(reset(5), 0.5, 3)],
    },
    {
      name: 'a host that restarts twice',
      crowds: [SURVIVORS, crowd(reset(5), 0, 3), crowd(reset(5), 20, 3)],
    },
    {
      name: 'a longer silence did no harm',
      crowds: [SURVIVORS, ...inTurn(five(dropped(5))), crowd(lives(6))],
    },
    {
      name: 'a longer silence of one of them did no harm',
      crowds: [SURVIVORS, ...inTurn([...five(dropped(5)).slice(1), dropped(5, { before: [8] })], 20)],
    },
    {
      name: 'half of the connections die without a silence',
      crowds: [SURVIVORS, ...inTurn([...five(dropped(5)), dropped(0.5), dropped(0.3)])],
    },
    {
      name: 'a third of them behind a shorter silence than one that did no harm',
      crowds: [SURVIVORS, ...inTurn([...five(dropped(5)), dropped(1.2), dropped(1.4)])],
    },
    {
      name: 'sent again twice',
      crowds: [SURVIVORS, ...inTurn(five(dropped(5, { tries: 2 })))],
    },
    {
      name: 'answered in the end',
      crowds: [
        SURVIVORS,
        ...inTurn(five(`${dropped(5)}\n+1.6 --> P. 111:121(10) ack 311 -->\n<-- . 311:311(0) ack 121 <--`)),
      ],
    },
    {
      name: 'a server that closes idle connections',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            +5 <-- F. 311:311(0) ack 111   <--
               --> F. 111:111(0) ack 312   -->
               <-- .  312:312(0) ack 112   <--`),
        ),
      ],
    },
    {
      name: 'a server that had closed, and does not answer what is sent then',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            <-- F. 311:311(0) ack 111         <--
            --> .  111:111(0) ack 312         -->
       +5   --x P. 111:121(10) ack 312        --x
       +0.2 --x P. 111:121(10) ack 312        --x
       +0.4 --x P. 111:121(10) ack 312        --x
       +0.8 --x P. 111:121(10) ack 312        --x`),
        ),
      ],
    },
    {
      name: 'a server that had closed, and resets what is sent then',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            <-- F. 311:311(0) ack 111         <--
            --> .  111:111(0) ack 312         -->
         +5 --> P. 111:121(10) ack 312        -->
            <-- R  312:312(0) win 0           <--`),
        ),
      ],
    },
    {
      name: 'a client that had closed, and resets what the server sends then',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`${lives()}
            --> F. 111:111(0) ack 311         -->
            <-- .  311:311(0) ack 112         <--
         +5 <-- P. 311:321(10) ack 112        <--
            --> R  112:112(0) win 0           -->`),
        ),
      ],
    },
    {
      name: 'a server that aborts when it is asked behind a silence',
      crowds: [SURVIVORS, ...inTurn(five(reset(5, (server, ack) => `R. ${server}:${server}(0) ack ${ack}`)))],
    },
    {
      name: 'requests that are reset at once',
      crowds: [SURVIVORS, ...inTurn(five(reset(0.5)))],
    },
    {
      name: 'a server of which nothing is seen',
      crowds: [
        SURVIVORS,
        ...inTurn(
          five(`
            --> S  100:100(0)            -->
            <~~ S. 300:300(0) ack 101    <~~
            --> .  101:101(0) ack 301    -->
         +5 --x P. 101:111(10) ack 301   --x
       +0.2 --x P. 101:111(10) ack 301   --x
       +0.4 --x P. 101:111(10) ack 301   --x
       +0.8 --x P. 101:111(10) ack 301   --x`),
        ),
      ],
    },
    {
      name: 'the deaths of several clients',
      crowds: [
        SURVIVORS,
        ...five(dropped(5)).map(
          (ladder, index) => ({ ...crowd(ladder, 10 * index), vary: 'client-address' }) as const,
        ),
      ],
    },
    { name: 'four that are reset from elsewhere', crowds: inTurn(five(expires(5)).slice(1), 2) },
    { name: 'a server that aborts what is idle', crowds: inTurn(five(expires(5, 64)), 2) },
    {
      name: 'reset from elsewhere behind all kinds of silences',
      crowds: inTurn(
        [3, 5, 8, 13, 21].map((silence) => expires(silence)),
        2,
      ),
    },
    {
      name: 'reset from elsewhere, a third of them at other times',
      crowds: inTurn([...five(expires(5)), expires(9), expires(13)], 2),
    },
    { name: 'reset from elsewhere in mid-conversation', crowds: inTurn(five(expires(0.5)), 2) },
    { name: 'all reset from elsewhere at one moment', crowd: crowd(expires(5), 0, 5) },
  ],
  fixtures: {
    reports: [
      'kernel/pool-behind-a-dropping-middlebox-near.pcap',
      'kernel/pool-behind-a-resetting-middlebox-near.pcap',
    ],
    quiet: [
      'kernel/pool-behind-a-dropping-middlebox-far.pcap',
      'kernel/pool-behind-a-resetting-middlebox-far.pcap',
      'kernel/middlebox-forgets-and-drops-near.pcap',
      'kernel/middlebox-forgets-and-resets-near.pcap',
      'kernel/keep-alive-keeps-the-middlebox-awake-near.pcap',
      'kernel/closed-by-idle-timeout.pcap',
      'kernel/nginx-keep-alive-timeout.pcap',
      'kernel/rebooted-server.pcap',
      'kernel/host-vanished-near.pcap',
    ],
  },
})
