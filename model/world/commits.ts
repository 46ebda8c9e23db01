/** The committed sequence in the terms of client histories. */
import type { Entry } from '../../src/core/message.js'
import { errorCode } from '../../src/service/error.js'
import type { Transaction, TransactionRecord } from '../../src/service/transaction.js'
import type { Commit } from '../consistency/history.js'

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
