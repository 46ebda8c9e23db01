/** A configuration becomes the committed one at a learner. RECFG-5, RECFG-6. */
import type { CoreConfig } from '../config.js'
import type { Configuration, ServerId } from '../configuration.js'
import { lastZxid } from '../history.js'
import { activate, isEnabled, learnsAs, mayLead } from '../reconfiguration.js'
import type { Peer } from '../state.js'
import type { Become, Outcome } from '../step.js'
import { andThen, become, stay } from '../step.js'
import type { LearnerPeer } from './learner.js'
import { abandon, isLearning } from './learner.js'

/**
 * It is stored. A learner that is told of another leader to go on with (`designated`) goes to it, or leads if it is itself;
 * one that has another role now, or whose leader has no vote any more, looks for a leader. The old leader waits for its
 * followers to leave.
 */
export const activateAtLearner = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  configuration: Configuration | undefined,
  designated: ServerId = peer.role.leader,
): Outcome<T> =>
  andThen(activate(peer, configuration), (state) => {
    if (!isEnabled(config)) return stay(state)
    const goesOn =
      isLearning(state) &&
      state.role.kind === learnsAs(config, state) &&
      designated === state.role.leader &&
      mayLead(config, state, state.role.leader)
    if (goesOn) return stay(state, ['RECFG-5'])
    return designated !== peer.role.leader && mayLead(config, state, designated)
      ? handOver(state, designated)
      : abandon(state, ['RECFG-5'])
  })

/**
 * RECFG-5, as ZooKeeper's servers do it: no election, since the old leader has chosen the one that knows most. It is a hint
 * like the outcome of an election (ELEC-12): discovery asks a quorum before anybody leads.
 */
const handOver = <T>(peer: Peer<T>, leader: ServerId): Outcome<T> => {
  const vote = { leader, zxid: lastZxid(peer.history), peerEpoch: peer.currentEpoch }
  const finalVote = { vote, round: peer.round }
  const role: Become = leader === peer.self ? { role: 'Leading', finalVote } : { role: 'Learning', leader, finalVote }
  return become(peer, role, ['RECFG-5'])
}
