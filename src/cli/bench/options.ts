/** What a run of `zab bench` is told. */
import type { Progress } from './progress.js'

/** In the order in which they are measured. */
export const PHASES = ['start', 'memory', 'writes', 'reads', 'latency', 'failover'] as const

export type Phase = (typeof PHASES)[number]

/** How one server is started. */
export interface Contender {
  readonly name: string
  /** The program and its arguments, for the server of this zoo.cfg. */
  readonly command: (zooCfg: string) => readonly string[]
}

/** How much of everything. Each loop ends at its count or its time, whichever comes first. */
export interface Extent {
  readonly servers: number
  readonly sessions: number
  /** Requests without an answer, of one session. */
  readonly outstanding: number
  readonly sizeBytes: number
  readonly write: 'create' | 'set'
  readonly operations: number
  readonly seconds: number
  /** Load of the same kind before anything is measured: both just-in-time compilers get their chance. */
  readonly warmupSeconds: number
  readonly latencyOperations: number
  readonly kills: number
  readonly starts: number
}

export interface BenchOptions extends Extent {
  readonly phases: ReadonlySet<Phase>
  readonly ours: Contender
  readonly theirs: Contender | undefined
  readonly rounds: number
  readonly firstPort: number
  /** Where the temporary directory is made: on a disk, or fsync costs nothing. */
  readonly dataDir: string
  /** What Node is given to run the load client, before its job. */
  readonly load: readonly string[]
  readonly progress: Progress
  readonly stop: AbortSignal
}
