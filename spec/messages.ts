/**
 * What the messages of the real protocol say, in terms of the abstract system. The system has no messages: each stands for
 * facts that must be so when it is sent. ACK of a proposal is an action of its own, since saying it makes it so.
 *
 * A message goes from `sender` to `receiver`, in `epoch` (that of the sender's leader, or its own), about `zxid`.
 */
import type { LeaderMessage, LearnerMessage } from '../src/core/message.js'
import type { Formula } from './logic/formula.js'
import { all, and, equal, or, variable, when } from './logic/formula.js'
import {
  adopted,
  atMost,
  committed,
  committedIn,
  delivered,
  epochAtMost,
  epochBelow,
  established,
  f,
  history,
  initialHistory,
  leaderOf,
  promised,
  promisedTo,
  reported,
  started,
  t,
} from './symbols.js'

export const sender = variable('sender', 'node')
export const receiver = variable('receiver', 'node')
export const epoch = variable('epoch', 'epoch')
/** Epoch in an ACKEPOCH that counts. */
export const claimed = variable('claimed', 'epoch')
export const zxid = variable('zxid', 'transaction')

/** In the order in which they are given their values. */
export const messageVariables = [sender, receiver, epoch, claimed, zxid] as const

/** ACKEPOCH and ACK are two messages each. Those that activate a configuration say what COMMIT and INFORM say. */
export type Saying =
  | Exclude<
      (LeaderMessage<unknown> | LearnerMessage)['type'],
      'FOLLOWERINFO' | 'PING' | 'ACKEPOCH' | 'ACK' | 'COMMITANDACTIVATE' | 'INFORMANDACTIVATE'
    >
  | 'ACKEPOCH'
  | 'ACKEPOCH (do not count me)'
  | 'ACK of NEWLEADER'

export const sayings: Readonly<Record<Saying, Formula>> = {
  /** I have promised it myself. DISC-3. */
  LEADERINFO: promisedTo(sender, epoch, sender),
  /** I have promised you the epoch; this is my currentEpoch below it, and my last zxid. DISC-4. */
  ACKEPOCH: and(
    promisedTo(sender, epoch, receiver),
    adopted(sender, claimed),
    epochBelow(claimed, epoch),
    all(f)(when(adopted(sender, f), epochBelow(f, epoch)).then(epochAtMost(f, claimed))),
    reported(sender, epoch, zxid),
    all(t)(when(reported(sender, epoch, t)).then(atMost(t, zxid))),
  ),
  /** I have promised that epoch before. DISC-4. */
  'ACKEPOCH (do not count me)': promised(sender, epoch),
  /** It is a point of my history. SYNC-4. */
  DIFF: history(epoch, zxid),
  TRUNC: history(epoch, zxid),
  /** The image is of what I have delivered. SYNC-8. */
  SNAP: delivered(sender, zxid),
  PROPOSAL: history(epoch, zxid),
  /** Committed, or it will be with the initial history. SYNC-5, BCAST-6. */
  COMMIT: or(committedIn(epoch, zxid), initialHistory(epoch, zxid)),
  /** OBS-2. While a learner is synchronized it gets the initial history as PROPOSAL and COMMIT. */
  INFORM: committed(zxid),
  /** I lead the epoch, its initial history is mine, and I have adopted it. SYNC-1, DISC-6. */
  NEWLEADER: and(started(epoch), equal(leaderOf(epoch), sender), adopted(sender, epoch)),
  /** SYNC-2, RECV-4. */
  'ACK of NEWLEADER': adopted(sender, epoch),
  /** SYNC-3. */
  UPTODATE: established(epoch),
}
