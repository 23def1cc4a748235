import { CLOSED, ESTABLISHED, TIME_WAIT } from '../../tracker/tcp-state.ts'
import { RESET_ACCEPTED, RESET_DROPPED, RESET_EFFECT_NAMES } from '../../tracker/tracker-events.ts'
import { RESET_FORMS, type ResetForm, resetForm } from '../reset-form.ts'
import {
  FORGERY_SIGNS,
  type ForgerySign,
  forgeryConfidence,
  forgerySigns,
  type ResetTrace,
  signsOfSuccessor,
} from '../reset-verdict.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'

/** Segments closer than this may have changed places on the way, ns: they prove nothing by their order. */
const DISORDER = 3e6
/** RSTs of one connection that are looked into, and segments kept to show that their source goes on. */
const MOST_RESETS = 4
const MOST_SUCCESSORS = 3

interface Reset extends ResetTrace {
  readonly moment: Moment
  readonly seq: number
  readonly ttl: number
  readonly usualTtl: number
  readonly form: ResetForm
  effect: number
  readonly signs: Set<ForgerySign>
  readonly successors: Moment[]
  /** Segments its source had sent by then, RSTs apart. */
  readonly sent: number
}

interface Memory {
  readonly resets: Reset[]
  /** RSTs seen per side. */
  readonly counts: [number, number]
}

export default defineRule({
  id: 'reset-injected',
  scope: 'connection',
  category: 'open',
  severity: 'critical',
  since: '0.2.0',
  summary: 'An RST was not sent by the endpoint whose address it bears.',
  references: ['RFC 5961 §3', 'RFC 9293 §3.10.7.4', 'Weaver et al. 2009, Detecting Forged TCP Reset Packets'],
  messages: {
    tookEffect: {
      signs: { listOf: FORGERY_SIGNS },
      form: RESET_FORMS,
      number: 'sequence',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
    },
    withoutEffect: {
      signs: { listOf: FORGERY_SIGNS },
      form: RESET_FORMS,
      number: 'sequence',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
      effect: RESET_EFFECT_NAMES,
    },
  },
  notes: { reset: {}, successor: {} },
  unreliableWhen: ['duplicates', 'reordering', 'midstream', 'one-sided'],
  state: (): Memory => ({ resets: [], counts: [0, 0] }),
  create: (context) => {
    /** A segment, no RST, bears the address of `event.endpoint`. */
    function goesOn(event: EventOf<'toClosed'>): void {
      const side = event.endpoint.index & 1
      for (const reset of context.knownState(event.connection)?.resets ?? []) {
        if (reset.moment.side !== side || event.time - reset.moment.time < DISORDER) continue
        reset.signs.add('continues')
        for (const sign of signsOfSuccessor(reset, event.segment)) reset.signs.add(sign)
        if (reset.successors.length < MOST_SUCCESSORS) reset.successors.push(context.moment(event))
      }
    }

    return {
      reset(event) {
        const { connection, endpoint, peer, segment, before } = event
        const memory = context.stateOf(connection)
        const side = endpoint.index & 1
        memory.counts[side as 0 | 1]++
        if (before < ESTABLISHED || before >= TIME_WAIT || memory.resets.length === MOST_RESETS) return
        memory.resets.push({
          moment: context.moment(event),
          seq: segment.seq,
          ttl: segment.ttl,
          usualTtl: endpoint.mssScaleAndTtl >>> 24,
          form: resetForm(segment),
          effect: event.detail,
          signs: new Set(forgerySigns(endpoint, peer, segment)),
          successors: [],
          sent: endpoint.packets + 1 - memory.counts[side as 0 | 1],
          ipId: segment.ipId,
          macHigh: segment.sourceMacHigh,
          macLow: segment.sourceMacLow,
        })
      },
      retracted(event) {
        if (event.from !== CLOSED || event.packet === 0) return
        goesOn(event)
        const side = event.endpoint.index & 1
        for (const reset of context.knownState(event.connection)?.resets ?? []) {
          // Its receiver lives on.
          if (reset.moment.side !== side) reset.effect = RESET_DROPPED
        }
      },
      toClosed: goesOn,
      closed(event) {
        const memory = context.knownState(event.connection)
        if (memory === undefined) return
        for (const reset of memory.resets) {
          const { moment, effect, signs, successors, form } = reset
          const source = (event.endpoint.index & 1) === moment.side ? event.endpoint : event.peer
          const continued = source.packets - memory.counts[moment.side as 0 | 1] - reset.sent
          if (continued > 0 && source.lastTime - moment.time >= DISORDER) signs.add('continues')
          const confidence = forgeryConfidence([...signs])
          if (confidence === undefined) continue
          const data = {
            signs: FORGERY_SIGNS.filter((sign) => signs.has(sign)),
            form,
            number: reset.seq,
            ttl: reset.ttl,
            usualTtl: reset.usualTtl,
            continued,
          }
          const evidence = [
            context.note('reset', event, {}, moment),
            ...successors.map((successor) => context.note('successor', event, {}, successor)),
          ]
          const common = { evidence, confidence, blame: 'attacker' } as const
          if (effect === RESET_ACCEPTED) context.report('tookEffect', event, { ...common, data })
          else {
            context.report('withoutEffect', event, {
              ...common,
              data: { ...data, effect: RESET_EFFECT_NAMES[effect] ?? 'unknowable' },
              severity: 'warning',
            })
          }
        }
      },
    }
  },
})
