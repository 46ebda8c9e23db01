/** The marks of reconfigurations. */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { isVoter } from '../../src/core/quorum.js'
import { isReconfiguring } from '../../src/core/membership.js'
import type { Peer } from '../../src/core/peer.js'
import * as Z from '../../src/core/zxid.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Watch } from './execute.js'
import type { Hit } from './marks.js'

type State = Peer<Transaction>

export interface OperatorsWatch {
  readonly watch: Watch
  readonly crashed: (server: ServerId) => void
}

/** Watches one run. */
export const watchOperators = (hit: Hit): OperatorsWatch => {
  /** What each server was after its last step. */
  const peers = new Map<ServerId, State>()
  const removed = new Set<ServerId>()

  const onActivation = (before: State, event: ServerEvent, after: State): void => {
    const { self } = after
    const [old, next] = [before.configuration.committed, after.configuration.committed]
    if (event.kind === 'Notified') hit('configurationAdopted')
    // What a static file says of its own server is no more than a wish.
    if (!lists(next, self) && lists(old, self) && !Z.equals(old.version, Z.ZERO)) removed.add(self)
    if (lists(next, self)) removed.delete(self)
    if (before.role.kind === 'Leading' && next.version.counter !== 0) onCommit(hit, before, after)
  }

  return {
    watch: (_config, before, event, _now, made) => {
      const [old, next] = [before.peer, made.server.peer]
      peers.set(next.self, next)
      if (old.configuration === next.configuration && old.service === next.service) return
      if (old.configuration.committed !== next.configuration.committed) onActivation(old, event, next)
      if (event.kind === 'Received' && event.packet.type === 'TRUNC' && hasForgotten(old, next))
        hit('reconfigurationCut')
      if (next.service.kind === 'Follower' && old.service.kind !== 'Follower' && removed.has(next.self))
        hit('removedFollows')
    },
    crashed: (server) => {
      const peer = peers.get(server)
      if (peer?.role.kind === 'Leading' && isReconfiguring(peer)) hit('reconfigurationInterrupted')
      peers.delete(server)
    },
  }
}

const lists = ({ members }: Configuration, server: ServerId): boolean => members.some(({ id }) => id === server)

const hasForgotten = (before: State, after: State): boolean =>
  Z.isBefore(after.configuration.lastSeen.version, before.configuration.lastSeen.version)

/** At the leader, who is the first. */
const onCommit = (hit: Hit, before: State, after: State): void => {
  const [old, next] = [before.configuration.committed, after.configuration.committed]
  hit('reconfigured')
  if (before.role.kind === 'Leading' && before.role.phase.kind !== 'Broadcasting') hit('reconfigurationFinished')
  if (!isVoter(next.quorums, after.self)) hit('leaderLeaves')
  for (const { id, role } of next.members) {
    if (role === 'observer' || isVoter(old.quorums, id)) continue
    hit(lists(old, id) ? 'observerVotes' : 'joinerVotes')
  }
}
