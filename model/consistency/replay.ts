/**
 * Replay against the sequential model: writes in zxid order, every read where its reply says it stood.
 * WRITE-LINEARIZABLE for the writes' results, OSC for the reads': zab-protocol §8.
 */
import * as Z from '../../src/core/zxid.js'
import type { Result } from '../service.js'
import { makeService, sameResult, showResult } from '../service.js'
import type { Operation } from '../service.js'
import type { Answered, Call, History } from './history.js'
import { byZxid, isAnswered, isWrite, requestKey } from './history.js'
import { judged } from './optional.js'
import type { Placing } from './placing.js'
import { placeAll } from './placing.js'
import type { Verdict } from './verdict.js'
import { all, held, unknown, violated } from './verdict.js'

interface Placed {
  readonly zxid: Z.Zxid
  readonly session: bigint
  readonly operation: Operation
  readonly call: Call | undefined
}

/** What was done, in zxid order, and its result: that of the sequential model, told to anybody or not. */
export interface Done extends Placed {
  readonly result: Result
}

/**
 * Every answer is what the sequential service answers at that position. Where the commits are seen, they say what became
 * of calls of unknown outcome; else places are searched for them, and the verdict is unknown if the bound ends that.
 *
 * @param maximumMoves bounds the search; linear work comes on top
 */
export const checkResults = (history: History, maximumMoves: number = DEFAULT_MAXIMUM_MOVES): Verdict =>
  history.commits === undefined ? checkPlaces(history, maximumMoves) : checkCommitted(history)

/** A few seconds of search. */
export const DEFAULT_MAXIMUM_MOVES = 20_000

const checkCommitted = (history: History): Verdict => {
  const service = makeService()
  const reads = judged(history.calls)
    .filter((call) => !isWrite(call))
    .sort(byZxid)
  let next = 0
  for (const write of [...committedWrites(history), undefined]) {
    for (let read = reads[next]; read !== undefined; read = reads[next]) {
      if (write !== undefined && !Z.isBefore(read.outcome.zxid, write.zxid)) break
      const expected = service.execute(read.session, read.operation, Z.ZERO)
      if (!sameResult(expected, read.outcome.result)) return mismatch(read, expected)
      next += 1
    }
    if (write === undefined) break
    const expected = service.execute(write.session, write.operation, write.zxid)
    const { call } = write
    if (call !== undefined && isAnswered(call) && !sameResult(expected, call.outcome.result))
      return mismatch(call, expected)
  }
  return held
}

/** All that was surely done: with the commits everything, else what was confirmed. */
export const done = (history: History): readonly Done[] => {
  if (history.commits === undefined)
    return judged(history.calls)
      .filter(isWrite)
      .sort(byZxid)
      .map((call) => ({ ...call, zxid: call.outcome.zxid, call, result: call.outcome.result }))
  const service = makeService()
  return committedWrites(history).map((write) => ({
    ...write,
    result: service.execute(write.session, write.operation, write.zxid),
  }))
}

const committedWrites = (history: History): readonly Placed[] => {
  const calls = new Map(history.calls.filter(isWrite).map((call) => [requestKey(call.session, call.xid), call]))
  return (history.commits ?? []).flatMap((commit) => {
    const call = commit.internal === undefined ? calls.get(requestKey(commit.session, commit.xid)) : undefined
    const operation = commit.internal ?? call?.operation
    return operation === undefined || commit.isRefused === true
      ? []
      : [{ zxid: commit.zxid, session: commit.session, operation, call }]
  })
}

const checkPlaces = (history: History, maximumMoves: number): Verdict =>
  all(placeAll(history, maximumMoves).map(verdictOf))

const verdictOf = ({ outcome, stuck, optional, tried }: Placing): Verdict => {
  switch (outcome) {
    case 'solved':
      return held
    case 'bound':
      return unknown(`no places found for ${optional} writes that may have been done, in ${tried} moves`)
    case 'impossible': {
      if (stuck === undefined) return violated('OSC', 'no order explains the answers')
      const { call, expected } = stuck
      if (expected === undefined)
        return violated('SESS-1', 'a session that had ended by then cannot have ended before this', call)
      if ('error' in expected) return mismatch(call, expected)
      return violated('INTEGRITY', `shows ${Z.show(expected)}, at which nothing can have been done`, call)
    }
  }
}

const mismatch = (call: Answered, expected: Result): Verdict =>
  violated(
    isWrite(call) ? 'WRITE-LINEARIZABLE' : 'READ-1',
    `answered ${showResult(call.outcome.result)}; the sequential service says ${showResult(expected)}`,
    call,
  )
