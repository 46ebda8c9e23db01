/** For which epoch and which leader a server acts: what it writes and says belongs to them. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Peer } from '../../src/core/peer.js'
import type { Epoch } from '../../src/core/zxid.js'

/** The epoch that a server acts in, and the leader it does so for. */
export interface Context {
  readonly epoch: Epoch
  readonly leader: ServerId
}

export const NO_CONTEXT: Context = { epoch: 0, leader: 0 }

export const contextOf = ({ role, self }: Peer<unknown>): Context => {
  switch (role.kind) {
    case 'Leading':
      return { epoch: role.phase.kind === 'CollectingEpochs' ? 0 : role.phase.epoch, leader: self }
    case 'Following':
    case 'Observing':
      return { epoch: 'epoch' in role.phase ? role.phase.epoch : 0, leader: role.leader }
    case 'Looking':
    case 'Stopped':
      return NO_CONTEXT
  }
}
