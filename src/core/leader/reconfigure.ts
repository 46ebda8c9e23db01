/** A reconfiguration at the leader: may it be proposed, and its proposal. RECFG-1, RECFG-2. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import type { CoreConfig } from '../config.js'
import type { Configuration, ServerId } from '../configuration.js'
import type { Peer } from '../state.js'
import { withConfigurations } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, outcome, stay } from '../step.js'
import { afterLogging, isEnabled } from '../reconfiguration.js'
import { nextZxid, propose } from './broadcast.js'
import type { Leader } from './learners.js'
import { isLeading, learnerOf, recount } from './learners.js'

/** Why a reconfiguration may not be proposed now. */
export type ReconfigurationRefusal = 'Disabled' | 'NotLeading' | 'InProgress' | 'NoQuorum'

/** RECFG-1, RECFG-2: right when this server may propose that configuration now. */
export const canReconfigure = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  configuration: Configuration,
): Either<ReconfigurationRefusal, Leader<T>> => {
  const { premises } = config.rules
  if (!isEnabled(config)) return left('Disabled')
  if (!isLeading(peer) || nextZxid(config, peer) === undefined) return left('NotLeading')
  const { committed, lastSeen } = peer.configuration
  if (!premises['RECFG-1.single'](committed.version, lastSeen.version)) return left('InProgress')
  return premises['RECFG-2.quorum']([configuration.quorums], isReady(peer)) ? right(peer) : left('NoQuorum')
}

/**
 * Connected, synchronized, and acknowledging what is proposed, as observers do not, nor those that are about to become one;
 * the leader itself always is.
 */
const isReady =
  ({ self, role, configuration }: Leader<unknown>) =>
  (server: ServerId): boolean => {
    const learner = learnerOf(role, server)
    const observes = configuration.committed.members.some(
      (member) => member.id === server && member.role === 'observer',
    )
    return server === self || (learner?.stage.kind === 'Synced' && !learner.isObserver && !observes)
  }

/** RECFG-1: like any other transaction; from its proposal on both configurations decide (RECFG-3). */
export const onReconfiguration = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  transaction: T,
  proposed: Configuration,
): Outcome<T> => {
  const leader = canReconfigure(config, peer, proposed)
  const zxid = nextZxid(config, peer)
  if (!isRight(leader) || zxid === undefined)
    return outcome(peer, [{ kind: 'Refused', transaction }], ['RECFG-1', 'RECFG-2'])
  const entry = { zxid, transaction, configuration: { ...proposed, version: zxid } }
  const seen = withConfigurations(peer, afterLogging(config, peer.configuration, entry))
  return andThen(propose(config, seen, leader.right.role, zxid.epoch, entry), (state) =>
    isLeading(state) ? stay(recount(config, state), ['RECFG-1', 'RECFG-2', 'RECFG-3', 'RECFG-4']) : stay(state),
  )
}
