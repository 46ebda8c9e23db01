/** One run to be, as JSON: the options of its world, its commands, and the planted bug if there is one. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { faultNames } from '../world/atlas.js'
import type { Command } from '../world/command.js'
import { showCommand } from '../world/command.js'
import type { PlainOptions } from '../world/options.js'
import { plainOptions } from '../world/options.js'

// --- model

export interface Scenario {
  readonly options: PlainOptions
  readonly commands: readonly Command[]
  /** Id of an entry of the bug museum that the servers have. */
  readonly bug?: string
}

/** More would run for minutes. */
export const MAX_COMMANDS = 10_000
const MAX_SERVERS = 31
const MAX_CLIENTS = 1000
/** An `advance` of more than an hour is a mistake. */
const MAX_NUMBER = 0xffff_ffff

// --- operations

/** On one line. Which faults the commands were drawn from is over and done with. */
export const renderScenario = ({ options: { faults: _faults, ...options }, commands, bug }: Scenario): string =>
  JSON.stringify({ ...(bug === undefined ? {} : { bug }), ...options, commands })

/** Whatever is no scenario of this release is refused, with the reason. Total. */
export const parseScenario = (text: string): Either<string, Scenario> => {
  const value = parseJson(text)
  if (!isRecord(value)) return left('it is not a JSON object')
  const { commands, bug, ...options } = value
  const wrong = wrongOptions(options)
  if (wrong !== undefined) return left(wrong)
  if (bug !== undefined && typeof bug !== 'string') return left('bug is no text')
  if (!Array.isArray(commands)) return left('commands is not a list')
  if (commands.length > MAX_COMMANDS) return left(`there are more than ${MAX_COMMANDS} commands`)
  const index = commands.findIndex((command) => !isCommand(command))
  if (index >= 0) return left(`command ${index + 1} is not known to this release`)
  // All that the types demand has been looked at. What else there is, no run depends on.
  const scenario = {
    options: plainOptions(options as unknown as PlainOptions),
    commands: commands as readonly Command[],
  }
  return right(bug === undefined ? scenario : { ...scenario, bug })
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isCount = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most

const wrongOptions = (options: Fields): string | undefined => {
  const { seed, voters, observers, clients, committedWindow, snapCount, codecs, faults } = options
  if (!isCount(seed, 0, MAX_NUMBER)) return 'seed is no whole number of 32 bits'
  if (!isCount(voters, 1, MAX_SERVERS)) return `voters is no whole number from 1 to ${MAX_SERVERS}`
  if (!isCount(observers, 0, MAX_SERVERS)) return `observers is no whole number from 0 to ${MAX_SERVERS}`
  if (!isCount(clients, 1, MAX_CLIENTS)) return `clients is no whole number from 1 to ${MAX_CLIENTS}`
  for (const [name, value] of Object.entries({ committedWindow, snapCount }))
    if (value !== undefined && !isCount(value, 1, MAX_NUMBER)) return `${name} is no whole number above 0`
  if (codecs !== undefined && typeof codecs !== 'boolean') return 'codecs is neither true nor false'
  if (faults !== undefined && !(Array.isArray(faults) && faults.every(isFaultName)))
    return 'faults is not a list of faults that this release knows'
  return undefined
}

const isFaultName = (name: unknown): boolean => faultNames.some((known) => known === name)

/** Its fields are plain and bounded, and it can be put into words: a kind that this release does not know has none. */
const isCommand = (value: unknown): boolean => {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !isPlain(value, 0)) return false
  if (value['kind'] === 'request' && !isRecord(value['action'])) return false
  try {
    // Only its words are looked at.
    const words: unknown = showCommand(value as unknown as Command)
    return typeof words === 'string' && !/undefined|NaN|\[object/.test(words)
  } catch {
    return false
  }
}

const MAX_DEPTH = 4
const MAX_TEXT = 1000

const isPlain = (value: unknown, depth: number): boolean => {
  if (depth > MAX_DEPTH) return false
  if (typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= MAX_NUMBER
  if (typeof value === 'string') return value.length <= MAX_TEXT
  return (Array.isArray(value) || isRecord(value)) && Object.values(value).every((part) => isPlain(part, depth + 1))
}
