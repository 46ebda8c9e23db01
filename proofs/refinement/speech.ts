/** What servers say: an ACK of a proposal is an action, every other message must be so. */
import type { ServerId } from '../../src/core/configuration.js'
import type { QuorumMessage } from '../../src/core/message.js'
import type { Epoch } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Reader } from './reader.js'
import { aboutOf, clausesOfSaying, describeSaying, isSo } from './sayings.js'
import type { Stage } from './stage.js'
import type { Universe } from './universe.js'

/** `epoch`: the one that the server acts in. What names an epoch of its own is said in that (DISC-4, SYNC-2). */
type Say = (server: ServerId, to: ServerId, epoch: Epoch, message: QuorumMessage<unknown>) => void

export const makeSpeech =
  (
    { structure }: Universe,
    { perform, object, isOver }: Pick<Stage, 'perform' | 'object' | 'isOver'>,
    { nodeOf, epochOf, transactionOf }: Reader,
  ): Say =>
  (server, to, context, message) => {
    if (isOver() || message.type === 'FOLLOWERINFO' || message.type === 'PING') return
    if (message.type === 'ACK' && message.zxid.counter !== 0)
      return perform('acknowledge', `server ${server} acknowledges ${Z.show(message.zxid)}`, {
        server: nodeOf(server),
        zxid: transactionOf(message.zxid),
      })
    const about = aboutOf(message)
    const epoch = about.epoch ?? context
    const elements = [
      nodeOf(server),
      nodeOf(to),
      epochOf(epoch),
      epochOf(about.claimed ?? 0),
      transactionOf(about.zxid ?? Z.ZERO),
    ]
    if (!isSo(about.saying, structure, elements))
      object(
        about.saying,
        `server ${server} says ${describeSaying(about)} to ${to} in epoch ${epoch}, which is not so`,
        clausesOfSaying(about.saying),
      )
  }
