/** What `zab museum` does. It is loaded when it is asked for: servers have no use for it. */
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { counterexamples } from '../../../proofs/museum/counterexamples.js'
import type { Counterexample } from '../../../proofs/museum/counterexample.js'
import { isShown, pin, renderCounterexamples } from '../../../proofs/museum/pin.js'
import { makeProgress } from '../bench/progress.js'
import type { Progress } from '../bench/progress.js'
import { EXIT } from '../exit-code.js'
import { countDown } from '../prove/progress.js'
import type { Death, Search } from './detection.js'
import { LIFE_MS, exploration, fuzzing, isAsItShould } from './detection.js'
import { renderJson, renderText } from './table.js'
import type { By } from './telling.js'
import { tellOf } from './telling.js'

export interface Flags {
  readonly seed: number
  readonly json?: true
  readonly by?: By
  readonly record?: true
  readonly root: string
}

/** The time to look for one counterexample. */
const PIN_MS = 60_000

const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

const clockMs = (): number => performance.now()

/** `explore`: the search that fills the column of exploration. */
export const museum = (id: string | undefined, flags: Flags, explore: Search = exploration): number => {
  const chosen = ids.filter((known) => id === undefined || known.toLowerCase() === id.toLowerCase())
  const [only] = chosen
  if (only === undefined) {
    process.stderr.write(`error: there is no ${id ?? 'bug'} in the museum, but ${ids.join(', ')}\n`)
    return EXIT.usage
  }
  if (flags.record === true) return record(chosen, flags)
  const progress = makeProgress(process.stderr, process.stderr.isTTY)
  return id === undefined ? runAll(flags, fuzzing(flags.seed), explore, progress) : tellOne(only, flags, progress)
}

const runAll = ({ seed, json }: Flags, fuzz: Search, explore: Search, progress: Progress): number => {
  const deaths = ids.map((id, index): Death => {
    const by = (how: string): Parameters<Search>[1] => ({
      budgetMs: LIFE_MS,
      clockMs,
      tick: (text) => progress.tick(`${how}, ${text}`),
    })
    progress.step(`${index + 1} of ${ids.length}, ${id}`)
    return { id, exploration: explore(id, by('exploration')), fuzzing: fuzz(id, by('fuzzing')) }
  })
  progress.end()
  process.stdout.write(`${json === true ? renderJson(seed, deaths) : renderText(deaths)}\n`)
  return deaths.every(isAsItShould) ? EXIT.held : EXIT.violated
}

const tellOne = (id: CatalogueId, { by }: Flags, progress: Progress): number => {
  const { text, isShown: isStillShown } = tellOf(id, by, progress)
  process.stdout.write(text)
  return isStillShown ? EXIT.held : EXIT.violated
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
