/**
 * `zab bench` (`npm run bench`): throughput, latency, failover, start and memory of an ensemble on this machine, and of
 * another implementation beside it. With `--hostile`: what hostile input costs an uninvolved client, and the servers.
 *
 * Exit codes: 0 measured, 1 it could not be, 2 wrong usage, 4 interrupted. With `--hostile` also: 1 an aim is missed,
 * 3 an item was not done in its time.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError, Option } from 'commander'
import { parseCommand } from '../bench/command-words.js'
import { chooseNames } from '../bench/names.js'
import type { Contender } from '../bench/options.js'
import { PHASES } from '../bench/options.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { EXIT } from '../exit-code.js'

interface Flags {
  readonly only?: string
  readonly hostile: boolean
  readonly brief: boolean
  readonly list: boolean
  readonly seed: number
  readonly itemSeconds: number
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

/** How long an answer of the innocent client is waited for when the attack is over. */
const BOUND_SECONDS = 30
const BRIEF_BOUND_SECONDS = 10

export const addBench: AddCommand = (program, finish) => {
  const command = program
    .command('bench')
    .description('measure an ensemble on this machine: three processes, real disk, fsync on')
    .option('--only <names>', `some of ${PHASES.join(',')}; with --hostile some of its items`)
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
    .option('--hostile', 'hostile inputs instead, each beside an innocent client that is kept waiting or not', false)
    .option('--brief', 'with --hostile: a few items in reduced sizes', false)
    .option('--list', 'with --hostile: what its items are', false)
    .option('--seed <n>', 'with --hostile: of the random bytes', integerBetween(0, 2 ** 32 - 1), 1)
    .option('--item-seconds <n>', 'with --hostile: the longest that an item attacks', integerBetween(1, 600), 45)
    .action(async (flags: Flags) => finish(await (flags.hostile ? hostile(flags) : bench(flags))))
  withExample(command, 'zab bench --only writes,reads --seconds 5')
}

/** Undefined when a name is unknown: it is said. */
const named = <N extends string>(only: string | undefined, names: readonly N[]): readonly N[] | undefined => {
  if (only === undefined) return names
  const chosen = chooseNames(only, names)
  if (chosen._tag === 'Right') return chosen.right
  process.stderr.write(`${chosen.left}\n`)
  return undefined
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

/** Ends the run, and all that it has started, on any of the signals that ask for it. */
const stopOnSignal = (): AbortController => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  return stop
}

/** `measure`, unless it is interrupted. */
const untilStopped = async (stop: AbortSignal, measure: () => Promise<number>): Promise<number> => {
  try {
    return await measure()
  } catch (error) {
    if (!stop.aborted) throw error
    process.stderr.write('interrupted; all that was started has ended\n')
    return EXIT.unknown
  }
}

const hostile = async (flags: Flags): Promise<number> => {
  const { chosen, describeMenu, itemOf, MENU } = await import('../bench/hostile/menu.js')
  if (flags.list) {
    process.stdout.write(describeMenu())
    return EXIT.held
  }
  const wanted = named(
    flags.only,
    MENU.map(({ name }) => name),
  )
  if (wanted === undefined) return EXIT.usage
  const { runHostile } = await import('../bench/hostile/run.js')
  const { exitCodeOf, renderHostile } = await import('../bench/hostile/report.js')
  const { makeProgress } = await import('../bench/progress.js')
  const { describeMachine } = await import('../bench/machine.js')
  const stop = stopOnSignal()
  return untilStopped(stop.signal, async () => {
    const rows = await runHostile({
      items: flags.only === undefined ? chosen(flags.brief) : wanted.flatMap((name) => itemOf(name) ?? []),
      ours: ourContender(undefined),
      theirs: flags.against && { name: flags.name, command: flags.against },
      brief: flags.brief,
      seed: flags.seed,
      seconds: flags.itemSeconds,
      boundMs: (flags.brief ? BRIEF_BOUND_SECONDS : BOUND_SECONDS) * 1000,
      firstPort: flags.port,
      dataDir: path.resolve(flags.data),
      attacker: program('bench/hostile/attacker'),
      innocent: program('bench/hostile/innocent'),
      progress: makeProgress(process.stderr, process.stderr.isTTY),
      stop: stop.signal,
    })
    const { json, text } = renderHostile(rows, describeMachine(), flags.name, flags.markdown)
    process.stdout.write(flags.json === true ? json : text)
    if (typeof flags.json === 'string') writeFileSync(flags.json, json)
    return exitCodeOf(rows)
  })
}

const bench = async (flags: Flags): Promise<number> => {
  const phases = named(flags.only, PHASES)
  if (phases === undefined) return EXIT.usage
  const { runBench } = await import('../bench/run.js')
  const { makeProgress } = await import('../bench/progress.js')
  const { describeMachine } = await import('../bench/machine.js')
  const { render } = await import('../bench/render.js')
  const stop = stopOnSignal()
  const progress = makeProgress(process.stderr, process.stderr.isTTY)
  const profileDir = flags.profile === undefined ? undefined : path.resolve(flags.profile)
  return untilStopped(stop.signal, async () => {
    const report = await runBench({
      phases: new Set(phases),
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
  })
}
