/** What the load process is told, and what it tells: JSON, one object a line. */
import type { Address } from '../../../shell/configuration/server-configuration.js'

export type Operation = 'create' | 'set' | 'read'

export interface Job {
  /** `latency`: one request at a time, one session at a time; the time of each is kept. */
  readonly kind: 'pipeline' | 'latency'
  readonly operation: Operation
  /** Sessions are spread over them. */
  readonly addresses: readonly Address[]
  readonly sessions: number
  readonly outstanding: number
  readonly sizeBytes: number
  readonly operations: number
  readonly seconds: number
  readonly warmupSeconds: number
}

export interface Outcome {
  /** Answers without an error: nothing else is counted as done. */
  readonly acknowledged: number
  readonly errors: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Processor time of the load process meanwhile. */
  readonly cpuUs: number
  /** Of each operation, for `latency`; else empty. */
  readonly latenciesMs: readonly number[]
}

export type Report =
  /** All is connected and warm; it goes on when a line comes in. */
  | { readonly event: 'ready' }
  | { readonly event: 'progress'; readonly acknowledged: number }
  /** Nothing is under way; sessions are closed when a line comes in. */
  | { readonly event: 'done'; readonly outcome: Outcome }
  | { readonly event: 'failed'; readonly reason: string }
