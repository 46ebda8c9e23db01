/** `sync` at the leader: answered once everything that was outstanding when it came is delivered. READ-2. */
import type { ServerId } from '../core/configuration.js'
import * as S from '../core/sequence.js'
import * as Z from '../core/zxid.js'
import type { PendingSync } from './state.js'
import type { Turn } from './turn.js'
import { completeSync } from './queue.js'
import { cite, emit } from './turn.js'

/** Takes a sync in; it is answered at once when nothing is outstanding. */
export const hold = (turn: Turn, from: PendingSync['from']): void => {
  const { server } = turn
  const { leadership } = server
  if (leadership === undefined) return
  const last = S.last(leadership.outstanding)
  if (last === undefined) {
    answer(turn, from)
  } else {
    server.leadership = { ...leadership, syncs: S.append<PendingSync>({ after: last.zxid, from })(leadership.syncs) }
  }
}

/** Answers the syncs whose time has come. Called when the COMMITs of this step are behind us on every channel. */
export const release = (turn: Turn): void => {
  for (;;) {
    const { leadership } = turn.server
    if (leadership === undefined) return
    const next = S.first(leadership.syncs)
    if (next === undefined) return
    const outstanding = S.first(leadership.outstanding)
    if (outstanding !== undefined && !Z.isAfter(outstanding.zxid, next.after)) return
    turn.server.leadership = { ...leadership, syncs: S.drop(1)(leadership.syncs) }
    answer(turn, next.from)
  }
}

/** The connection to that learner is gone; a SYNC on its next one would answer a question that it never asked there. */
export const dropSyncsOf = (turn: Turn, learner: ServerId): void => {
  const { leadership } = turn.server
  if (leadership === undefined || S.isEmpty(leadership.syncs)) return
  const others = S.toArray(leadership.syncs).filter(({ from }) => from.kind !== 'Learner' || from.learner !== learner)
  if (others.length < leadership.syncs.length) turn.server.leadership = { ...leadership, syncs: S.fromArray(others) }
}

const answer = (turn: Turn, from: PendingSync['from']): void => {
  switch (from.kind) {
    case 'Learner':
      cite(turn, 'READ-2')
      emit(turn, { kind: 'Send', to: from.learner, side: 'learner', packet: { type: 'SYNC' } })
      return
    case 'Client':
      completeSync(turn, from.connection)
  }
}
