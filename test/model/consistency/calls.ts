// Calls, commits and results in few words, for histories that are written by hand.
import { checkHistory } from '../../../model/consistency/check.js'
import type { Call, Commit } from '../../../model/consistency/history.js'
import type { Verdict } from '../../../model/consistency/verdict.js'
import type { Operation, Result } from '../../../model/service.js'
import { zxid } from '../../../src/core/zxid.js'

export const open = (session: number, xid: number, operation: Operation, invoked: number): Call => ({
  session: BigInt(session),
  xid,
  operation,
  invoked,
  outcome: { kind: 'unknown' },
})
/** Invoked at `times[0]`, answered at `times[1]`, at zxid 1:`counter`. */
export const ok = (
  session: number,
  xid: number,
  operation: Operation,
  times: readonly [number, number],
  counter: number,
  result: Result,
): Call => ({
  ...open(session, xid, operation, times[0]),
  outcome: { kind: 'ok', returned: times[1], zxid: zxid(1, counter), result },
})
export const commit = (session: number, xid: number, counter: number): Commit => ({
  session: BigInt(session),
  xid,
  zxid: zxid(1, counter),
})
export const born = (session: number): Commit => ({
  ...commit(session, 0, session),
  internal: { op: 'createSession', timeoutMs: 1 },
})

export const create = (path: string, flags = 0): Operation => ({ op: 'create', path, data: null, acl: null, flags })
export const set = (value: number): Operation => ({
  op: 'setData',
  path: '/a',
  data: Uint8Array.of(value),
  version: -1,
})
export const get: Operation = { op: 'getData', path: '/a', watch: false }
export const exists = (path: string, watch = false): Operation => ({ op: 'exists', path, watch })
export const made = (path: string): Result => ({ error: 'OK', path })
export const NONODE: Result = { error: 'NONODE' }

/** /a, created at 1:5 and changed last at 1:`counter`, in its `version`. */
export const stat = (counter: number, version: number, owner = 0n): NonNullable<Result['stat']> => ({
  version,
  cversion: 0,
  czxid: zxid(1, 5),
  mzxid: zxid(1, counter),
  pzxid: zxid(1, 5),
  ephemeralOwner: owner,
  dataLength: version === 0 ? 0 : 1,
  childCount: 0,
})
export const changed = (counter: number, version: number): Result => ({ error: 'OK', stat: stat(counter, version) })
export const got = (value: number, counter: number, version: number): Result => ({
  error: 'OK',
  data: Uint8Array.of(value),
  stat: stat(counter, version),
})

/** The clause that is broken, or the verdict. */
export const told = (verdict: Verdict): string => (verdict.kind === 'Violated' ? verdict.clause : verdict.kind)
export const judge = (...calls: readonly Call[]): string => told(checkHistory({ calls }))
