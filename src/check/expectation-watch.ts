import { shellWord } from '../report/shell-word.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { TrackerEvent, TrackerEvents } from '../tracker/tracker-events.ts'
import type { Assertion } from './check-result.ts'
import { ConnectionNotes } from './connection-notes.ts'
import type { Claim, Expectations, Group } from './expectations.ts'
import { type GroupVerdict, GroupWatch } from './group-watch.ts'
import type { More, RunEnd } from './verdict.ts'

export interface HeldRun extends RunEnd {
  /** Begins a command line that reads the same packets again; undefined if none can. */
  readonly command: string | undefined
}

/**
 * Holds a run to expectations, wherever its packets come from: subscribe it to the events of the tracker before the first
 * packet, and ask for its assertions when the run has ended. A run tells either of its end or, stopped by `asOf`, of one
 * `moment`: other claims are left out.
 */
export class ExpectationWatch {
  readonly #groups: readonly { readonly group: Group; readonly watch: GroupWatch }[]
  readonly #notes = new ConnectionNotes()
  #now = 0

  constructor({ groups }: Expectations, moment: string | null = null) {
    const isDecided = (claim: Claim): boolean => ('at' in claim ? claim.at : null) === moment
    this.#groups = groups.map((group) => {
      const claims = group.claims.filter(isDecided)
      return { group, watch: new GroupWatch(group, claims, () => this.#now) }
    })
  }

  subscribe(events: TrackerEvents): void {
    this.#notes.subscribe(events)
    events.subscribe('closed', (event) => this.#take(event))
  }

  /** What became of each claim, in the order of the file. To be asked for once. */
  *judged(run: RunEnd): Generator<JudgedClaim, void, void> {
    for (const { group, watch } of this.#groups) {
      for (const one of watch.verdicts(run)) yield { ...one, group }
    }
  }

  /** The same as a report has it. */
  *assertions(run: HeldRun): Generator<Assertion, void, void> {
    for (const one of this.judged(run)) yield assertionOf(one, run.command)
  }

  #take({ finished, connection, time }: TrackerEvent): void {
    this.#now = time
    const notes = this.#notes.take(connection.id)
    let made: ConnectionSummary | undefined
    const summary = (): ConnectionSummary => {
      made ??= finished.summary()
      return made
    }
    const seen = { gist: finished, notes, summary }
    for (const { watch } of this.#groups) if (watch.isSelected(finished)) watch.add(seen)
  }
}

/** A claim, what became of it, and the findings that are about its group. */
export interface JudgedClaim extends GroupVerdict {
  readonly group: Group
}

/** `command` begins a command line that reads the same packets again; undefined if none can. */
export function assertionOf({ claim, verdict, group }: JudgedClaim, command: string | undefined): Assertion {
  const { passed, expected, seen, evidence, more } = verdict
  return {
    id: claim.id,
    subject: group.name,
    line: claim.line,
    passed,
    expected,
    seen,
    evidence: passed ? [] : evidence,
    command: passed || command === undefined ? null : commandText(command, more),
  }
}

function commandText(command: string, more: More): string {
  if (more.show === 'connection') return `${command} --connection ${more.id}`
  return more.show === 'moment' ? `${command} --as-of ${shellWord(more.at)}` : command
}
