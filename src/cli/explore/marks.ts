/**
 * The marks of exhaustive exploration, one after the other, the quick ones first. Each is put aside on disk now and then, so
 * that a night that is too short is gone on with in the next one; what is finished is not run again.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EXIT } from '../exit-code.js'

/**
 * Servers, transactions, timeouts, restarts, and for those with reconfigurations: joiners, reconfigurations. And how many states
 * there are, where that is known: in this release, not in an earlier one.
 */
export interface Mark {
  readonly bounds: readonly [number, number, number, number, number?, number?]
  readonly states?: number
}

export const marks: readonly Mark[] = [
  { bounds: [2, 2, 1, 1], states: 23_515 },
  { bounds: [3, 1, 1, 0], states: 12_495 },
  { bounds: [3, 1, 0, 1], states: 13_785 },
  { bounds: [3, 2, 1, 0], states: 76_473 },
  { bounds: [3, 2, 0, 1], states: 93_143 },
  { bounds: [3, 1, 0, 0, 0, 1], states: 126_559 },
  { bounds: [2, 1, 0, 0, 1, 1], states: 149_481 },
  { bounds: [2, 1, 1, 1, 0, 1], states: 426_797 },
  { bounds: [2, 0, 1, 0, 1, 1], states: 1_205_151 },
  { bounds: [3, 2, 1, 1] },
  { bounds: [3, 2, 0, 2] },
  { bounds: [3, 2, 2, 0], states: 2_402_538 },
  { bounds: [3, 2, 2, 1] },
  { bounds: [3, 2, 1, 2] },
]

export const nameOfMark = ({ bounds }: Mark): string => `(${bounds.join()})`

/** What became of one. */
export interface Outcome {
  readonly verdict: 'Held' | 'Violated' | 'Ended'
  readonly states: number
}

export interface MarksHost {
  /** Explores it, going on from the checkpoint in the folder if there is one, and putting it aside there. */
  readonly explore: (mark: Mark, folder: string) => Promise<Outcome>
  readonly say: (line: string) => void
}

/** Exit code: 1 if something is violated or a count is another one, 3 if a mark was not finished. */
export const runMarks = async (list: readonly Mark[], folder: string, { explore, say }: MarksHost): Promise<number> => {
  mkdirSync(folder, { recursive: true })
  for (const mark of list) {
    const name = nameOfMark(mark)
    const place = path.join(folder, mark.bounds.join('-'))
    const known = finished(`${place}.json`)
    if (known !== undefined) {
      say(`${name}: ${known.states} states, held (finished earlier)`)
      if (isOther(mark, known)) return wrong(mark, known, say)
      continue
    }
    const outcome = await explore(mark, place)
    if (outcome.verdict === 'Violated') return EXIT.violated
    if (outcome.verdict === 'Ended') {
      say(`${name}: not finished, ${outcome.states} states until now; the same command goes on with it`)
      return EXIT.budget
    }
    if (isOther(mark, outcome)) return wrong(mark, outcome, say)
    say(`${name}: ${outcome.states} states, held`)
    writeFileSync(`${place}.json`, `${JSON.stringify(outcome)}\n`)
    rmSync(place, { recursive: true, force: true })
  }
  return EXIT.held
}

const isOther = ({ states }: Mark, outcome: Outcome): boolean => states !== undefined && states !== outcome.states

const wrong = (mark: Mark, { states }: Outcome, say: MarksHost['say']): number => {
  say(`${nameOfMark(mark)}: ${states} states, where there were ${mark.states ?? 0}: look at what has changed`)
  return EXIT.violated
}

const finished = (file: string): Outcome | undefined => {
  try {
    const outcome: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const isOutcome =
      typeof outcome === 'object' && outcome !== null && 'states' in outcome && typeof outcome.states === 'number'
    return isOutcome ? { verdict: 'Held', states: Number(outcome.states) } : undefined
  } catch {
    return undefined
  }
}
