/** The core inside the server: its events go in unchanged, its effects come out with what the service adds to them. */
import type { Effect } from '../core/effect.js'
import type { Event } from '../core/event.js'
import type { QuorumMessage } from '../core/message.js'
import * as Core from '../core/peer.js'
import * as S from '../core/sequence.js'
import * as Z from '../core/zxid.js'
import type { Zxid } from '../core/zxid.js'
import type { Transaction } from '../service/transaction.js'
import type { Packet } from './packet.js'
import type { Outstanding } from './state.js'
import { withOutstanding } from './state.js'
import type { Turn } from './turn.js'
import { deliver, installSnapshot } from './deliver.js'
import { changeService } from './role.js'
import { dropSyncsOf, release } from './sync.js'
import { takeTouches } from './touch.js'
import { cite, emit } from './turn.js'

/** One step of the core, and all that follows from it. */
export const run = (turn: Turn, event: Event<Transaction>): void => {
  const { state, effects, clauses } = Core.step(turn.config.core, turn.server.peer, event)
  turn.server.peer = state
  for (const clause of clauses) cite(turn, clause)
  for (const effect of effects) perform(turn, effect)
  release(turn)
}

const perform = (turn: Turn, effect: Effect<Transaction>): void => {
  switch (effect.kind) {
    case 'Disconnect':
      if (effect.side === 'learner') dropSyncsOf(turn, effect.from)
      emit(turn, effect)
      break
    case 'Notify':
    case 'Connect':
    case 'SetTimer':
    case 'CancelTimer':
    case 'Fatal':
      emit(turn, effect)
      break
    case 'Send': {
      const { to, side, message } = effect
      emit(turn, { kind: 'Send', to, side, packet: packetOf(turn, message, side === 'leader') })
      if (message.type === 'DIFF' || message.type === 'TRUNC' || message.type === 'SNAP')
        tell(turn, `learner ${to} is synchronized by ${message.type} to ${Z.toHex(message.zxid)}`)
      break
    }
    case 'Persist': {
      const { token, durable } = effect
      const image = durable.kind === 'Snapshot' ? (turn.server.image ?? turn.server.database) : undefined
      emit(turn, { kind: 'Persist', token, durable, image })
      break
    }
    case 'Deliver':
      deliver(turn, effect.entry)
      // READ-2: a sync stands between two commits, also when one step brings both; what is read behind it must not see more.
      release(turn)
      break
    case 'InstallSnapshot':
      installSnapshot(turn, effect.zxid)
      break
    case 'ServiceChanged':
      changeService(turn, effect.service)
      break
    case 'Proposed':
      remember(turn, effect.entry.zxid)
      break
    case 'Doubted':
      emit(turn, { kind: 'Log', level: 'warn', text: effect.reason })
      break
    case 'Refused':
      // Nobody is owed an answer: a server that stops leading closes its clients and its learners' connections (FWD-4).
      turn.prepared = undefined
  }
}

const tell = (turn: Turn, text: string): void => emit(turn, { kind: 'Log', level: 'info', text })

/** SNAP carries the state, a learner's PING the sessions that were touched (SESS-2). */
const packetOf = (turn: Turn, message: QuorumMessage<Transaction>, isLearner: boolean): Packet => {
  switch (message.type) {
    case 'PING':
      return { type: 'PING', zxid: message.zxid, touched: isLearner ? takeTouches(turn) : undefined }
    case 'SNAP':
      return { type: 'SNAP', zxid: message.zxid, image: turn.server.database }
    default:
      return message
  }
}

/** SM-1: keeps the outcome of the transaction that the core has just ordered, until it is delivered. */
const remember = (turn: Turn, zxid: Zxid): void => {
  const { server, prepared } = turn
  const { leadership } = server
  turn.prepared = undefined
  if (leadership === undefined || prepared === undefined) return
  if (!Z.equals(zxid, prepared.zxid)) {
    // The outcome is fixed in the transaction's bytes under the other zxid: going on would make the replicas differ.
    emit(turn, { kind: 'Fatal', reason: `ordered as ${Z.show(zxid)}, prepared as ${Z.show(prepared.zxid)}` })
    return
  }
  server.leadership = withOutstanding(leadership, S.append<Outstanding>(prepared)(leadership.outstanding))
}
