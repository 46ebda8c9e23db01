/** A directory of schedules that have reached something, one JSON file each, named by its contents. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { MAX_CORPUS } from '../../../model/fuzz/campaign.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import { parseScenario, renderScenario } from '../../../model/fuzz/scenario.js'
import { reasonOf } from './output.js'

/** A schedule of two hundred commands has a tenth of it. */
const MAX_FILE_BYTES = 256 << 10

/** The schedules of the directory, which is made when there is none, by name; or what is wrong with it. */
export const readCorpus = (directory: string): Either<string, readonly Scenario[]> => {
  const scenarios: Scenario[] = []
  try {
    mkdirSync(directory, { recursive: true })
    const names = readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort()
    if (names.length > MAX_CORPUS)
      return left(`--corpus ${directory}: there are more than ${MAX_CORPUS} schedules; remove some`)
    for (const name of names) {
      const file = path.join(directory, name)
      const scenario = readOne(file)
      if (isLeft(scenario)) return left(`${file}: ${scenario.left}; mend or remove it`)
      scenarios.push(scenario.right)
    }
  } catch (error) {
    return left(`--corpus ${directory}: ${reasonOf(error)}; name a directory that can be read and written`)
  }
  return right(scenarios)
}

const readOne = (file: string): Either<string, Scenario> => {
  try {
    return statSync(file).size > MAX_FILE_BYTES
      ? left(`it has more than ${MAX_FILE_BYTES} bytes`)
      : parseScenario(readFileSync(file, 'utf8'))
  } catch (error) {
    return left(reasonOf(error))
  }
}

/** Writes one more; a file is whole or not there. Gives what went wrong, if anything did. */
export const addToCorpus = (directory: string, scenario: Scenario): string | undefined => {
  const text = `${renderScenario(scenario)}\n`
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = path.join(directory, `${name}.json`)
  const draft = path.join(directory, `.${name}.${process.pid}`)
  try {
    writeFileSync(draft, text)
    renameSync(draft, file)
    return undefined
  } catch (error) {
    return `--corpus ${directory}: ${reasonOf(error)}; make room, or name another directory`
  }
}
