/** The whole benchmark: alternating rounds, never two ensembles at once. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import path from 'node:path'
import type { Round } from './measure.js'
import { LEAST_FOR_FAILOVER, measureRound } from './measure.js'
import type { Samples } from './metric.js'
import { joinSamples } from './metric.js'
import type { BenchOptions, Contender } from './options.js'
import type { Result } from './table.js'

export interface BenchReport extends Result {
  /** Of ours, a number for each round that wrote. */
  readonly written: readonly NonNullable<Round['written']>[]
  /** The data was on a file system in memory, where fsync does nothing. */
  readonly isInMemory: boolean
}

/** What Linux calls a tmpfs. */
const TMPFS = 0x0102_1994

/** Rejects when a server or the load fails, or when the run is stopped; every process that it started is gone then. */
export const runBench = async (options: BenchOptions): Promise<BenchReport> => {
  const { ours, progress, rounds, theirs } = options
  const directory = mkdtempSync(path.join(options.dataDir, 'zab-bench-'))
  const samples = new Map<Contender, Samples>()
  const written: NonNullable<Round['written']>[] = []
  const isInMemory = statfsSync(directory).type === TMPFS
  if (isInMemory) progress.note(`${options.dataDir} is in memory, where fsync does nothing; give --data on a disk`)
  if (options.phases.has('failover') && options.servers < LEAST_FOR_FAILOVER)
    progress.note(`no failover: fewer than ${LEAST_FOR_FAILOVER} servers do not survive the loss of one`)
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const contender of inTurn(ours, theirs, round)) {
        if (rounds > 1) progress.note(`round ${round} of ${rounds}: ${contender.name}`)
        const measured = await measureRound(contender, options, path.join(directory, nameOf(round, contender)))
        samples.set(contender, joinSamples(samples.get(contender) ?? {}, measured.samples))
        if (contender === ours && measured.written !== undefined) written.push(measured.written)
      }
    }
  } finally {
    progress.end()
    rmSync(directory, { recursive: true, force: true })
  }
  return {
    ours: samples.get(ours) ?? {},
    theirs: theirs && { name: theirs.name, samples: samples.get(theirs) ?? {} },
    written,
    isInMemory,
  }
}

/** The contender may be called anything. */
const nameOf = (round: number, { name }: Contender): string => `${round}-${name.replace(/[^\w.-]/g, '_')}`

/** Who goes first changes from round to round, so that a machine that warms or slows favours nobody. */
const inTurn = (ours: Contender, theirs: Contender | undefined, round: number): readonly Contender[] => {
  if (theirs === undefined) return [ours]
  return round % 2 === 1 ? [ours, theirs] : [theirs, ours]
}
