/** Bugs that ZooKeeper is not known to have had: each leaves out one thing that safety needs. */
import type { Bug } from './bug.js'
import * as V from './variations.js'

export const inventedBugs = {
  'promise-answered-early': {
    id: 'promise-answered-early',
    title: 'ACKEPOCH before the promise is on disk',
    history: 'Invented: the follower’s half of ZK-1291.',
    breaks: ['DISC-4', 'RECV-2'],
    kind: 'safety',
    variation: { rules: V.promiseAnsweredEarly },
  },
  'entry-acknowledged-early': {
    id: 'entry-acknowledged-early',
    title: 'ACK before the log',
    history: 'Invented: a proposal is acknowledged as soon as it is read.',
    breaks: ['BCAST-3', 'RECV-6'],
    kind: 'safety',
    variation: { rules: V.entryAcknowledgedEarly },
  },
  'leader-epoch-not-stored': {
    id: 'leader-epoch-not-stored',
    title: 'The leader does not store the epoch that it adopts',
    history: 'Invented: the leader’s half of ZK-1282.',
    breaks: ['DISC-6', 'RECV-5'],
    kind: 'safety',
    variation: { rules: V.leaderEpochNotStored },
  },
  'follower-ahead-ignored': {
    id: 'follower-ahead-ignored',
    title: 'A leader goes on though a follower knows more',
    history: 'Invented: elections name the server with the highest id, and discovery does not object.',
    breaks: ['DISC-5'],
    kind: 'safety',
    variation: { rules: V.followerAheadIgnored, schedule: 'tails' },
  },
  'commit-without-quorum': {
    id: 'commit-without-quorum',
    title: 'One ACK is enough to commit',
    history: 'Invented.',
    breaks: ['BCAST-5', 'QUO-1'],
    kind: 'safety',
    variation: { rules: V.commitWithoutQuorum },
  },
  'established-without-quorum': {
    id: 'established-without-quorum',
    title: 'One answer to NEWLEADER is enough to lead',
    history: 'Invented.',
    breaks: ['SYNC-3', 'QUO-1'],
    kind: 'safety',
    variation: { rules: V.establishedWithoutQuorum },
  },
  'discovery-without-quorum': {
    id: 'discovery-without-quorum',
    title: 'A leader asks nobody for the last epoch',
    history: 'Invented.',
    breaks: ['DISC-2', 'DISC-5', 'QUO-1'],
    kind: 'safety',
    variation: { rules: V.discoveryWithoutQuorum, schedule: 'tails' },
  },
  'older-epoch-accepted': {
    id: 'older-epoch-accepted',
    title: 'A follower forgets its promise for an older epoch',
    history: 'Invented.',
    breaks: ['DISC-4'],
    kind: 'safety',
    variation: { rules: V.olderEpochAccepted, schedule: 'tails' },
  },
  'window-ignored': {
    id: 'window-ignored',
    title: 'DIFF for what the window no longer reaches',
    history: 'Invented: ZK-1154 at the other end of the window.',
    breaks: ['SYNC-4', 'SYNC-11'],
    kind: 'safety',
    variation: { rules: V.windowIgnored, options: { committedWindow: 2 } },
  },
} as const satisfies Readonly<Record<string, Bug>>
