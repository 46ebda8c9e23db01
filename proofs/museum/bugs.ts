/** Bugs that ZooKeeper's replication has had (seventeen entries, one of them two bugs); each is a variation of the core. Ids are those of its tracker. */
import type { Bug } from './bug.js'
import { leaderZxidTooSoon, memoryKept } from './claims.js'
import { carries } from './counter.js'
import { judgeVotes } from './election.js'
import * as Synchronization from './synchronization.js'
import * as V from './variations.js'

/** So short that most synchronizations need a snapshot. */
const SHORT_WINDOW = 2

export const bugs = {
  'ZK-335': {
    id: 'ZK-335',
    title: 'The zxid alone decides who is most recent (also 1081, 1082)',
    history:
      'Reported in 2009: no epoch was durable yet. A long history of an old epoch beat a newer epoch without transactions, and ' +
      'what nobody had agreed on came back.',
    breaks: ['ELEC-3', 'DISC-5'],
    kind: 'safety',
    variation: { rules: V.zxidDecidesAlone, schedule: 'tails' },
  },
  'ZK-1154': {
    id: 'ZK-1154',
    title: 'DIFF by range instead of membership',
    history:
      'Reported in 2011: a leader sent DIFF to whoever lay between the ends of its window. A server with a transaction of ' +
      'its own there kept it.',
    breaks: ['SYNC-4'],
    kind: 'safety',
    variation: { rules: V.rangeInsteadOfMembership, schedule: 'tails' },
  },
  'ZK-1156': {
    id: 'ZK-1156',
    title: 'Truncation cuts too much',
    history:
      'Reported in 2011: the reader of the log lost count of its position, so that a truncation took away the ' +
      'record that it should have ended with.',
    breaks: ['RECV-7', 'SYNC-9'],
    kind: 'safety',
    variation: { program: Synchronization.truncatedTooFar, schedule: 'tails' },
  },
  'ZK-962': {
    id: 'ZK-962',
    title: 'Batch and live stream are two steps',
    history:
      'Reported in 2010: a leader read its committed log first and registered the follower afterwards. What committed in ' +
      'between reached the follower in neither way.',
    breaks: ['SYNC-7', 'SYNC-11'],
    kind: 'safety',
    variation: { rules: V.holesTolerated, program: Synchronization.batchReadEarlier },
  },
  'ZK-790': {
    id: 'ZK-790',
    title: 'A prospective leader claims ⟨e, 0⟩',
    history:
      'Reported in 2010: a server set its last zxid to ⟨e, 0⟩ on its way to lead e. When the attempt failed it kept the ' +
      'claim, and beat servers with newer transactions.',
    breaks: ['DISC-5', 'ELEC-1'],
    kind: 'safety',
    variation: { program: leaderZxidTooSoon, schedule: 'restless' },
  },
  'ZK-1282': {
    id: 'ZK-1282',
    title: 'currentEpoch is written after the answer to NEWLEADER',
    history:
      'Found in 2011, soon after the epoch files were introduced: a follower wrote currentEpoch at UPTODATE. The leader was already ' +
      'established with an answer that a crash could unsay.',
    breaks: ['SYNC-2', 'RECV-4'],
    kind: 'safety',
    variation: { rules: V.epochAfterAcknowledgement },
  },
  'ZK-1291': {
    id: 'ZK-1291',
    title: 'The epoch is offered before the leader has promised it',
    history:
      'Found in 2011, soon after the epoch files were introduced: a leader wrote acceptedEpoch after it had offered the epoch; after a ' +
      'crash it could offer the same one again.',
    breaks: ['DISC-3', 'RECV-1', 'DISC-7'],
    kind: 'safety',
    variation: { rules: V.offeredBeforePromised },
  },
  'ZK-1277': {
    id: 'ZK-1277',
    title: 'The counter runs over into the epoch',
    history:
      'Reported in 2011: the zxid after the last of an epoch was the first of the next, which nobody had been ' +
      'elected for.',
    breaks: ['BCAST-1'],
    kind: 'safety',
    variation: { rules: V.counterRollsOver, program: carries },
  },
  'ZK-1319': {
    id: 'ZK-1319',
    title: 'A fresh server is taken for one in sync',
    history:
      'Reported in 2011: a new leader that had proposed nothing compared learners with zxid 0: an empty server got an empty ' +
      'DIFF and counted.',
    breaks: ['SYNC-4', 'SYNC-2'],
    kind: 'safety',
    variation: { rules: V.freshServerInSync },
  },
  'ZK-1367': {
    id: 'ZK-1367',
    title: 'Sessions are not noted during synchronization',
    history:
      'Reported in 2012: what a follower applied during synchronization went past its session table. Leading ' +
      'later, it kept the nodes of dead sessions.',
    breaks: ['SM-3', 'SESS-1'],
    kind: 'service',
    variation: { program: Synchronization.sessionsForgotten },
  },
  'ZK-1419': {
    id: 'ZK-1419',
    title: 'A parenthesis of the vote order',
    history:
      'Reported in 2012: two votes of different epochs could each beat the other, and an election went on for ever.',
    breaks: ['ELEC-3'],
    kind: 'liveness',
    variation: { rules: V.missingParenthesis, options: { voters: 5 }, schedule: 'restless', judge: judgeVotes },
  },
  'ZK-1514': {
    id: 'ZK-1514',
    title: 'The leader check ignores the round',
    history:
      'Reported in 2012: a restarted leader that heard its followers of an earlier round took the lead again by itself, and ' +
      'waited for them in vain.',
    breaks: ['ELEC-7'],
    kind: 'liveness',
    variation: { rules: V.roundIgnored, schedule: 'blinks' },
  },
  'ZK-2959': {
    id: 'ZK-2959',
    title: 'Observers count (also 764, 769)',
    history:
      'When observers were new (2010), and again in a report of 2017, some sets that were compared with a quorum held ' +
      'observers as well.',
    breaks: ['OBS-1', 'QUO-1', 'DISC-2', 'DISC-5', 'SYNC-3'],
    kind: 'safety',
    variation: { rules: V.observersCounted, options: { observers: 2 } },
  },
  'ZK-1551': {
    id: 'ZK-1551',
    title: 'An observer forgets what comes before UPTODATE',
    history:
      'Reported in 2012: only followers carried out what had been queued during synchronization; an observer went ' +
      'on with a hole.',
    breaks: ['OBS-3', 'SYNC-10', 'SYNC-11'],
    kind: 'safety',
    variation: {
      rules: V.holesTolerated,
      program: Synchronization.observerForgets,
      options: { observers: 1, committedWindow: SHORT_WINDOW },
      schedule: 'comebacks',
    },
  },
  'ZK-2845': {
    id: 'ZK-2845',
    title: 'Memory is kept across elections',
    history:
      'Reported in 2017, caused by a change for speed: a server went into an election with the state it had applied and not with its log, ' +
      'which may hold more.',
    breaks: ['RECV-13', 'ELEC-1', 'SYNC-4'],
    kind: 'safety',
    variation: { program: memoryKept, schedule: 'tails' },
  },
  'ZK-3911': {
    id: 'ZK-3911',
    title: 'NEWLEADER is answered before the history is on disk',
    history:
      'Reported in 2020: the transactions of a DIFF were logged after UPTODATE: a leader served what only its own disk had.',
    breaks: ['SYNC-2', 'RECV-4'],
    kind: 'safety',
    variation: { rules: V.acknowledgedBeforeLogged },
  },
  'ZK-4643': {
    id: 'ZK-4643',
    title: 'currentEpoch is on disk before the history (also 4785)',
    history:
      'Reported in 2022: a follower wrote currentEpoch first. A crash in between left a server that claimed an epoch without ' +
      'its history, and won with it.',
    breaks: ['SYNC-2', 'RECV-3'],
    kind: 'safety',
    variation: { rules: V.epochBeforeHistory },
  },
  'ZK-3104': {
    id: 'ZK-3104',
    title: 'NEWLEADER overtakes the end of the snapshot',
    history:
      'Reported in 2018: NEWLEADER was queued while the snapshot was still being written. Interrupted then, a ' +
      'follower had the epoch and half a state.',
    breaks: ['SYNC-8', 'SYNC-1', 'RECV-4'],
    kind: 'safety',
    variation: {
      program: Synchronization.imageIncomplete,
      options: { committedWindow: SHORT_WINDOW },
      schedule: 'comebacks',
    },
  },
} as const satisfies Readonly<Record<string, Bug>>

export type BugId = keyof typeof bugs
