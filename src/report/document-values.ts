/** Kinds of values in the JSON documents. The annotations go into the published schema (`npm run generate`). */

/** @asType integer @minimum 0 */
export type Count = number
/** A frame number as in Wireshark. @asType integer @minimum 1 */
export type PacketNumber = number
/** The ordinal of a connection's first packet in the (merged) input. @asType integer @minimum 1 */
export type ConnectionId = number
/** @minimum 0 */
export type Seconds = number
/** @asType integer @minimum 0 @maximum 4294967295 */
export type SequenceNumber = number
/** @asType integer @minimum 0 @maximum 65535 */
export type Port = number
/**
 * RFC 3339, UTC, with nanoseconds; years that have not four digits have a sign and six.
 * @pattern ^([+-]\d{6}|\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$
 */
export type Time = string
/** The worst first. */
export type Severity = 'critical' | 'error' | 'warning' | 'notice' | 'info'
/** Unique within a report. */
export type FindingId = string

/** What wrote the document, and the config file that it followed, if there was one. */
export interface ToolDocument {
  name: string
  version: string
  configFile?: string
}
