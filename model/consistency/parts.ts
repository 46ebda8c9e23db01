/**
 * Parts of a history that have nothing to do with each other: no path in common, no parent, no multi, no session whose
 * end takes nodes of both. Each part of a legal sequence is legal for itself, so what refutes a part refutes the whole.
 * The other way round holds where the order is given (zxids), and for writes, but not for reads without zxids: each part
 * of a history may be sequentially consistent and the whole not.
 */
import type { SessionId } from '../../src/service/session.js'
import type { Operation } from '../service.js'
import type { Call, History } from './history.js'
import { append, groupBy } from './lists.js'
import { makesEphemeral } from './touches.js'

/** At most one part of a history that reads or counts the root's children: everything is a child of the root. */
export const partsOf = (history: History): readonly History[] => {
  const { calls } = history
  const groups = makeGroups()
  const ending = endingSessions(history)
  for (const call of calls) {
    const keys = keysOf(call)
    for (const key of keys) groups.unite(keys[0] ?? key, key)
    if (keys[0] !== undefined && ending.has(call.session)) groups.unite(keys[0], `session ${call.session}`)
  }
  if (calls.some((call) => keysOf(call).includes('/'))) return [history]
  const parts = new Map<string, Call[]>()
  const members = new Map<string, Set<SessionId>>()
  for (const call of calls) {
    const [key] = keysOf(call)
    if (key === undefined) continue
    const root = groups.rootOf(key)
    append(parts, root, call)
    const sessions = members.get(root) ?? new Set()
    members.set(root, sessions.add(call.session))
  }
  const ownCalls = groupBy(
    calls.filter(({ operation }) => isOfSession(operation)),
    ({ session }) => session,
  )
  const ownEnds = groupBy(history.ends ?? [], ({ session }) => session)
  return [...parts].map(([root, own]) => {
    const sessions = [...(members.get(root) ?? [])]
    return {
      ...history,
      calls: [...own, ...sessions.flatMap((session) => ownCalls.get(session) ?? [])],
      ends: sessions.flatMap((session) => ownEnds.get(session) ?? []),
    }
  })
}

/** Sessions whose end is not told with certainty, or may matter in several parts. */
const endingSessions = ({ calls, ends }: History): ReadonlySet<SessionId> =>
  new Set([...calls.filter(isAboutAnEnd).map((call) => call.session), ...(ends ?? []).map((end) => end.session)])

const isAboutAnEnd = ({ operation, outcome }: Call): boolean =>
  operation.op === 'closeSession' ||
  makesEphemeral(operation) ||
  (outcome.kind === 'ok' && outcome.result.error === 'SESSIONEXPIRED')

const isOfSession = ({ op }: Operation): boolean => op === 'createSession' || op === 'closeSession'

/** First components of the paths; `/` itself for what tells of the root's children. */
const keysOf = ({ operation }: Call): readonly string[] => {
  if (operation.op === 'multi') return operation.operations.map(keyOf)
  return 'path' in operation ? [keyOf(operation)] : []
}

const keyOf = (operation: { readonly path: string; readonly flags?: number }): string => {
  const { path } = operation
  const isNumberedByRoot = ((operation.flags ?? 0) & 2) !== 0 && path.lastIndexOf('/') === 0
  return path === '' || isNumberedByRoot ? '/' : `/${path.split('/')[1] ?? ''}`
}

/** Disjoint sets of names. */
const makeGroups = () => {
  const parents = new Map<string, string>()
  const rootOf = (name: string): string => {
    let root = name
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
    for (let at = name; at !== root; ) {
      const next = parents.get(at) ?? root
      parents.set(at, root)
      at = next
    }
    return root
  }
  const unite = (first: string, second: string): void => {
    const [one, other] = [rootOf(first), rootOf(second)]
    if (one !== other) parents.set(one, other)
  }
  return { rootOf, unite }
}
