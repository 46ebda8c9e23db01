/** Scripts: executions of spec/zab.ts as lists of actions, and what happens when one is played. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Guard, System } from '../../spec/logic/system.js'
import type { CompiledSystem } from '../../spec/logic/perform.js'
import type { Change, Structure } from '../../spec/logic/structure.js'
import { idOf, nameOf, sizeOf } from '../../spec/logic/structure.js'
import { ORIGIN, epochIn } from './small-world.js'

// --- model

/** An action and elements for its parameters, by name. Those left out are found: some for which all guards hold. */
export interface Step {
  readonly action: string
  readonly of: Readonly<Record<string, string>>
}

export type Script = readonly Step[]

export interface Taken {
  /** With all arguments. */
  readonly step: Step
  readonly changes: readonly Change[]
}

export interface Refused {
  /** Place in the script, from 0. */
  readonly at: number
  readonly step: Step
  readonly guards: readonly Guard[]
}

export interface Played {
  readonly taken: readonly Taken[]
  /** Of the step that was not admitted, if any; the structure is as it was before it. */
  readonly refused: Refused | undefined
}

export interface Options {
  readonly reference?: CompiledSystem
  readonly observe?: (taken: Taken, at: number) => void
}

// --- constructors: single steps

const step =
  (action: string) =>
  (of: Readonly<Record<string, string>>): Step => ({ action, of })

export const promise = (server: string, leader: string, epoch: string): Step =>
  step('promise')({ server, leader, epoch })
export const startEpoch = (epoch: string, leader: string, quorum: string, source: string = leader): Step =>
  step('startEpoch')({ leader, epoch, quorum, source })
export const synchronize = (server: string, epoch: string, point: string = ORIGIN): Step =>
  step('synchronize')({ server, epoch, point })
export const flush = (server: string, point: string): Step => step('flush')({ server, point })
export const adopt = (server: string, epoch: string): Step => step('adopt')({ server, epoch })
export const establish = (epoch: string, quorum: string): Step => step('establish')({ epoch, quorum })
export const propose = (zxid: string, epoch: string = epochIn(zxid)): Step => step('propose')({ epoch, zxid })
export const acknowledge = (server: string, zxid: string): Step => step('acknowledge')({ server, zxid })
export const commit = (zxid: string, quorum: string): Step => step('commit')({ zxid, quorum })
export const deliver = (server: string, zxid: string): Step => step('deliver')({ server, zxid })
export const crash = (server: string, point: string, image: string = ORIGIN): Step =>
  step('crash')({ server, point, image })

// --- constructors: longer ones. A quorum is written with the letters of its nodes.

/** The quorum promises, and the epoch starts. */
export const elect = (epoch: string, leader: string, quorum: string, source: string = leader): Script => [
  ...[...quorum].map((server) => promise(server, leader, epoch)),
  startEpoch(epoch, leader, quorum, source),
]

/** The server has the initial history, whose last transaction this is, and adopts the epoch. */
export const follow = (server: string, epoch: string, last: string = ORIGIN): Script => [
  synchronize(server, epoch, last),
  ...(last === ORIGIN ? [] : [flush(server, last)]),
  adopt(server, epoch),
]

/** The quorum follows, and the epoch is established. */
export const settle = (epoch: string, quorum: string, last: string = ORIGIN): Script => [
  ...[...quorum].flatMap((server) => follow(server, epoch, last)),
  establish(epoch, quorum),
]

export const reign = (epoch: string, leader: string, quorum: string, last: string = ORIGIN): Script => [
  ...elect(epoch, leader, quorum),
  ...settle(epoch, quorum, last),
]

/** The proposal is durable at the server. */
export const store = (server: string, zxid: string): Script => [
  synchronize(server, epochIn(zxid), zxid),
  flush(server, zxid),
]

export const storeAndAcknowledge = (server: string, zxid: string): Script => [
  ...store(server, zxid),
  acknowledge(server, zxid),
]

export const replicate = (zxid: string, quorum: string): Script => [
  propose(zxid),
  ...[...quorum].flatMap((server) => storeAndAcknowledge(server, zxid)),
  commit(zxid, quorum),
]

// --- operations

/**
 * Plays the script on the structure, as far as the system admits it. `observe` sees the structure after each step. Of
 * arguments that the system admits, those are taken that the reference, of which the system is a mutant, admits as well.
 */
export const play = (
  compiled: CompiledSystem,
  structure: Structure,
  script: Script,
  { reference = compiled, observe = () => undefined }: Options = {},
): Played => {
  const taken: Taken[] = []
  for (const [at, incomplete] of script.entries()) {
    const of = complete(compiled, reference, structure, incomplete)
    const step = { ...incomplete, of: namesOf(compiled.system, structure, incomplete, of) }
    const outcome = compiled.perform(structure, step.action, of)
    if (isLeft(outcome)) return { taken, refused: { at, step, guards: outcome.left.failed } }
    const one = { step, changes: outcome.right }
    taken.push(one)
    observe(one, at)
  }
  return { taken, refused: undefined }
}

// --- how

type Ids = Readonly<Record<string, number>>

/** Arguments for all parameters: those that fewest guards refuse, first of the system and then of the reference. */
const complete = (
  compiled: CompiledSystem,
  reference: CompiledSystem,
  structure: Structure,
  { action, of }: Step,
): Ids => {
  let best: Ids = {}
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates(compiled.system, structure, action, of)) {
    const failing = (system: CompiledSystem): number => system.failing(structure, action, candidate).length
    const weight = MANY_GUARDS * failing(compiled) + failing(reference)
    if (weight >= fewest) continue
    best = candidate
    fewest = weight
    if (weight === 0) break
  }
  return best
}

/** More than any action has. */
const MANY_GUARDS = 100

const candidates = (
  system: System,
  structure: Structure,
  action: string,
  of: Readonly<Record<string, string>>,
): readonly Ids[] =>
  parametersOf(system, action).reduce<readonly Ids[]>(
    (partial, { name, sort }) => {
      const given = of[name]
      const ids =
        given === undefined
          ? Array.from({ length: sizeOf(structure, sort) }, (_, id) => id)
          : [known(structure, sort, given)]
      return partial.flatMap((ids_) => ids.map((id) => ({ ...ids_, [name]: id })))
    },
    [{}],
  )

const known = (structure: Structure, sort: string, name: string): number => {
  const id = idOf(structure, sort, name)
  if (id === undefined) throw new RangeError(`there is no ${sort} ${name} here`)
  return id
}

const parametersOf = (system: System, action: string): System['actions'][number]['parameters'] =>
  system.actions.find(({ name }) => name === action)?.parameters ?? []

const namesOf = (system: System, structure: Structure, { action, of }: Step, ids: Ids): Step['of'] => ({
  ...of,
  ...Object.fromEntries(
    parametersOf(system, action).map(({ name, sort }) => [name, nameOf(structure, sort, ids[name] ?? 0)]),
  ),
})
