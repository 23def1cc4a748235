import type { Agreement } from '../host/state-agreement.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { endText } from './finding-text.ts'
import type { Report } from './report.ts'
import type { LocalHostDocument, VerificationDocument } from './report-document.ts'
import { Timestamp } from './timestamp.ts'

/** What this machine says of itself; nothing where the run did not listen on it. */
export function localHostDocument({ localHost, capture }: Report): { localHost?: LocalHostDocument } {
  if (localHost === undefined) return {}
  const { addresses, sysctls, counters, absent, agreement } = localHost
  return {
    localHost: {
      addresses: [...addresses],
      sysctls: Object.fromEntries(
        sysctls.map(({ sysctl, value }) => [
          sysctl,
          typeof value === 'number' ? value : ([...value] as [number, number]),
        ]),
      ),
      counters: counters.map((counter) => ({ ...counter })),
      absent: absent.map(({ what, why }) => ({ what, why })),
      ...(agreement !== undefined && {
        verification: verificationDocument(agreement, new Timestamp(capture.epoch)),
      }),
    },
  }
}

function verificationDocument(agreement: Agreement, timestamp: Timestamp): VerificationDocument {
  const { comparisons, failed, compared, agreed, closed, ends, moving, unsent, undecided, foreign } =
    agreement
  return {
    comparisons,
    failed,
    compared,
    agreed,
    closed,
    ends,
    leftOut: { moving, unsent, undecided, foreign },
    disagreements: agreement.disagreements.map((one) => ({
      connection: one.connection,
      end: one.role,
      local: endText(one.local),
      remote: endText(one.remote),
      state: stateName(one.tracked),
      basis: basisName(one.basis),
      kernel: stateName(one.kernel),
      firstSeen: timestamp.rfc3339(one.first),
      lastSeen: timestamp.rfc3339(one.last),
      count: one.count,
    })),
  }
}
