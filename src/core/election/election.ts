/**
 * Phase 0, fast leader election. ELEC-1 … ELEC-12.
 *
 * Its result is a hint: safety never depends on it (ELEC-12). A good hint names the server with the most recent history,
 * so that discovery need not fail.
 */
import { nextRound } from '../bounds.js'
import type { ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import { lastZxid } from '../history.js'
import { allVoters, isVotingMember, quorumSystems } from '../membership.js'
import type { Notification } from '../message.js'
import { isEnabled } from '../reconfiguration.js'
import type { FinalVote, Looking, Peer, RecordedVote } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, become, outcome, stay } from '../step.js'
import type { Vote } from '../vote.js'
import * as V from '../vote.js'
import { toHex, UNTRUSTED } from '../zxid.js'
import { notifyOne, notifyVoters } from './notify.js'
import { adopt, isToBeTold, weightOfCandidate } from './reconfiguration.js'

/**
 * ELEC-1. Enter LOOKING: next round, vote for oneself, tell every voter.
 * A server that may not vote proposes the minimal vote, which can never win. `waiting`: see Looking.
 */
export const startElection = <T>(config: CoreConfig, peer: Peer<T>, waiting: Looking['waiting']): Outcome<T> => {
  const proposal = ownVote(peer)
  const round = nextRound(peer.round)
  const role: Looking = {
    kind: 'Looking',
    proposal,
    received: recordOwn(peer, new Map(), proposal, round),
    outOfElection: new Map(),
    resendAfterMs: config.timing.minNotificationIntervalMs,
    finalizing: false,
    waiting,
  }
  const state: Peer<T> = { ...peer, round, role }
  const started = outcome<T>(
    state,
    [
      ...notifyVoters(config, state, proposal),
      { kind: 'SetTimer', timer: 'election.resend', afterMs: role.resendAfterMs },
    ],
    ['ELEC-1'],
  )
  return concludeAfter(config, started, role)
}

/** ELEC-1, ELEC-10: what this server stands for. */
const ownVote = <T>(peer: Peer<T>): Vote =>
  isVotingMember(peer, peer.self)
    ? { leader: peer.self, zxid: peer.trusted ? lastZxid(peer.history) : UNTRUSTED, peerEpoch: peer.currentEpoch }
    : V.MINIMAL_VOTE

/** A voter's own vote is one of the votes received. */
const recordOwn = <T>(
  peer: Peer<T>,
  votes: ReadonlyMap<ServerId, RecordedVote>,
  proposal: Vote,
  round: number,
): ReadonlyMap<ServerId, RecordedVote> =>
  isVotingMember(peer, peer.self)
    ? new Map([...votes, [peer.self, { vote: proposal, round, state: 'LOOKING' }]])
    : votes

/** A notification has come, whatever this server is doing: first its configuration (RECFG-7), then its vote (ELEC-4 … ELEC-9). */
export const onNotification = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  from: ServerId,
  notification: Notification,
): Outcome<T> =>
  config.rules.premises['ELEC-13.believed'](notification.round, notification.vote)
    ? andThen(adopt(config, peer, from, notification), (state) => onVote(config, state, from, notification))
    : outcome(peer, [doubted(from, notification)], ['ELEC-13'])

/** ELEC-13: no server is in that round, or votes so. Nothing changes. */
const doubted = <T>(from: ServerId, { round, vote }: Notification): Effect<T> => ({
  kind: 'Doubted',
  reason: `a notification of server ${from} is ignored: round ${round}, a vote for epoch ${vote.peerEpoch} at ${toHex(vote.zxid)}`,
})

