/** Is a value from outside one of ours? Field by field; what has further fields is not: it may mean something elsewhere. */
import type { ClientAction, Command } from '../world/command.js'

// --- model

export type Guard<A> = (value: unknown) => value is A

/** A guard for each field; one that may be absent lets undefined pass. */
type Fields<A> = { readonly [K in keyof A]-?: Guard<A[K]> }

/** By kind: the fields besides it. A new kind does not compile without its fields. */
type Kinds<A, Tag extends string> = {
  readonly [K in A[Tag & keyof A] & string]: Fields<Omit<Extract<A, Readonly<Record<Tag, K>>>, Tag>>
}

// --- constructors

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isBetween =
  (least: number, most: number): Guard<number> =>
  (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most

export const isOneOf =
  <const A extends readonly (string | boolean)[]>(...values: A): Guard<A[number]> =>
  (value): value is A[number] =>
    values.some((known) => known === value)

export const isAbsentOr =
  <A>(guard: Guard<A>): Guard<A | undefined> =>
  (value): value is A | undefined =>
    value === undefined || guard(value)

export const isListOf =
  <A>(guard: Guard<A>): Guard<readonly A[]> =>
  (value): value is readonly A[] =>
    Array.isArray(value) && value.every(guard)

/** Exactly these fields, by the kind that stands in `tag`. */
const isOneOfKinds =
  <A>(tag: string, kinds: Readonly<Record<string, Readonly<Record<string, Guard<unknown>>>>>): Guard<A> =>
  (value): value is A => {
    if (!isRecord(value)) return false
    const { [tag]: kind, ...rest } = value
    const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    if (fields === undefined) return false
    return (
      Object.entries(fields).every(([name, guard]) => guard(rest[name])) &&
      Object.keys(rest).every((name) => Object.hasOwn(fields, name))
    )
  }

// --- commands

const MAX_NUMBER = 0xffff_ffff
const MAX_PATH = 1000

const isNumber = isBetween(0, MAX_NUMBER)
const isServer = isBetween(1, MAX_NUMBER)
const isPath: Guard<string> = (value): value is string => typeof value === 'string' && value.length <= MAX_PATH
const isTrue = isAbsentOr(isOneOf(true))

const withValue = { path: isPath, value: isNumber }
const reading = { path: isPath, watch: isTrue }

const actions = {
  create: withValue,
  createEphemeral: withValue,
  createSequential: withValue,
  setData: withValue,
  multi: withValue,
  delete: { path: isPath },
  exists: reading,
  getData: reading,
  getChildren: reading,
  setDataIf: { ...withValue, version: isBetween(-1, MAX_NUMBER) },
  sync: {},
  closeSession: {},
} as const satisfies Readonly<Record<ClientAction['op'], Readonly<Record<string, Guard<unknown>>>>>

const commands: Kinds<Command, 'kind'> = {
  advance: { ms: isNumber },
  request: { client: isNumber, action: isOneOfKinds<ClientAction>('op', actions) },
  move: { client: isNumber, server: isServer, abrupt: isTrue },
  drop: { client: isNumber },
  storm: { path: isPath, count: isBetween(1, 1000) },
  reconfigure: {
    client: isNumber,
    voters: isListOf(isServer),
    observers: isListOf(isServer),
    leaving: isAbsentOr(isListOf(isServer)),
    version: isAbsentOr(isOneOf('last', 'unknown')),
  },
  crash: {
    server: isServer,
    effect: isAbsentOr(isNumber),
    at: isAbsentOr(isOneOf('unsynced', 'synced', 'rename')),
    loss: isAbsentOr(isOneOf('all', 'none', 'scattered')),
  },
  restart: { server: isServer },
  replaceDisk: { server: isServer, lost: isAbsentOr(isNumber) },
  pause: { server: isServer, ms: isNumber },
  cut: { from: isServer, to: isServer, port: isAbsentOr(isOneOf('election', 'quorum')) },
  isolate: { server: isServer, direction: isAbsentOr(isOneOf('in', 'out')) },
  partition: { group: isListOf(isServer) },
  slowLink: { from: isServer, to: isServer, factor: isNumber },
  heal: {},
  reset: { first: isServer, second: isServer, partial: isTrue },
  halfOpen: { first: isServer, second: isServer },
  stranger: {
    server: isServer,
    claims: isAbsentOr(isServer),
    port: isOneOf('election', 'quorum'),
    seed: isNumber,
    ms: isNumber,
  },
  slowDisk: { server: isServer, factor: isNumber },
  failDisk: { server: isServer, error: isOneOf('EIO', 'ENOSPC') },
  flip: { server: isServer, where: isOneOf('log', 'image') },
  drift: { server: isServer, permille: isNumber },
  jump: { server: isServer, ms: isBetween(-MAX_NUMBER, MAX_NUMBER) },
  stallTimers: { server: isServer, ms: isNumber },
  mend: { server: isServer },
}

export const isCommand: Guard<Command> = isOneOfKinds<Command>('kind', commands)
