/** One run to be, as JSON: the options of its world, its commands, and the planted bug if there is one. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { everyFaultName } from '../world/atlas.js'
import type { Command } from '../world/command.js'
import type { PlainOptions } from '../world/options.js'
import { plainOptions } from '../world/options.js'
import type { Guard } from './guards.js'
import { isAbsentOr, isBetween, isCommand, isListOf, isOneOf, isRecord } from './guards.js'

// --- model

export interface Scenario {
  readonly options: PlainOptions
  readonly commands: readonly Command[]
  /** Id of an entry of the bug museum that the servers have. */
  readonly bug?: string
  /** Of the run that was seen; another one is another run: other code. */
  readonly fingerprint?: number
}

/** More would run for minutes. */
export const MAX_COMMANDS = 10_000
const MAX_SERVERS = 31
const MAX_CLIENTS = 1000
/** An `advance` of more than an hour is a mistake. */
const MAX_NUMBER = 0xffff_ffff

// --- operations

/** On one line. Which faults the commands were drawn from is over and done with. */
export const renderScenario = ({
  options: { faults: _faults, ...options },
  commands,
  bug,
  fingerprint,
}: Scenario): string =>
  JSON.stringify({
    ...(bug === undefined ? {} : { bug }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...options,
    commands,
  })

/** Whatever is no scenario of this release is refused, with the reason. Total. */
export const parseScenario = (text: string): Either<string, Scenario> => {
  const value = parseJson(text)
  if (!isRecord(value)) return left('it is not a JSON object')
  const { commands, bug, fingerprint, ...options } = value
  const wrong = Object.entries(optionFields).find(([name, { guard }]) => !guard(options[name]))
  if (wrong !== undefined) return left(`${wrong[0]} is ${wrong[1].wrong}`)
  if (!isOptions(options)) return left('it has options that are not known to this release')
  if (bug !== undefined && typeof bug !== 'string') return left('bug is no text')
  if (!isFingerprint(fingerprint)) return left('fingerprint is no whole number of 32 bits')
  if (!Array.isArray(commands)) return left('commands is not a list')
  if (commands.length > MAX_COMMANDS) return left(`there are more than ${MAX_COMMANDS} commands`)
  const stranger = commands.findIndex((command) => !isCommand(command))
  return isCommands(commands)
    ? right(scenarioOf(plainOptions(options), commands, bug, fingerprint))
    : left(`command ${stranger + 1} is not known to this release`)
}

const scenarioOf = (
  options: PlainOptions,
  commands: readonly Command[],
  bug: string | undefined,
  fingerprint: number | undefined,
): Scenario => ({
  options,
  commands,
  ...(bug === undefined ? {} : { bug }),
  ...(fingerprint === undefined ? {} : { fingerprint }),
})

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isCommands = isListOf(isCommand)
const isFingerprint = isAbsentOr(isBetween(0, MAX_NUMBER))

interface Field<A> {
  readonly guard: Guard<A>
  /** What a value is that is refused. */
  readonly wrong: string
}

const within = (least: number, most: number): Field<number> => ({
  guard: isBetween(least, most),
  wrong: `no whole number from ${least} to ${most}`,
})
const size: Field<number | undefined> = {
  guard: isAbsentOr(isBetween(1, MAX_NUMBER)),
  wrong: 'no whole number above 0',
}

const flag: Field<boolean | undefined> = {
  guard: isAbsentOr(isOneOf(true, false)),
  wrong: 'neither true nor false',
}

/** In the order in which they are looked at. */
const optionFields: { readonly [K in keyof PlainOptions]-?: Field<PlainOptions[K]> } = {
  seed: { guard: isBetween(0, MAX_NUMBER), wrong: 'no whole number of 32 bits' },
  voters: within(1, MAX_SERVERS),
  observers: within(0, MAX_SERVERS),
  clients: within(1, MAX_CLIENTS),
  joiners: { guard: isAbsentOr(isBetween(0, MAX_SERVERS)), wrong: `no whole number from 0 to ${MAX_SERVERS}` },
  reconfiguration: flag,
  committedWindow: size,
  snapCount: size,
  replayWindow: size,
  codecs: flag,
  faults: {
    guard: isAbsentOr(isListOf(isOneOf(...everyFaultName))),
    wrong: 'not a list of faults that this release knows',
  },
}

/** Those that are there are as they should be: that has been looked at. */
const isOptions = (options: Readonly<Record<string, unknown>>): options is PlainOptions & Record<string, unknown> =>
  Object.keys(options).every((name) => Object.hasOwn(optionFields, name))
