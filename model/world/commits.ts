/** The committed sequence in the terms of client histories. */
import type { Entry } from '../../src/core/message.js'
import { errorCode } from '../../src/service/error.js'
import type { Transaction, TransactionRecord } from '../../src/service/transaction.js'
import type { Commit } from '../consistency/history.js'
import { requestKey } from '../consistency/history.js'

/** `left`: keys of requests that are in no history; reconfigurations write what no client of the world reads. */
export const commitsOf = (entries: readonly Entry<Transaction>[], left: readonly string[]): readonly Commit[] => {
  const isLeft = new Set(left)
  const commits = entries.flatMap(commitOf)
  return left.length === 0 ? commits : commits.filter(({ session, xid }) => !isLeft.has(requestKey(session, xid)))
}

/** None for a failed request of the servers themselves: it changed nothing and nobody waits for it. */
export const commitOf = ({ zxid, transaction }: Entry<Transaction>): readonly Commit[] => {
  const { sessionId: session, cxid: xid, record } = transaction
  const commit = { zxid, session, xid }
  if (record.type === 'createSession')
    return [{ ...commit, internal: { op: 'createSession', timeoutMs: record.timeoutMs } }]
  if (xid !== 0) return [isMoved(record) ? { ...commit, isRefused: true } : commit]
  return record.type === 'closeSession' ? [{ ...commit, internal: { op: 'closeSession' } }] : []
}

/** SESS-4: the session speaks through another server by now. A multi carries the error at its first operation. */
const isMoved = (record: TransactionRecord): boolean =>
  record.type === 'multi'
    ? record.records.some(isMoved)
    : record.type === 'error' && record.error === errorCode.SESSIONMOVED
