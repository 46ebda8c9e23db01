/**
 * `zab prove`: ZAB is safe for any number of servers, by induction; every step of the argument is discharged by Z3.
 *
 * Exit codes: 0 all that was asked is proved, 1 something is refuted or an engine failed, 4 something is neither.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import { properties } from '../../../spec/properties.js'
import { zab } from '../../../spec/zab.js'
import type { Cores } from '../../../proofs/induction/cores.js'
import { recorded, renderCores } from '../../../proofs/induction/cores.js'
import { cuts } from '../../../proofs/induction/cuts.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import { hypothesesOf, obligationsOf } from '../../../proofs/induction/obligations.js'
import { recordedCores } from '../../../proofs/induction/recorded-cores.js'
import type { Report } from '../../../proofs/induction/report.js'
import { isProved, isRefuted, renderJson, renderRun, renderText } from '../../../proofs/induction/report.js'
import { smtFile, smtFileName } from '../../../proofs/induction/smt.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { EXIT } from '../exit-code.js'
import type { EngineName } from '../prove/choose.js'
import type { Engine } from '../prove/engine.js'
import { Option } from 'commander'

interface Flags {
  readonly only?: string
  readonly conjunct?: string
  readonly engine?: EngineName
  readonly jobs: number
  readonly seed: number
  readonly seeds: number
  readonly timeout: number
  readonly full?: true
  readonly crossCheck?: 'cvc5'
  readonly record?: true
  readonly root: string
  readonly smtlib?: string
  readonly tla?: true
  readonly json?: true
}

/** Seeds for each obligation before it is given up. Where stability is at stake (`--seeds`) there is one only. */
const ATTEMPTS = 2
/** What the second solver has for one obligation. */
const CROSS_CHECK_MS = 2_000

export const addProve: AddCommand = (program, finish) => {
  const command = program
    .command('prove')
    .description('prove the delivery properties of ZAB, for any number of servers, with Z3')
    .option('--only <step>', "obligations of one action, or of 'initially' or 'properties'")
    .option('--conjunct <name>', 'obligations with this goal')
    .addOption(
      new Option('--engine <name>', 'Z3 from npm, or z3 on PATH (the default when there is one)').choices([
        'npm',
        'native',
      ]),
    )
    .option('--jobs <number>', 'processes', integerBetween(1, 64), availableParallelism())
    .option('--seed <number>', 'of the solver', integerBetween(0, 1_000_000), 0)
    .option('--seeds <number>', 'prove it this many times, with one seed after the other', integerBetween(1, 1000), 1)
    .option('--timeout <seconds>', 'for each attempt at an obligation', integerBetween(1, 3600), 20)
    .option('--full', 'ignore the recorded hypotheses, use all')
    .addOption(new Option('--cross-check <solver>', 'ask another solver on PATH as well').choices(['cvc5']))
    .option('--smtlib <directory>', 'write each obligation as a file for any SMT solver, and prove nothing')
    .option('--tla', 'print the same system as a TLA+ module, and prove nothing')
    .option('--record', 'find out anew which hypotheses each proof needs, and write it down in the checkout')
    .option('--root <directory>', 'the checkout, for --record', '.')
    .option('--json', 'one JSON object for each seed instead of text')
    .action(async (flags: Flags) => {
      finish(await prove(flags))
    })
  withExample(command, 'zab prove --only startEpoch --seeds 10')
}

const prove = async (flags: Flags): Promise<number> => {
  if (flags.tla === true) return printModule()
  const { select, startZ3 } = await import('../prove/choose.js')
  const selected = select(obligationsOf(zab, invariant, properties, cuts), flags.only, flags.conjunct)
  if (isLeft(selected)) {
    process.stderr.write(`error: ${selected.left}\n`)
    return EXIT.usage
  }
  const obligations = selected.right
  if (flags.smtlib !== undefined) return writeFiles(flags.smtlib, obligations, flags.full === true ? {} : recordedCores)
  const engine = await startZ3(flags.engine, flags.jobs)
  // Nothing that we started outlives us, and half a proof is no proof.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      engine.close()
      process.stderr.write('interrupted: nothing is proved\n')
      process.exit(EXIT.unknown)
    })
  try {
    return flags.record === true ? await record(engine, obligations, flags) : await proveAll(engine, obligations, flags)
  } finally {
    engine.close()
  }
}

// --- proving

