/** The marks that clients see, or cause. */
import * as H from '../../src/core/history.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ConnectionId } from '../../src/server/event.js'
import type { ClientMessage } from '../../src/service/response.js'
import { errorCode } from '../../src/service/error.js'
import type { SessionId } from '../../src/service/session.js'
import type { Transaction, TransactionRecord } from '../../src/service/transaction.js'
import type { Peer } from '../../src/core/peer.js'
import type { Watch } from './execute.js'
import type { Hit } from './marks.js'

/** Watches one run. */
export const watchClients = (hit: Hit): Watch => {
  const places = new Map<SessionId, ServerId>()
  return (config, before, _event, _now, { server, effects }) => {
    for (const effect of effects)
      if (effect.kind === 'ClientSend') onMessage(hit, places, config.core.self, effect.message)
    onRestored(hit, effects)
    if (before.peer.history === server.peer.history || server.peer.role.kind !== 'Leading') return
    for (const transaction of committedNow(before.peer, server.peer)) onCommitted(hit, transaction)
  }
}

const onMessage = (hit: Hit, places: Map<SessionId, ServerId>, self: ServerId, message: ClientMessage): void => {
  switch (message.kind) {
    case 'ConnectResponse': {
      if (message.sessionId === 0n) return
      const place = places.get(message.sessionId)
      if (place !== undefined && place !== self) hit('sessionMoved')
      places.set(message.sessionId, self)
      return
    }
    case 'Reply':
      if (message.body?.op === 'sync') hit('syncAnswered')
      return
    case 'WatchNotification':
      hit('watchFired')
  }
}

const SET_WATCHES_XID = -8

/** What was missed comes before the answer. */
const onRestored = (hit: Hit, effects: readonly ServerEffect[]): void => {
  for (const effect of effects) {
    if (effect.kind !== 'ClientSend' || effect.message.kind !== 'Reply' || effect.message.xid !== SET_WATCHES_XID)
      continue
    const { connection } = effect
    hit('watchesRestored')
    if (effects.some((other) => isEventFor(connection, other))) hit('missedTold')
  }
}

const isEventFor = (connection: ConnectionId, effect: ServerEffect): boolean =>
  effect.kind === 'ClientSend' && effect.connection === connection && effect.message.kind === 'WatchNotification'

/** What the leader has committed in this step. */
const committedNow = (before: Peer<Transaction>, after: Peer<Transaction>): readonly Transaction[] =>
  H.between(after.history, H.committedZxid(before.history), H.committedZxid(after.history)).map(
    ({ transaction }) => transaction,
  )

/** Ten digits, as sequential nodes have them. */
const SEQUENTIAL = /\d{10}$/

const onCommitted = (hit: Hit, { cxid, record }: Transaction): void => {
  switch (record.type) {
    case 'closeSession':
      // Nobody has asked for it.
      if (cxid === 0) hit('sessionExpired')
      if (record.paths !== undefined && record.paths.length > 0) hit('ephemeralGone')
      return
    case 'create':
    case 'create2':
      if (SEQUENTIAL.test(record.path)) hit('sequential')
      return
    case 'multi':
      if (record.records.some(isError)) hit('failedMulti')
      return
    case 'error':
      hit(record.error === errorCode.SESSIONMOVED ? 'movedRefused' : 'refusedWrite')
      return
    default:
  }
}

const isError = (record: TransactionRecord): boolean => record.type === 'error'
