/** The server begins and ceases to serve, as the core says. */
import type { Service } from '../core/effect.js'
import * as S from '../core/sequence.js'
import * as Z from '../core/zxid.js'
import type { Leadership } from './state.js'
import type { Turn } from './turn.js'
import { closeAll } from './connections.js'
import { configured } from './reconfiguration.js'
import { fromDatabase, untilNextBucket } from './tracker.js'
import { cite, emit } from './turn.js'

/**
 * FWD-4, SESS-2, RECV-13. Whatever was served before ends first: clients are closed (they will look for another
 * server, or this one again), and all that was pending is forgotten.
 */
export const changeService = (turn: Turn, service: Service): void => {
  const { server } = turn
  if (server.service.kind !== 'NotServing') stopServing(turn)
  server.service = service
  switch (service.kind) {
    case 'NotServing':
      break
    case 'Leader':
      startLeading(turn)
      startServing(turn, service.epoch)
      break
    case 'Follower':
    case 'Observer':
      startServing(turn, service.epoch)
  }
  emit(turn, { kind: 'ServiceChanged', service })
}

const stopServing = (turn: Turn): void => {
  const { server } = turn
  cite(turn, 'FWD-4')
  closeAll(turn)
  if (server.leadership !== undefined) emit(turn, { kind: 'CancelTimer', timer: 'session.expiry' })
  server.leadership = undefined
  server.touches = S.empty()
  server.syncs = S.empty()
}

/** The zxid ⟨epoch, 0⟩ counts as processed once the epoch is established. */
const startServing = (turn: Turn, epoch: number): void => {
  const { server, config } = turn
  server.lastProcessed = Z.max(server.lastProcessed, Z.newLeaderZxid(epoch))
  server.database = configured(config, server.peer.configuration.committed, server.database)
  server.image = undefined
}

const startLeading = (turn: Turn): void => {
  const { server, config, now } = turn
  cite(turn, 'SESS-2')
  const leadership: Leadership = {
    sessions: fromDatabase(server.database, now.monotonicMs, config.tickTimeMs),
    outstanding: S.empty(),
    syncs: S.empty(),
  }
  server.leadership = leadership
  emit(turn, {
    kind: 'SetTimer',
    timer: 'session.expiry',
    afterMs: untilNextBucket(now.monotonicMs, config.tickTimeMs),
  })
}
