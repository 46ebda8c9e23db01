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
import type { Verdict } from './verdict.js'
import { held, unknown, violated } from './verdict.js'

interface Placed {
  readonly zxid: Z.Zxid
  readonly session: bigint
  readonly operation: Operation
  readonly call: Call | undefined
}

/**
 * Every answer is what the sequential service answers at that position. Without the commits, a call of unknown outcome
 * may stand anywhere or nowhere: then a mismatch that it might explain gives Unknown.
 */
export const checkResults = (history: History): Verdict => {
  const service = makeService()
  const writes = placedWrites(history)
  const reads = history.calls
    .filter((call) => !isWrite(call))
    .filter(isAnswered)
    .sort(byZxid)
  let next = 0
  for (const write of [...writes, undefined]) {
    for (let read = reads[next]; read !== undefined; read = reads[next]) {
      if (write !== undefined && !Z.isBefore(read.outcome.zxid, write.zxid)) break
      const expected = service.execute(read.session, read.operation, Z.ZERO)
      if (!sameResult(expected, read.outcome.result)) return mismatch(history, read, expected, 'READ-1')
      next += 1
    }
    if (write === undefined) break
    const expected = service.execute(write.session, write.operation, write.zxid)
    const { call } = write
    if (call !== undefined && isAnswered(call) && !sameResult(expected, call.outcome.result))
      return mismatch(history, call, expected, 'WRITE-LINEARIZABLE')
  }
  return held
}

const placedWrites = (history: History): readonly Placed[] => {
  const writes = history.calls.filter(isWrite)
  if (history.commits === undefined)
    return writes
      .filter(isAnswered)
      .sort(byZxid)
      .map((call) => ({ zxid: call.outcome.zxid, session: call.session, operation: call.operation, call }))
  const calls = new Map(writes.map((call) => [requestKey(call.session, call.xid), call]))
  return history.commits.flatMap((commit) => {
    const call = commit.internal === undefined ? calls.get(requestKey(commit.session, commit.xid)) : undefined
    const operation = commit.internal ?? call?.operation
    return operation === undefined || commit.isRefused === true
      ? []
      : [{ zxid: commit.zxid, session: commit.session, operation, call }]
  })
}

const mismatch = (history: History, call: Answered, expected: Result, clause: string): Verdict => {
  const open = history.calls.find(
    (other) => other.outcome.kind === 'unknown' && isWrite(other) && other.invoked < call.outcome.returned,
  )
  return history.commits === undefined && open !== undefined
    ? unknown(`the answer at ${Z.show(call.outcome.zxid)} may depend on a write of unknown outcome`)
    : violated(
        clause,
        `answered ${showResult(call.outcome.result)}; the sequential service says ${showResult(expected)}`,
        call,
      )
}