const proveAll = async (engine: Engine, obligations: readonly Obligation[], flags: Flags): Promise<number> => {
  const reports: Report[] = []
  for (let seed = flags.seed; seed < flags.seed + flags.seeds; seed += 1) {
    const report = await proveOnce(engine, obligations, flags, seed)
    reports.push(report)
    const render = flags.json === true ? renderJson : flags.seeds > 1 ? renderRun : renderText
    process.stdout.write(`${render(report)}\n`)
  }
  const exitCode = reports.some(isRefuted) ? EXIT.violated : reports.every(isProved) ? EXIT.held : EXIT.unknown
  return exitCode === EXIT.held && flags.crossCheck !== undefined ? askAnother(obligations, flags) : exitCode
}

const proveOnce = async (
  engine: Engine,
  obligations: readonly Obligation[],
  flags: Flags,
  seed: number,
): Promise<Report> => {
  const { dischargeAll } = await import('../prove/discharge.js')
  const { countDown } = await import('../prove/progress.js')
  const begunMs = performance.now()
  const countdown = countDown(process.stderr, 'obligations', obligations.length, () => performance.now())
  const results = await dischargeAll(
    engine,
    zab,
    obligations,
    flags.full === true ? {} : recordedCores,
    { seed, timeoutMs: flags.timeout * 1000, seeds: flags.seeds > 1 ? 1 : ATTEMPTS },
    countdown.done,
  )
  countdown.end()
  const seconds = (performance.now() - begunMs) / 1000
  return { engine: engine.name, seed, results, seconds, asked: obligations.length }
}

/** A second solver confirms or has no opinion; where it contradicts, one of the two is wrong. */
const askAnother = async (obligations: readonly Obligation[], { jobs, seed }: Flags): Promise<number> => {
  const { nativeCvc5 } = await import('../prove/native-engine.js')
  const { crossCheck, renderOpinion } = await import('../prove/cross-check.js')
  const { countDown } = await import('../prove/progress.js')
  const cvc5 = nativeCvc5(jobs)
  if (cvc5 === undefined) throw new Error('there is no cvc5 on PATH: install it (Debian: apt-get install cvc5)')
  const countdown = countDown(process.stderr, 'second opinions', obligations.length, () => performance.now())
  const limits = { seed, timeoutMs: CROSS_CHECK_MS }
  const opinion = await crossCheck(cvc5, zab, obligations, recordedCores, limits, countdown.done)
  countdown.end()
  process.stderr.write(`${renderOpinion(opinion)}\n`)
  return opinion.contradicted.length === 0 ? EXIT.held : EXIT.violated
}

// --- writing

/** New records for these obligations; those of others stay while their obligations exist. */
const record = async (engine: Engine, obligations: readonly Obligation[], flags: Flags): Promise<number> => {
  const file = path.join(flags.root, 'proofs', 'induction', 'recorded-cores.ts')
  if (!existsSync(file)) throw new Error(`there is no ${file}: run in a checkout of the project, or give --root`)
  const { findCore } = await import('../prove/record.js')
  const { countDown } = await import('../prove/progress.js')
  const countdown = countDown(process.stderr, 'records', obligations.length, () => performance.now())
  const former = flags.full === true ? {} : recordedCores
  const found = await Promise.all(
    obligations.map(async (obligation) => {
      const core = await findCore(engine, zab, obligation, former)
      countdown.done()
      return [obligation.name, core] as const
    }),
  )
  countdown.end()
  const anew = new Map(found)
  const cores: Cores = Object.fromEntries(
    obligationsOf(zab, invariant, properties, cuts).flatMap(({ name }) => {
      const core = anew.has(name) ? anew.get(name) : recordedCores[name]
      return core === undefined ? [] : [[name, core] as const]
    }),
  )
  writeFileSync(file, renderCores(cores))
  const missing = found.filter(([, core]) => core === undefined).map(([name]) => name)
  process.stdout.write(
    [
      ...missing.map((name) => `not proved, so not recorded: ${name}`),
      `${found.length - missing.length} recorded`,
      '',
    ].join('\n'),
  )
  return missing.length === 0 ? EXIT.held : EXIT.unknown
}

const writeFiles = (directory: string, obligations: readonly Obligation[], cores: Cores): number => {
  mkdirSync(directory, { recursive: true })
  for (const obligation of obligations) {
    const hypotheses = recorded(cores, obligation) ?? hypothesesOf(obligation)
    writeFileSync(path.join(directory, smtFileName(obligation)), smtFile(zab, obligation, hypotheses))
  }
  process.stdout.write(`${obligations.length} files in ${directory}\n`)
  return EXIT.held
}

const printModule = async (): Promise<number> => {
  const { showModule } = await import('../../../spec/logic/tla.js')
  const { smallInstance } = await import('../../../spec/small-instance.js')
  process.stdout.write(showModule(zab, properties, invariant, smallInstance))
  return EXIT.held
}
