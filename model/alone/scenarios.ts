/** Small directed scenarios for what random schedules hardly reach: broken leaders, odd data directories, strange voters. */
import type { Rules } from '../../src/core/rules.js'
import {
  ackEpoch,
  broadcasting,
  commit,
  configuration,
  diskOf,
  elected,
  enabled,
  established,
  ack,
  followerInfo,
  following,
  leaderInfo,
  newLeader,
  promised,
  proposal,
  Server,
  sync,
  synchronizing,
  vote,
  weightless,
  z,
} from './server.js'

/** Each gives the clauses of its steps. */
export type Scenario = (rules: Rules) => readonly string[]

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a candidate of weight 0': (rules) =>
    new Server(1, { rules, ensemble: weightless }).hears(3, vote(3, '9:9', 9)).clauses,
  'a candidate that is no voter': (rules) => new Server(1, { rules, observers: [9] }).hears(2, vote(9)).clauses,
  'an unexpectedly empty data directory': (rules) =>
    new Server(1, { rules, disk: { trusted: false } }).hears(2, vote(2)).clauses,
  'an older epoch is offered': (rules) =>
    following({ rules, disk: diskOf(3, 1) }).receives(3, 'leader', leaderInfo(2)).clauses,
  'a learner claims the last epoch of all': (rules) =>
    elected({ rules }).connects(2, 'learner').receives(2, 'learner', followerInfo(0x7fffffff)).clauses,
  'a newer configuration comes': (rules) =>
    elected({ rules })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0, 'participant', '1:1')).clauses,
  'a voter comes with a later promise': (rules) =>
    synchronizing({ rules }).connects(1, 'learner').receives(1, 'learner', followerInfo(9)).clauses,
  'a learner is ahead of all that is committed': (rules) =>
    synchronizing({ rules, disk: diskOf(2, 2, '1:1') }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:2' }).clauses,
  'a learner from before the window': (rules) =>
    synchronizing(
      { rules, disk: { acceptedEpoch: 1, currentEpoch: 1, base: z('1:5') } },
      { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:2' },
    ).clauses,
  'a tail of an epoch that the leader never saw': (rules) =>
    synchronizing({ rules, disk: diskOf(3, 3, '1:1', '3:1') }, { acceptedEpoch: 2, currentEpoch: 2, lastZxid: '2:1' })
      .clauses,
  'a log with a hole diverges in its own epoch': (rules) =>
    synchronizing({ rules, disk: diskOf(1, 1, '1:1', '1:7') }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:5' })
      .clauses,
  'a snapshot labelled ⟨e, 0⟩, of an epoch that the leader knows': (rules) =>
    synchronizing({ rules, disk: diskOf(3, 2, '1:1', '3:1') }, { acceptedEpoch: 2, currentEpoch: 2, lastZxid: '2:0' })
      .clauses,
  'a snapshot labelled ⟨e, 0⟩, of an epoch that the leader does not know': (rules) =>
    synchronizing({ rules, disk: diskOf(3, 3, '1:1', '3:1') }, { acceptedEpoch: 2, currentEpoch: 2, lastZxid: '2:0' })
      .clauses,
  'a truncation of what was never committed': (rules) =>
    promised({ rules, disk: diskOf(1, 1, '1:1', '1:2') }, 2).receives(3, 'leader', sync('TRUNC', '1:1')).clauses,
  'an impossible truncation': (rules) =>
    promised({ rules, disk: diskOf(0, 0, '1:1') }).receives(3, 'leader', sync('TRUNC', '0:5')).clauses,
  'a hole in the sync batch': (rules) =>
    promised({ rules }).receives(3, 'leader', sync('DIFF', '1:2'), proposal('1:2')).clauses,
  'a NEWLEADER of another epoch': (rules) =>
    promised({ rules }).receives(3, 'leader', sync('DIFF', '0:0'), newLeader(2)).clauses,
  'a proposal twice': (rules) =>
    broadcasting({ rules }).receives(3, 'leader', proposal('1:1'), proposal('1:1')).clauses,
  'a hole in the broadcast': (rules) => broadcasting({ rules }).receives(3, 'leader', proposal('1:2')).clauses,
  'a proposal of another epoch': (rules) => broadcasting({ rules }).receives(3, 'leader', proposal('2:1')).clauses,
  'a COMMIT out of order': (rules) =>
    broadcasting({ rules }).receives(3, 'leader', proposal('1:1'), proposal('1:2'), commit('1:2')).clauses,
  'an ACK of another epoch': (rules) => established({ rules }).submits('a').receives(2, 'learner', ack('0:1')).clauses,
  'an ACKEPOCH of one that is ahead': (rules) =>
    elected({ rules })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(7))
      .syncs()
      .receives(2, 'learner', ackEpoch(7, '7:7')).clauses,
  'an ACKEPOCH of an epoch that was not promised': (rules) =>
    elected({ rules })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0))
      .syncs()
      .receives(2, 'learner', ackEpoch(7, '7:7')).clauses,
  'no epoch is left': (rules) =>
    elected({ rules, disk: diskOf(0x7ffffffe, 0) })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0)).clauses,
  'a round that nobody reaches': (rules) => new Server(1, { rules }).hears(2, vote(2), 2 ** 50).clauses,
  'a configuration of a stranger': (rules) => {
    const told = configuration([1, 2, 9], '1:1')
    const notification = {
      state: 'LOOKING',
      vote: vote(9),
      round: 1,
      configurationVersion: told.version,
      configuration: told,
    } as const
    return new Server(1, { rules, ...enabled }).on({ kind: 'Notified', from: 9, notification }).clauses
  },
  'a voter with a later promise comes to a leader that serves': (rules) =>
    established({ rules }).connects(1, 'learner').receives(1, 'learner', followerInfo(9)).fires('phase.limit').clauses,
  'the counter at its end': (rules) => {
    const leader = established({ rules })
    const { role } = leader.peer
    if (role.kind !== 'Leading') throw new Error('not leading')
    const phase = { kind: 'Broadcasting', epoch: 1, lastProposed: z('1:4294967294') } as const
    leader.peer = { ...leader.peer, role: { ...role, phase } }
    return leader.submits('too much').clauses
  },
  'epochs that no crash explains': (rules) => new Server(1, { rules, disk: diskOf(1, 2) }).clauses,
}
