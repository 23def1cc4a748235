export { CaptureError, type CaptureErrorCode } from './capture/capture-error.ts'
export type { CaptureSource, StoppedAt } from './capture/capture-source.ts'
export { openCapture } from './capture/open-capture.ts'
export { type AsOf, parseAsOf } from './cli/as-of.ts'
export { type AuditOptions, type AuditResult, auditCapture } from './cli/audit-capture.ts'
export { connectionDocument } from './report/connection-document.ts'
export type { CaptureFacts, HostFacts, Report } from './report/report.ts'
export type {
  CaptureDocument,
  ConnectionDocument,
  ConnectionReportDocument,
  EndpointDocument,
  ReportDocument,
} from './report/report-document.ts'
export { Timestamp } from './report/timestamp.ts'
export type {
  ConnectionSummary,
  EndpointSummary,
  FinishedConnection,
  HandshakeSummary,
  Outcome,
  RetractedTransition,
  Transition,
} from './tracker/connection-summary.ts'
export type { LoggedSegment } from './tracker/logged-segment.ts'
export { type BasisName, basisName, type StateName, stateName } from './tracker/tcp-state.ts'
