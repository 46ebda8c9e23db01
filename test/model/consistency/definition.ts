// OSC(writes) by its definition: is there a set of the writes that may have been done, and an order of it and of all
// that was answered, that explains every answer? All sets and all orders are tried. For a handful of calls.
import type { Call, History } from '../../../model/consistency/history.js'
import { isAnswered, isWrite } from '../../../model/consistency/history.js'
import type { Operation, Result } from '../../../model/service.js'
import { makeService, sameResult } from '../../../model/service.js'
import * as Z from '../../../src/core/zxid.js'

/** One thing that is done, or may be. */
interface Item {
  readonly session: bigint
  /** Undefined: not asked for by the session, as its expiry. */
  readonly xid: number | undefined
  readonly operation: Operation
  readonly isWrite: boolean
  readonly invoked: number
  readonly returned: number
  /** Undefined: nobody was told. */
  readonly answer: Result | undefined
  /** Undefined: not known, and of no account. */
  readonly zxid: Z.Zxid | undefined
}

/** What is known beside the calls. */
export type Knowledge = 'commits' | 'zxids' | 'nothing'

export const hasOrder = (history: History, knowledge: Knowledge): boolean =>
  isPipelined(history) &&
  (knowledge !== 'commits' || isCommitted(history)) &&
  (knowledge === 'nothing' || isMonotonic(history)) &&
  choices(history, knowledge).some((items) => hasLegalOrder(items, unbornIn(history, knowledge)))

/** How many things may have been done, or not: the work grows faster than exponentially with that. */
export const doubts = ({ calls, ends = [] }: History): number =>
  calls.filter((call) => call.outcome.kind === 'unknown' && isWrite(call)).length +
  new Set([...calls.filter(isAboutAnEnd), ...ends].map(({ session }) => session)).size

/** FWD-2: in the order of the requests. */
const isPipelined = ({ calls }: History): boolean =>
  calls.every((first) =>
    calls.every(
      (second) =>
        first.session !== second.session ||
        first.xid >= second.xid ||
        !isAnswered(first) ||
        !isAnswered(second) ||
        first.outcome.returned <= second.outcome.returned,
    ),
  )

/** SESS-3: a session never goes back. */
const isMonotonic = ({ calls }: History): boolean =>
  calls.every((first) =>
    calls.every(
      (second) =>
        first.session !== second.session ||
        first.xid >= second.xid ||
        !isAnswered(first) ||
        !isAnswered(second) ||
        !Z.isAfter(first.outcome.zxid, second.outcome.zxid),
    ),
  )

/** Each commit is what a client asked for, once; each confirmed write is committed by the time of its answer. */
const isCommitted = ({ calls, commits = [] }: History): boolean => {
  const commitsOf = (call: Call) =>
    commits.filter(
      ({ internal, session, xid }) => internal === undefined && session === call.session && xid === call.xid,
    )
  const writes = calls.filter(isWrite)
  return (
    commits.every((commit, index) => index === 0 || Z.isBefore(commits[index - 1]?.zxid ?? Z.ZERO, commit.zxid)) &&
    commits.every(
      (commit) => commit.internal !== undefined || writes.some((call) => commitsOf(call).includes(commit)),
    ) &&
    writes.every((call) => commitsOf(call).length <= (call.outcome.kind === 'fail' ? 0 : 1)) &&
    writes.filter(isAnswered).every((call) => {
      const [commit] = commitsOf(call)
      return commit !== undefined && !Z.isAfter(commit.zxid, call.outcome.zxid)
    })
  )
}

/** Sessions of whose creation nothing is written down were there before. */
const unbornIn = ({ calls }: History, knowledge: Knowledge): readonly bigint[] =>
  knowledge === 'commits'
    ? []
    : calls
        .map(({ session }) => session)
        .filter((session) => !calls.some((call) => call.session === session && call.operation.op === 'createSession'))

const itemOf = (call: Call, zxid: Z.Zxid | undefined): Item => ({
  session: call.session,
  xid: call.xid,
  operation: call.operation,
  isWrite: isWrite(call),
  invoked: call.invoked,
  returned: isAnswered(call) ? call.outcome.returned : Infinity,
  answer: isAnswered(call) ? call.outcome.result : undefined,
  zxid,
})

/** The end of a session that nobody asked for; `heard`: somebody knew of it then. */
const endOf = (session: bigint, heard: number, zxid?: Z.Zxid): Item => ({
  session,
  xid: undefined,
  operation: { op: 'closeSession' },
  isWrite: true,
  invoked: -Infinity,
  returned: heard,
  answer: undefined,
  zxid,
})

/** All sets of things that may have been done, with all zxids that each may have had. */
const choices = (history: History, knowledge: Knowledge): readonly (readonly Item[])[] => {
  if (knowledge === 'commits') return [committed(history)]
  const calls = history.calls.filter(isAnswered)
  const answered = calls.map((call) => itemOf(call, knowledge === 'zxids' ? call.outcome.zxid : undefined))
  const ends = (history.ends ?? []).filter(({ session }) => history.calls.some((call) => call.session === session))
  const isConfirmed = (session: bigint): boolean =>
    calls.some(
      (call) => call.session === session && call.operation.op === 'closeSession' && call.outcome.result.error === 'OK',
    )
  const certain = ends.filter(({ session }) => !isConfirmed(session)).map(({ session, heard }) => endOf(session, heard))
  const lost = history.calls.filter((call) => call.outcome.kind === 'unknown' && isWrite(call))
  const expired = [...new Set(history.calls.filter(isAboutAnEnd).map(({ session }) => session))].filter(
    (session) => !isConfirmed(session) && !certain.some((end) => end.session === session),
  )
  const optional = [
    ...lost.map((call) => itemOf(call, undefined)),
    ...expired.map((session) => endOf(session, Infinity)),
  ]
  const chosen = subsets(optional).map((set) => [...certain, ...set])
  if (knowledge === 'nothing') return chosen.map((set) => [...answered, ...set])
  return chosen.flatMap((set) => placings(set, freeZxids(answered, set.length))).map((set) => [...answered, ...set])
}

