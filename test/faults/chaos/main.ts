/**
 * Chaos for as long as one likes: `npm run chaos -- --seed 1 --seconds 600 [--runs 10]`. Each run has its own seed,
 * counted up from the first. Exit codes: 0 nothing found, 1 violated, 2 usage.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from './run.js'

const USAGE = 'usage: npm run chaos -- [--seed N] [--seconds N] [--runs N] [--quiet]'

const numberOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN)

interface Arguments {
  readonly first: number
  readonly seconds: number
  readonly runs: number
  readonly quiet: boolean
}

/** undefined: they make no sense. */
const readArguments = (): Arguments | undefined => {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        seconds: { type: 'string', default: '60' },
        runs: { type: 'string', default: '1' },
        quiet: { type: 'boolean', default: false },
      },
    })
    const [first, seconds, runs] = [numberOf(values.seed), numberOf(values.seconds), numberOf(values.runs)]
    return Number.isNaN(first + seconds + runs) ? undefined : { first, seconds, runs, quiet: values.quiet }
  } catch {
    return undefined
  }
}

const main = async (): Promise<number> => {
  const given = readArguments()
  if (given === undefined) {
    process.stderr.write(`${USAGE}\n`)
    return 2
  }
  const { first, seconds, runs, quiet } = given
  // Servers may be stopped in the middle of a round; so it is brought to its end, with a verdict.
  let isEnough = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (isEnough = true))
  for (let seed = first; seed < first + runs && !isEnough; seed += 1) {
    const directory = mkdtempSync(join(tmpdir(), 'zab-chaos-'))
    process.stdout.write(`seed ${seed}, ${seconds} s\n`)
    const say = (line: string): void => {
      if (!quiet) process.stdout.write(`${line}\n`)
    }
    const { findings, story, summary } = await run({ seed, seconds, directory, say, isEnough: () => isEnough })
    if (findings.length > 0) {
      const lines = quiet ? story : []
      process.stdout.write([...lines, `violated; the servers' directories are in ${directory}`, ''].join('\n'))
      return 1
    }
    process.stdout.write(`nothing found: ${summary}\n`)
    rmSync(directory, { recursive: true, force: true })
  }
  return 0
}

process.exitCode = await main()
