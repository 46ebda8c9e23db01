/** Messages of the core as sayings of the abstract system (spec/messages.ts), and whether they are so. */
import type { QuorumMessage } from '../../src/core/message.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { compile } from '../../spec/logic/evaluate.js'
import type { Structure } from '../../spec/logic/structure.js'
import { vocabularyOf } from '../../spec/logic/structure.js'
import type { Saying } from '../../spec/messages.js'
import { messageVariables, sayings } from '../../spec/messages.js'
import { zab } from '../../spec/zab.js'

export interface About {
  readonly saying: Saying
  readonly epoch?: Epoch
  readonly claimed?: Epoch
  readonly zxid?: Zxid
}

export const aboutOf = (
  message: Exclude<QuorumMessage<unknown>, { readonly type: 'FOLLOWERINFO' | 'PING' }>,
): About => {
  switch (message.type) {
    case 'LEADERINFO':
    case 'NEWLEADER':
      return { saying: message.type, epoch: message.epoch }
    case 'ACKEPOCH':
      return message.currentEpoch === -1
        ? { saying: 'ACKEPOCH (do not count me)' }
        : { saying: 'ACKEPOCH', claimed: message.currentEpoch, zxid: message.lastZxid }
    case 'ACK':
      return { saying: 'ACK of NEWLEADER', epoch: message.zxid.epoch }
    case 'UPTODATE':
      return { saying: 'UPTODATE' }
    case 'PROPOSAL':
    case 'INFORM':
      return { saying: message.type, zxid: message.entry.zxid }
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'COMMIT':
      return { saying: message.type, zxid: message.zxid }
    case 'COMMITANDACTIVATE':
      return { saying: 'COMMIT', zxid: message.zxid }
    case 'INFORMANDACTIVATE':
      return { saying: 'INFORM', zxid: message.entry.zxid }
  }
}

export const describeSaying = ({ saying, epoch, claimed, zxid }: About): string =>
  [
    saying,
    epoch,
    claimed === undefined ? undefined : `current ${claimed}`,
    zxid === undefined ? undefined : Z.show(zxid),
  ]
    .filter((part) => part !== undefined)
    .join(' ')

export const clausesOfSaying = (saying: Saying): readonly string[] => {
  switch (saying) {
    case 'LEADERINFO':
      return ['DISC-3', 'RECV-1']
    case 'ACKEPOCH':
    case 'ACKEPOCH (do not count me)':
      return ['DISC-4', 'RECV-2']
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      return ['SYNC-4', 'SYNC-8']
    case 'PROPOSAL':
      return ['BCAST-1', 'SYNC-5']
    case 'COMMIT':
      return ['BCAST-6', 'SYNC-5']
    case 'INFORM':
      return ['OBS-2']
    case 'NEWLEADER':
      return ['SYNC-1', 'DISC-6']
    case 'ACK of NEWLEADER':
      return ['SYNC-2', 'RECV-4']
    case 'UPTODATE':
      return ['SYNC-3']
  }
}

const compiled = new Map(
  Object.entries(sayings).map(([name, formula]) => [name, compile(vocabularyOf(zab), formula, messageVariables)]),
)

/** Elements in the order of `messageVariables`: sender, receiver, epoch, claimed epoch, zxid. */
export const isSo = (saying: Saying, structure: Structure, elements: readonly number[]): boolean =>
  compiled.get(saying)?.(structure, elements) === true
