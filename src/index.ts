export { CAPTURE_FAULTS, type CaptureFault } from './audit/capture-fault.ts'
export type { ConnectionNumbers } from './audit/connection-records.ts'
export type { EndEntry, Reusable } from './audit/end-table.ts'
export type { Blame, Confidence, Evidence, Severity } from './audit/finding.ts'
export type { HostPlaces, PlaceKind } from './audit/host-places.ts'
export type { DataOf, DataSpec, FieldSpec, Kind, Messages } from './audit/message-data.ts'
export type { OpeningTrace } from './audit/opening-trace.ts'
export type { PlaceRows } from './audit/place-rows.ts'
export type { WatchedReset } from './audit/reset-watch.ts'
export { type AnyRule, defineRule, type GroupBy, type Merge, type Rule, type Scope } from './audit/rule.ts'
export type {
  CaptureContext,
  ConnectionContext,
  ConnectionReport,
  HostContext,
  HostReport,
  Moment,
} from './audit/rule-context.ts'
export type {
  ConnectionEvent,
  ConnectionHandlers,
  EventOf,
  HostHandlers,
  RuleEventName,
  WaitEvent,
} from './audit/rule-handlers.ts'
export { count, type OptionSpec, seconds, share } from './audit/rule-options.ts'
export type { RuleLevel } from './audit/rule-settings.ts'
export type { MessageWording, Told, Wording } from './audit/rule-words.ts'
export {
  type AuditEvent,
  type AuditEventOf,
  type AuditEventType,
  audit,
} from './library/audit.ts'
export { AuditError, type AuditErrorCode } from './library/audit-error.ts'
export type { AuditConfig, AuditOptions, ReportOptions, RuleConfig } from './library/audit-options.ts'
export { auditReport } from './library/audit-report.ts'
export type { AuditInput, AuditSource } from './library/audit-source.ts'
export { endText } from './report/finding-text.ts'
export { bytesText, countOf, countText, durationText, percentText, timesText } from './report/number-text.ts'
export type { QualityDocument } from './report/quality-document.ts'
export type {
  CaptureDocument,
  ConnectionDocument,
  EndpointDocument,
  EvidenceDocument,
  FindingDocument,
  HostDocument,
  ReportDocument,
  SummaryDocument,
  TransitionDocument,
} from './report/report-document.ts'
export type {
  ConnectionLine,
  EndLine,
  FindingLine,
  RetractionLine,
  StateLine,
  StatsLine,
} from './report/stream-document.ts'
export type {
  ConnectionSummary,
  EndpointSummary,
  FinishedConnection,
  HandshakeSummary,
  Outcome,
  RetractedTransition,
  Transition,
} from './tracker/connection-summary.ts'
export type { HostProfile } from './tracker/host-profile.ts'
export { endOf, type HostEnd } from './tracker/host-totals.ts'
export {
  ACKNOWLEDGED,
  ASSUMED,
  type BasisName,
  basisName,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SENT,
  type StateName,
  SYN_RCVD,
  SYN_SENT,
  stateName,
  TIME_WAIT,
  TIMER,
  UNKNOWN,
} from './tracker/tcp-state.ts'
