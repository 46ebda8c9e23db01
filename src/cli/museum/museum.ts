/** What `zab museum` does. It is loaded when it is asked for: servers have no use for it. */
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Bug } from '../../../proofs/museum/bug.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { counterexamples } from '../../../proofs/museum/counterexamples.js'
import type { Counterexample } from '../../../proofs/museum/counterexample.js'
import { isShown, pin, renderCounterexamples } from '../../../proofs/museum/pin.js'
import { tell } from '../../../proofs/museum/story.js'
import { EXIT } from '../exit-code.js'
import { countDown } from '../prove/progress.js'
import { readClauseTitles } from './clause-titles.js'
import type { Death, Search } from './detection.js'
import { LIFE_MS, fuzz } from './detection.js'
import { isCaught, renderJson, renderText } from './table.js'

export interface Flags {
  readonly seed: number
  readonly json?: true
  readonly record?: true
  readonly root: string
}

/** The time to look for one counterexample. */
const PIN_MS = 60_000

const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

const clockMs = (): number => performance.now()

/** `explore` fills the column of exploration. */
export const museum = async (id: string | undefined, flags: Flags, explore?: Search): Promise<number> => {
  const chosen = ids.filter((known) => id === undefined || known.toLowerCase() === id.toLowerCase())
  const [only] = chosen
  if (only === undefined) {
    process.stderr.write(`error: there is no ${id ?? 'bug'} in the museum, but ${ids.join(', ')}\n`)
    return EXIT.usage
  }
  if (flags.record === true) return record(chosen, flags)
  return id === undefined ? runAll(flags, explore) : tellOne(only)
}

const runAll = async ({ seed, json }: Flags, explore: Search | undefined): Promise<number> => {
  const countdown = countDown(process.stderr, 'bugs', ids.length, clockMs)
  const deaths: Death[] = []
  for (const id of ids) {
    const bug: Bug = catalogue[id]
    deaths.push({ bug, fuzzing: fuzz(bug, seed, LIFE_MS, clockMs), exploration: await explore?.(bug, LIFE_MS) })
    countdown.done()
  }
  countdown.end()
  process.stdout.write(`${json === true ? renderJson(seed, deaths) : renderText(deaths)}\n`)
  return deaths.every(isCaught) ? EXIT.held : EXIT.violated
}

const tellOne = (id: CatalogueId): number => {
  const titles = readClauseTitles()
  process.stdout.write(tell(catalogue[id], counterexamples[id], (clause) => titles.get(clause)))
  return isShown(catalogue[id], counterexamples[id]) ? EXIT.held : EXIT.violated
}

/** Counterexamples that no longer show their bug are found anew; all of the chosen ones when one is named. */
const record = (chosen: readonly CatalogueId[], { root, seed }: Flags): number => {
  const file = path.join(root, 'proofs', 'museum', 'counterexamples.ts')
  if (!existsSync(file)) throw new Error(`there is no ${file}: run in a checkout of the project, or give --root`)
  const isKept = (id: CatalogueId): boolean =>
    !chosen.includes(id) || (chosen.length > 1 && isShown(catalogue[id], counterexamples[id]))
  const countdown = countDown(process.stderr, 'counterexamples', ids.length, clockMs)
  const missing: string[] = []
  const entries = ids.map((id): readonly [string, Counterexample] => {
    const found = isKept(id) ? counterexamples[id] : pin(catalogue[id], makeIsOver, seed)
    if (found === undefined) missing.push(id)
    countdown.done()
    return [id, found ?? counterexamples[id]]
  })
  countdown.end()
  writeFileSync(file, renderCounterexamples(entries))
  process.stdout.write(missing.length === 0 ? 'recorded\n' : `not found: ${missing.join(', ')}\n`)
  return missing.length === 0 ? EXIT.held : EXIT.violated
}

const makeIsOver = (): (() => boolean) => {
  const begunMs = clockMs()
  return () => clockMs() - begunMs > PIN_MS
}
