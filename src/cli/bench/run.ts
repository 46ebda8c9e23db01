/** The whole benchmark: alternating rounds, never two ensembles at once. */
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Round } from './measure.js'
import { measureRound } from './measure.js'
import type { Samples } from './metric.js'
import { joinSamples } from './metric.js'
import type { BenchOptions, Contender } from './options.js'
import type { Result } from './table.js'

export interface BenchReport extends Result {
  /** Of ours, a number for each round that wrote. */
  readonly written: readonly NonNullable<Round['written']>[]
}

/** Rejects when a server or the load fails, or when the run is stopped; every process that it started is gone then. */
export const runBench = async (options: BenchOptions): Promise<BenchReport> => {
  const { ours, progress, rounds, theirs } = options
  const directory = mkdtempSync(path.join(options.dataDir, 'zab-bench-'))
  const samples = new Map<Contender, Samples>()
  const written: NonNullable<Round['written']>[] = []
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const contender of inTurn(ours, theirs, round)) {
        if (rounds > 1) progress.note(`round ${round} of ${rounds}: ${contender.name}`)
        const measured = await measureRound(contender, options, path.join(directory, `${round}-${contender.name}`))
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
  }
}

/** Who goes first changes from round to round, so that a machine that warms or slows favours nobody. */
const inTurn = (ours: Contender, theirs: Contender | undefined, round: number): readonly Contender[] => {
  if (theirs === undefined) return [ours]
  return round % 2 === 1 ? [ours, theirs] : [theirs, ours]
}
