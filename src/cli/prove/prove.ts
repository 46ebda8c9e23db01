/** What `zab prove` does. It is loaded when it is asked for: servers have no use for it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
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
import { EXIT } from '../exit-code.js'
import type { Flags } from './flags.js'
import type { Engine } from './engine.js'

/** Seeds for each obligation before it is given up. Where stability is at stake (`--seeds`) there is one only. */
const ATTEMPTS = 2
/** What the second solver has for one obligation. */
const CROSS_CHECK_MS = 2_000

export const prove = async (flags: Flags): Promise<number> => {
  if (flags.tla === true) return printModule()
  const { select, startZ3 } = await import('./choose.js')
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
  const { dischargeAll } = await import('./discharge.js')
  const { countDown } = await import('./progress.js')
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
  const { nativeCvc5 } = await import('./native-engine.js')
  const { crossCheck, renderOpinion } = await import('./cross-check.js')
  const { countDown } = await import('./progress.js')
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
  const { findCore } = await import('./record.js')
  const { countDown } = await import('./progress.js')
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
