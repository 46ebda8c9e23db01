/** Who is still there? BCAST-8, and LIVE-2 for learners that never finish. */
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import { isReconfiguring, quorumSystems } from '../membership.js'
import { listen } from '../hearing.js'
import type { Learner } from '../state.js'
import type { Outcome } from '../step.js'
import { become, outcome } from '../step.js'
import * as Z from '../zxid.js'
import type { Leader } from './learners.js'
import { countedWith, disconnect, epochOf, isForwarded, send, withRole } from './learners.js'

/**
 * Every half tick: PING the learners, and make sure that a quorum of synced followers is still connected; one of both
 * configurations while one is being replaced (RECFG-8). A leader without one must stop: it could not commit, and others may
 * have elected another.
 */
export const onPingTimer = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const { phase } = peer.role
  if (phase.kind !== 'Broadcasting') return outcome(peer, [])
  const isSynced = countedWith(peer, ({ stage }) => stage.kind === 'Synced')
  if (!config.rules.premises['BCAST-8.quorum'](quorumSystems(peer), isSynced))
    return become(peer, { role: 'Looking' }, ['BCAST-8'])
  const pings = peer.role.learners.flatMap((learner): readonly Effect<T>[] =>
    isForwarded(learner) ? [send(learner.id, { type: 'PING', zxid: phase.lastProposed })] : [],
  )
  return outcome(
    peer,
    [...pings, { kind: 'SetTimer', timer: 'leader.ping', afterMs: config.timing.tickTimeMs / 2 }],
    isReconfiguring(peer) ? ['BCAST-8', 'RECFG-8'] : ['BCAST-8'],
  )
}

/** Every half syncLimit: drop the synced learners that are silent, and the followers that do not acknowledge. */
export const onLivenessTimer = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const { phase, lagMark } = peer.role
  if (phase.kind !== 'Broadcasting') return outcome(peer, [])
  const looked = look(peer, (learner) => afterLook(learner, lagMark))
  return outcome(
    withRole(looked.state, { ...looked.state.role, lagMark: phase.lastProposed }),
    [
      ...looked.effects,
      { kind: 'SetTimer', timer: 'liveness', afterMs: (config.timing.syncLimit * config.timing.tickTimeMs) / 2 },
    ],
    ['BCAST-8'],
  )
}

const afterLook = (learner: Learner, lagMark: Z.Zxid): Learner | undefined => {
  if (learner.stage.kind !== 'Synced') return learner
  const heard = listen(learner.heard)
  const isLagging = learner.isCounted && Z.isBefore(learner.stage.acked, lagMark)
  return heard === undefined || (isLagging && learner.isLingering)
    ? undefined
    : { ...learner, heard, isLingering: isLagging }
}

/**
 * Every initLimit once established: drop the learners that were being admitted at the last look already. DISC-10: a voter
 * that has promised a later epoch waits for this look, and is let in by a new epoch now.
 */
export const onAdmissionTimer = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  if (peer.role.learners.some((learner) => isToBeLetIn(config, peer, learner)))
    return become(peer, { role: 'Looking' }, ['DISC-2', 'DISC-4', 'DISC-10'])
  const { state, effects } = look(peer, (learner) =>
    learner.stage.kind === 'Synced' ? learner : learner.isLingering ? undefined : { ...learner, isLingering: true },
  )
  return outcome(
    state,
    [
      ...effects,
      { kind: 'SetTimer', timer: 'phase.limit', afterMs: config.timing.initLimit * config.timing.tickTimeMs },
    ],
    ['BCAST-8'],
  )
}

const isToBeLetIn = (config: CoreConfig, peer: Leader<unknown>, { isCounted, stage }: Learner): boolean => {
  const { premises } = config.rules
  const epoch = epochOf(peer.role)
  return (
    isCounted &&
    stage.kind === 'Informed' &&
    epoch !== undefined &&
    premises['DISC-2.promisedLater'](stage.acceptedEpoch, epoch) &&
    premises['DISC-9.believed'](stage.acceptedEpoch, peer.acceptedEpoch)
  )
}

const look = <T>(
  peer: Leader<T>,
  judge: (learner: Learner) => Learner | undefined,
): { readonly state: Leader<T>; readonly effects: readonly Effect<T>[] } => {
  const judged = peer.role.learners.map((learner) => ({ id: learner.id, after: judge(learner) }))
  const learners = judged.flatMap(({ after }) => (after === undefined ? [] : [after]))
  return {
    state: withRole(peer, { ...peer.role, learners }),
    effects: judged.flatMap(({ id, after }) => (after === undefined ? [disconnect<T>(id)] : [])),
  }
}
