/** Where the calls of a history stand: the zxid of each write, as far as it is known. */
import * as Z from '../../src/core/zxid.js'
import type { Call, History } from './history.js'
import { isAnswered, isWrite, requestKey } from './history.js'

export interface PlacedWrite {
  readonly zxid: Z.Zxid
  readonly call: Call
}

/** The same history with every confirmed write at its own zxid, as far as the commits tell. */
export const atOwnZxids = (history: History): History => {
  if (history.commits === undefined) return history
  const zxids = commitZxids(history)
  const place = (call: Call): Call => {
    const zxid = isWrite(call) ? zxids.get(requestKey(call.session, call.xid)) : undefined
    return zxid === undefined || !isAnswered(call) ? call : { ...call, outcome: { ...call.outcome, zxid } }
  }
  return { ...history, calls: history.calls.map(place) }
}

/** Of what clients asked for, by `requestKey`. */
const commitZxids = ({ commits = [] }: History): ReadonlyMap<string, Z.Zxid> =>
  new Map(
    commits
      .filter(({ internal }) => internal === undefined)
      .map(({ session, xid, zxid }) => [requestKey(session, xid), zxid]),
  )

/** All writes whose place is known, ascending: the confirmed ones, and where the commits are seen the others of them. */
export const writesInOrder = (history: History): readonly PlacedWrite[] => {
  const committed = commitZxids(history)
  return history.calls
    .filter(isWrite)
    .flatMap((call): readonly PlacedWrite[] => {
      const zxid = committed.get(requestKey(call.session, call.xid)) ?? answeredAt(call)
      return zxid === undefined ? [] : [{ zxid, call }]
    })
    .sort((first, second) => Z.compare(first.zxid, second.zxid))
}

const answeredAt = (call: Call): Z.Zxid | undefined => (isAnswered(call) ? call.outcome.zxid : undefined)

/** Surely or perhaps: false if the answer tells that it was refused. */
export const hasEffect = ({ outcome }: Call): boolean =>
  outcome.kind !== 'ok' ||
  (outcome.result.error === 'OK' && outcome.result.results?.every(({ error }) => error === 'OK') !== false)
