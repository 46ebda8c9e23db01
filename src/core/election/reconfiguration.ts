/** Elections while configurations change: what is adopted, who is told, who may be a candidate. RECFG-7. */
import type { ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import { electionWeight, isListed, isVotingMember, quorumSystems } from '../membership.js'
import type { Notification } from '../message.js'
import { areSame } from '../quorum.js'
import { activate, isEnabled } from '../reconfiguration.js'
import type { Peer } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, become, outcome, stay } from '../step.js'
import type { Zxid } from '../zxid.js'
import { toHex } from '../zxid.js'

/**
 * RECFG-7: who looks for a leader adopts a newer committed configuration, and starts over when others count in it. Who has
 * found a leader leaves that to the leader.
 */
export const adopt = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  from: ServerId,
  { configuration }: Notification,
): Outcome<T> => {
  const { committed } = peer.configuration
  if (
    peer.role.kind !== 'Looking' ||
    !isEnabled(config) ||
    configuration === undefined ||
    !config.rules.premises['RECFG-7.newer'](configuration.version, committed.version)
  )
    return stay(peer)
  // It will be stored and decide who counts: a stranger's word is not enough.
  if (!config.rules.premises['RECFG-7.believed'](isListed(peer, config.ensemble, from), configuration.version))
    return outcome(peer, [doubted(from, configuration.version)], ['RECFG-7'])
  const systems = quorumSystems(peer)
  return andThen(activate(peer, configuration), (state) =>
    areSame(systems, quorumSystems(state)) ? stay(state, ['RECFG-7']) : become(state, { role: 'Looking' }, ['RECFG-7']),
  )
}

const doubted = <T>(from: ServerId, version: Zxid): Effect<T> => ({
  kind: 'Doubted',
  reason:
    `configuration ${toHex(version)} of server ${from} is not adopted: no configuration known here lists that server. ` +
    'If all members known here have left, see docs/reconfiguration.md',
})

/**
 * A stranger is told what it cannot hear otherwise. RECFG-7: while configurations differ, two servers may be strangers to
 * each other. Those without a vote, one in an earlier round, and the own candidate, who is told anyway, would have their
 * answers answered, and the two would never stop; they are only told of a newer configuration.
 */
export const isToBeTold = <T>(config: CoreConfig, peer: Peer<T>, from: ServerId, said: Notification): boolean => {
  const { role, round, configuration } = peer
  const { premises } = config.rules
  if (said.state !== 'LOOKING' || role.kind !== 'Looking' || !isEnabled(config)) return said.state === 'LOOKING'
  return (
    premises['RECFG-7.newer'](configuration.committed.version, said.configurationVersion) ||
    (isVotingMember(peer, peer.self) &&
      from !== role.proposal.leader &&
      !premises['ELEC-4.laterRound'](said.round, round))
  )
}

/** QUO-2. Of a candidate that is no voter here the weight is not known; who named it has found it good enough. RECFG-7. */
export const weightOfCandidate = <T>(config: CoreConfig, peer: Peer<T>, candidate: ServerId): number =>
  isEnabled(config) && !isVotingMember(peer, candidate) ? 1 : electionWeight(peer, candidate)
