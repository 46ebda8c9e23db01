/**
 * `zab bench` (`npm run bench`): throughput, latency, failover, start and memory of an ensemble on this machine, and of
 * another implementation beside it.
 *
 * Exit codes: 0 measured, 1 it could not be, 2 wrong usage, 4 interrupted.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError, Option } from 'commander'
import { parseCommand } from '../bench/command-words.js'
import type { Contender, Phase } from '../bench/options.js'
import { PHASES } from '../bench/options.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { EXIT } from '../exit-code.js'

interface Flags {
  readonly only: ReadonlySet<Phase>
  readonly write: 'create' | 'set'
  readonly servers: number
  readonly sessions: number
  readonly outstanding: number
  readonly size: number
  readonly operations: number
  readonly seconds: number
  readonly warmup: number
  readonly kills: number
  readonly starts: number
  readonly rounds?: number
  readonly against?: Contender['command']
  readonly name: string
  readonly port: number
  readonly data: string
  readonly json?: string | true
  readonly markdown: boolean
  readonly profile?: string
}

/** Rounds of a comparison: the least number of which a median leaves an outlier out. */
const COMPARISON_ROUNDS = 3

export const addBench: AddCommand = (program, finish) => {
  const command = program
    .command('bench')
    .description('measure an ensemble on this machine: three processes, real disk, fsync on')
    .addOption(
      new Option('--only <phases>', `some of ${PHASES.join(',')}`).argParser(phases).default(new Set(PHASES), 'all'),
    )
    .addOption(new Option('--write <kind>', 'what a write is').choices(['create', 'set']).default('create'))
    .option('--servers <n>', 'servers of the ensemble', integerBetween(1, 31), 3)
    .option('--sessions <n>', 'sessions of the load client, spread over the servers', integerBetween(1, 1000), 8)
    .option('--outstanding <n>', 'requests without an answer, of each session', integerBetween(1, 10_000), 64)
    .option('--size <bytes>', 'data of a node', integerBetween(0, 1_000_000), 100)
    .option(
      '--operations <n>',
      'the most writes; reads up to 20 times as many',
      integerBetween(1, 100_000_000),
      200_000,
    )
    .option('--seconds <n>', 'the longest for a kind', integerBetween(1, 3600), 10)
    .option('--warmup <n>', 'seconds of load before it is measured', integerBetween(0, 600), 3)
    .option('--kills <n>', 'failovers of a round', integerBetween(1, 100), 3)
    .option('--starts <n>', 'cold starts of a round', integerBetween(1, 100), 3)
    .option('--rounds <n>', 'rounds, alternating with --against (default: 3 with it, else 1)', integerBetween(1, 1000))
    .option('--against <command>', 'measure another server too; {cfg} stands for its zoo.cfg', against)
    .option('--name <text>', 'what the table calls it', 'theirs')
    .option('--port <port>', 'the first port to use, if it is free', integerBetween(1, 65_000), 24_000)
    .option('--data <directory>', 'where the data goes, for the time of the run', tmpdir())
    .option('--json [file]', 'the result as JSON too: to the file, or to standard output instead of the table')
    .option('--markdown', 'the table as Markdown, with a line about the machine', false)
    .option('--profile <directory>', 'have Node profile our servers, and show their costliest functions')
    .action(async (flags: Flags) => finish(await bench(flags)))
  withExample(command, 'zab bench --only writes,reads --seconds 5')
}

const phases = (text: string): ReadonlySet<Phase> => {
  const named = text.split(',')
  const unknown = named.find((name) => !PHASES.some((phase) => phase === name))
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no "${unknown}"; there are ${PHASES.join(', ')}.`)
  return new Set(PHASES.filter((phase) => named.includes(phase)))
}

const against = (text: string): Contender['command'] => {
  const parsed = parseCommand(text)
  if (parsed._tag === 'Left') throw new InvalidArgumentError(parsed.left)
  return parsed.right
}

/** A file of this program, as Node is told to run it: compiled, or as source with the loader that runs us. */
const program = (name: string): readonly string[] => {
  const self = fileURLToPath(import.meta.url)
  return [...process.execArgv, path.join(path.dirname(self), '..', `${name}${path.extname(self)}`)]
}

const ourContender = (profileDir: string | undefined): Contender => {
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  return {
    name: 'zab',
    command: (zooCfg) => [process.execPath, ...profiling, ...program('main'), 'server', zooCfg],
  }
}

const bench = async (flags: Flags): Promise<number> => {
  const { runBench } = await import('../bench/run.js')
  const { makeProgress } = await import('../bench/progress.js')
  const { describeMachine } = await import('../bench/machine.js')
  const { render } = await import('../bench/render.js')
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  const progress = makeProgress(process.stderr, process.stderr.isTTY)
  const profileDir = flags.profile === undefined ? undefined : path.resolve(flags.profile)
  try {
    const report = await runBench({
      phases: flags.only,
      ours: ourContender(profileDir),
      theirs: flags.against && { name: flags.name, command: flags.against },
      rounds: flags.rounds ?? (flags.against === undefined ? 1 : COMPARISON_ROUNDS),
      servers: flags.servers,
      sessions: flags.sessions,
      outstanding: flags.outstanding,
      sizeBytes: flags.size,
      write: flags.write,
      operations: flags.operations,
      seconds: flags.seconds,
      warmupSeconds: flags.warmup,
      latencyOperations: 2000,
      kills: flags.kills,
      starts: flags.starts,
      firstPort: flags.port,
      dataDir: path.resolve(flags.data),
      load: program('bench/load/main'),
      progress,
      stop: stop.signal,
    })
    const { json, text } = render(report, describeMachine(), flags)
    process.stdout.write(flags.json === true ? json : text)
    if (typeof flags.json === 'string') writeFileSync(flags.json, json)
    if (profileDir !== undefined) {
      const { showProfiles } = await import('../bench/profile.js')
      process.stderr.write(showProfiles(profileDir))
    }
    return EXIT.held
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('interrupted; all that was started has ended\n')
      return EXIT.unknown
    }
    throw error
  }
}