const onVote = <T>(config: CoreConfig, peer: Peer<T>, from: ServerId, notification: Notification): Outcome<T> => {
  const { role } = peer
  const { premises } = config.rules
  // ELEC-9: a server that does not vote is answered while it looks, and never counted.
  if (!isVotingMember(peer, from))
    return isToBeTold(config, peer, from, notification)
      ? outcome(peer, notifyOne(config, peer, from), ['ELEC-9', 'OBS-1'])
      : stay(peer)
  // ELEC-8: who has found a leader tells it to those who look for one. An observer's word would not count, and a voter
  // that is looking answers it: the two would never stop.
  if (role.kind !== 'Looking')
    return notification.state === 'LOOKING' && role.kind !== 'Observing'
      ? outcome(peer, notifyOne(config, peer, from), ['ELEC-8'])
      : stay(peer)
  // RECFG-7: while a configuration is proposed, voters may know of candidates that others do not know, and be voters that
  // do not know it themselves and vote for nobody yet. Their rounds and votes count, or no quorum might agree on anybody.
  const mayBeUnknown = isEnabled(config) && notification.state === 'LOOKING'
  if (!mayBeUnknown && !premises['ELEC-9.voters'](true, isVotingMember(peer, notification.vote.leader)))
    return stay(peer, ['ELEC-9'])
  switch (notification.state) {
    case 'LOOKING':
      return onLookingPeer(config, peer, role, from, notification)
    case 'FOLLOWING':
    case 'LEADING':
      return onDecidedPeer(config, peer, role, from, notification)
    case 'OBSERVING':
      return stay(peer)
  }
}

/** ELEC-4: compare rounds first, then votes. */
const onLookingPeer = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  role: Looking,
  from: ServerId,
  notification: Notification,
): Outcome<T> => {
  const { premises } = config.rules
  const own = ownVote(peer)
  // 1. An earlier round: the laggard is told ours. A server that does not vote keeps silent: its word would be answered
  //    by the laggard, whatever the round (ELEC-9), and the two would never stop.
  if (premises['ELEC-4.earlierRound'](notification.round, peer.round))
    return isVotingMember(peer, peer.self)
      ? outcome(peer, notifyOne(config, peer, from), ['ELEC-4'])
      : stay(peer, ['ELEC-4'])
  // 2. A server that lost its data unexpectedly takes no part.
  if (!premises['ELEC-10.trusted'](own.zxid, notification.vote.zxid)) return stay(peer, ['ELEC-10'])
  const isBetter = (current: Vote): boolean =>
    premises['ELEC-3.better'](notification.vote, current, weightOfCandidate(config, peer, notification.vote.leader))
  // 3. A later round: adopt it, forget the votes of the old one, and start again from the better of its vote and our own.
  const isLater = premises['ELEC-4.laterRound'](notification.round, peer.round)
  const current = isLater ? own : role.proposal
  const proposal = isBetter(current) ? notification.vote : current
  const state: Peer<T> = isLater ? { ...peer, round: notification.round } : peer
  const changed = isLater || !V.equals(proposal, role.proposal)
  // 4. In any case record the sender's vote.
  const received = new Map([
    ...recordOwn(state, isLater ? new Map<ServerId, RecordedVote>() : role.received, proposal, state.round),
    [from, { vote: notification.vote, round: notification.round, state: notification.state }] as const,
  ])
  const next: Looking = { ...role, proposal, received, finalizing: role.finalizing && !changed }
  const effects: readonly Effect<T>[] = changed
    ? [
        ...(role.finalizing ? [{ kind: 'CancelTimer', timer: 'election.finalize' } as const] : []),
        ...notifyVoters(config, state, proposal),
      ]
    : []
  return concludeAfter(config, outcome({ ...state, role: next }, effects, ['ELEC-3', 'ELEC-4']), next)
}

/**
 * ELEC-5. When a quorum stands behind the proposal, wait finalizeWait for a better vote. When every voter stands behind it
 * no better vote can come, and the decision is made at once (ours: it saves the wait when all servers start together).
 * Where configurations change, one can: of a candidate that another voter is about to hear of (RECFG-7).
 */
const concludeAfter = <T>(config: CoreConfig, before: Outcome<T>, role: Looking): Outcome<T> => {
  const peer = before.state
  const agrees = agreement(role, peer.round)
  const voters = allVoters(peer)
  const isFinal = !isEnabled(config) || voters.length === 1
  if (isFinal && isVotingMember(peer, peer.self) && config.rules.premises['ELEC-5.unanimous'](voters, agrees))
    return decide(before, { vote: role.proposal, round: peer.round })
  if (role.finalizing || !config.rules.premises['ELEC-5.quorum'](quorumSystems(peer), agrees)) return before
  return outcome<T>(
    { ...peer, role: { ...role, finalizing: true } },
    [...before.effects, { kind: 'SetTimer', timer: 'election.finalize', afterMs: config.timing.finalizeWaitMs }],
    [...before.clauses, 'ELEC-5'],
  )
}