/** The end of other sessions shows nowhere. */
const isAboutAnEnd = ({ operation, outcome }: Call): boolean =>
  (outcome.kind === 'ok' && outcome.result.error === 'SESSIONEXPIRED') ||
  (operation.op === 'multi' ? operation.operations : [operation]).some(
    (part) => 'flags' in part && part.flags % 2 === 1,
  )

const subsets = <A>(elements: readonly A[]): readonly (readonly A[])[] =>
  elements.reduce<readonly (readonly A[])[]>((sets, element) => sets.flatMap((set) => [set, [...set, element]]), [[]])

/** Each item with each zxid, no zxid twice. */
const placings = (items: readonly Item[], zxids: readonly Z.Zxid[]): readonly (readonly Item[])[] => {
  const [first, ...rest] = items
  if (first === undefined) return [[]]
  return zxids.flatMap((zxid) =>
    placings(
      rest,
      zxids.filter((other) => other !== zxid),
    ).map((placed) => [{ ...first, zxid }, ...placed]),
  )
}

/** All that answers show; and so many behind each answer as may be needed. No answered write has any of them. */
const freeZxids = (answered: readonly Item[], count: number): readonly Z.Zxid[] => {
  if (count === 0) return []
  const shown = (result: Result): readonly Z.Zxid[] => [
    ...(result.stat === undefined ? [] : [result.stat.czxid, result.stat.mzxid, result.stat.pzxid]),
    ...(result.results ?? []).flatMap(shown),
  ]
  const positions = [Z.ZERO, ...answered.flatMap(({ zxid }) => (zxid === undefined ? [] : [zxid]))]
  const behind = positions.flatMap(({ epoch, counter }) =>
    Array.from({ length: count }, (_, index) => Z.zxid(epoch, counter + index + 1)),
  )
  const all = [...behind, ...answered.flatMap(({ answer }) => (answer === undefined ? [] : shown(answer)))]
  const isTaken = (zxid: Z.Zxid): boolean =>
    Z.equals(zxid, Z.ZERO) ||
    answered.some((item) => item.isWrite && item.zxid !== undefined && Z.equals(zxid, item.zxid))
  return [...new Map(all.filter((zxid) => !isTaken(zxid)).map((zxid) => [Z.show(zxid), zxid])).values()]
}

/** Reads where their answers say, and what the commits say. */
const committed = ({ calls, commits = [] }: History): readonly Item[] => [
  ...calls
    .filter(isAnswered)
    .filter((call) => !isWrite(call))
    .map((call) => itemOf(call, call.outcome.zxid)),
  ...commits.flatMap(({ session, xid, zxid, internal, isRefused }): readonly Item[] => {
    if (isRefused === true) return []
    if (internal !== undefined) return [{ ...endOf(session, Infinity, zxid), operation: internal }]
    return calls
      .filter((call) => isWrite(call) && call.session === session && call.xid === xid)
      .map((call) => itemOf(call, zxid))
  }),
]

/** In every order that explains the answers, `first` comes before `second`. */
const precedes = (first: Item, second: Item): boolean =>
  isRequestedBefore(first, second) ||
  (second.isWrite && first.returned < second.invoked) ||
  (first.zxid !== undefined && second.zxid !== undefined && isZxidBefore(first, second, first.zxid, second.zxid))

/** A write that was lost with its connection may be done after a read on the next one. */
const isRequestedBefore = (first: Item, second: Item): boolean =>
  first.xid !== undefined &&
  second.xid !== undefined &&
  first.session === second.session &&
  first.xid < second.xid &&
  (first.answer !== undefined || second.isWrite)

/** At one zxid: first the write, then those that read what it did. No two writes fit there. */
const isZxidBefore = (first: Item, second: Item, one: Z.Zxid, other: Z.Zxid): boolean =>
  Z.isBefore(one, other) || (Z.equals(one, other) && first.isWrite && (second.isWrite || !isRefused(first)))

/** It changed nothing. */
const isRefused = ({ answer }: Item): boolean =>
  answer !== undefined && [answer, ...(answer.results ?? [])].some(({ error }) => error !== 'OK')

const hasLegalOrder = (items: readonly Item[], unborn: readonly bigint[]): boolean => {
  const service = makeService()
  for (const session of unborn) service.execute(session, { op: 'createSession', timeoutMs: 1 }, Z.ZERO)
  const extend = (rest: readonly Item[]): boolean =>
    rest.length === 0 ||
    rest.some((item) => {
      if (rest.some((other) => other !== item && precedes(other, item))) return false
      const mark = service.mark()
      const result = service.execute(item.session, item.operation, item.zxid ?? Z.ZERO)
      const isRight = item.answer === undefined || isSame(result, item.answer, item.zxid !== undefined)
      if (isRight && extend(rest.filter((other) => other !== item))) return true
      service.undo(mark)
      return false
    })
  return extend(items)
}

const isSame = (first: Result, second: Result, hasZxids: boolean): boolean =>
  hasZxids ? sameResult(first, second) : sameResult(withoutZxids(first), withoutZxids(second))

const withoutZxids = (result: Result): Result => ({
  ...result,
  ...(result.stat === undefined ? {} : { stat: { ...result.stat, czxid: Z.ZERO, mzxid: Z.ZERO, pzxid: Z.ZERO } }),
  ...(result.results === undefined ? {} : { results: result.results.map(withoutZxids) }),
})