/** Whose recorded vote of this round is the proposal? */
const agreement =
  (role: Looking, round: number) =>
  (server: ServerId): boolean => {
    const recorded = role.received.get(server)
    return recorded !== undefined && recorded.round === round && V.equals(recorded.vote, role.proposal)
  }

/** ELEC-5: nothing better came within finalizeWait. */
export const onFinalize = <T>(config: CoreConfig, peer: Peer<T>, role: Looking): Outcome<T> =>
  role.finalizing && config.rules.premises['ELEC-5.quorum'](quorumSystems(peer), agreement(role, peer.round))
    ? decide(stay(peer), { vote: role.proposal, round: peer.round })
    : stay({ ...peer, role: { ...role, finalizing: false } })

/** The outcome, which is a hint (ELEC-12): discovery asks a quorum before anybody leads. */
const decide = <T>(before: Outcome<T>, finalVote: FinalVote): Outcome<T> =>
  become(
    before.state,
    finalVote.vote.leader === before.state.self
      ? { role: 'Leading', finalVote }
      : { role: 'Learning', leader: finalVote.vote.leader, finalVote },
    [...before.clauses, 'ELEC-5'],
    before.effects,
  )

/**
 * ELEC-6: a peer that has a leader already. Join that leader when a quorum names it: (a) among the votes of this round,
 * (b) among those out of the election, whatever their round, which is then adopted.
 */
const onDecidedPeer = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  role: Looking,
  from: ServerId,
  notification: Notification,
): Outcome<T> => {
  const recorded: RecordedVote = {
    vote: notification.vote,
    round: notification.round,
    state: notification.state,
  }
  const received =
    notification.round === peer.round ? new Map([...role.received, [from, recorded] as const]) : role.received
  const outOfElection = new Map([...role.outOfElection, [from, recorded] as const])
  const state: Peer<T> = { ...peer, role: { ...role, received, outOfElection } }
  // Of either configuration: those who go on may be without the proposed one, or know it as the committed one. RECFG-7.
  const isJoinable = (votes: ReadonlyMap<ServerId, RecordedVote>, ownRound: number): boolean =>
    quorumSystems(peer).some((system) =>
      config.rules.premises['ELEC-5.quorum']([system], namesLeader(config, votes, notification.vote)),
    ) && leads(config, peer, votes, notification, ownRound)
  if (notification.round === peer.round && isJoinable(received, peer.round))
    return decide(stay(state, ['ELEC-6', 'ELEC-7']), { vote: notification.vote, round: peer.round })
  if (isJoinable(outOfElection, peer.round))
    return decide(stay({ ...state, round: notification.round }, ['ELEC-6', 'ELEC-7']), {
      vote: notification.vote,
      round: notification.round,
    })
  return stay(state, ['ELEC-6'])
}

const namesLeader =
  (config: CoreConfig, votes: ReadonlyMap<ServerId, RecordedVote>, vote: Vote) =>
  (server: ServerId): boolean => {
    const recorded = votes.get(server)
    return recorded !== undefined && config.rules.premises['ELEC-6.sameLeader'](recorded.vote, vote)
  }

/** ELEC-7: the candidate itself must stand by it. */
const leads = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  votes: ReadonlyMap<ServerId, RecordedVote>,
  { vote, round }: Notification,
  ownRound: number,
): boolean =>
  config.rules.premises['ELEC-7.leads'](
    vote.leader === peer.self,
    votes.get(vote.leader)?.state === 'LEADING',
    round,
    ownRound,
  )

/** ELEC-11: nobody has answered to satisfaction; say it again, and wait twice as long. */
export const onResend = <T>(config: CoreConfig, peer: Peer<T>, role: Looking): Outcome<T> => {
  const resendAfterMs = Math.min(2 * role.resendAfterMs, config.timing.maxNotificationIntervalMs)
  return outcome(
    { ...peer, role: { ...role, resendAfterMs } },
    [
      ...notifyVoters(config, peer, role.proposal),
      { kind: 'SetTimer', timer: 'election.resend', afterMs: resendAfterMs },
    ],
    ['ELEC-11'],
  )
}
