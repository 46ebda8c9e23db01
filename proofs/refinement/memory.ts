/** Steps in the memory of a server (steps.ts) as actions of the abstract system. */
import type { ServerId } from '../../src/core/configuration.js'
import * as Z from '../../src/core/zxid.js'
import * as Symbols from '../../spec/symbols.js'
import type { Electorates } from './electorates.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { MemoryAction } from './steps.js'
import type { Universe } from './universe.js'

export interface Memory {
  readonly remember: (action: MemoryAction, server: ServerId) => void
  readonly deliver: (server: ServerId, what: Delivery) => void
}

type Delivery = Omit<Extract<MemoryAction, { readonly kind: 'deliver' }>, 'kind'>
type Proposal = Extract<MemoryAction, { readonly kind: 'propose' }>

/** `note` is told what each zxid stands for when it is proposed (H2). `electorates`: when the ensemble may be reconfigured. */
export const makeMemory = (
  universe: Universe,
  { perform, performWithQuorum, object }: Pick<Stage, 'perform' | 'performWithQuorum' | 'object'>,
  { nodeOf, epochOf, transactionOf, rowOf, lastOf, imageOf }: Reader,
  note: (transaction: number, value: unknown) => void,
  electorates?: Electorates,
): Memory => {
  const remember = (action: MemoryAction, server: ServerId): void => {
    const node = nodeOf(server)
    switch (action.kind) {
      case 'startEpoch': {
        const epoch = epochOf(action.epoch)
        const adoptedEpoch =
          rowOf(Symbols.adopted, node)
            .filter((id) => id < epoch)
            .at(-1) ?? 0
        performWithQuorum(
          'startEpoch',
          `server ${server} starts epoch ${action.epoch} with [${action.among.join(', ')}]`,
          action.among,
          {
            leader: node,
            epoch,
            source: node,
            adoptedEpoch,
            sourceLineage: rowOf(Symbols.reportedLineage, node, epoch)[0] ?? 0,
            zxid: lastOf(rowOf(Symbols.reported, node, epoch)),
          },
          electorates?.toStart(server, node, epoch),
        )
        return
      }
      case 'establish':
        performWithQuorum(
          'establish',
          `server ${server} is established in epoch ${action.epoch} by [${action.among.join(', ')}]`,
          action.among,
          {
            epoch: epochOf(action.epoch),
          },
          electorates?.toEstablish(epochOf(action.epoch)),
        )
        return
      case 'propose':
        propose(server, action)
        return
      case 'acknowledge':
        perform('acknowledge', `server ${server} counts its own disk up to ${Z.show(action.zxid)}`, {
          server: node,
          zxid: transactionOf(action.zxid),
        })
        return
      case 'commit':
        performWithQuorum(
          'commit',
          `server ${server} commits ${Z.show(action.zxid)} by [${action.among.join(', ')}]`,
          action.among,
          {
            zxid: transactionOf(action.zxid),
          },
          electorates?.toCommit(action.zxid),
        )
        return
      case 'deliver':
        deliver(server, action)
    }
  }

  const propose = (server: ServerId, { epoch, zxid, transaction, configuration }: Proposal): void => {
    const known = universe.transactionOf(zxid)
    const id = known ?? universe.propose(zxid)
    note(id, transaction)
    perform('propose', `server ${server} proposes ${Z.show(zxid)}`, { epoch: epochOf(epoch), zxid: id })
    if (configuration !== undefined) electorates?.proposed(server, zxid, configuration)
  }

  /** The state of the server becomes that of `upTo`: first back, if it is older, then one by one. */
  const deliver = (server: ServerId, { upTo, entries, hasImage }: Delivery): void => {
    const node = nodeOf(server)
    const former = universe.zxidOf(lastOf(rowOf(Symbols.delivered, node)))
    if (Z.isBefore(upTo, former) && !hasImage)
      object('deliver', `server ${server} has delivered up to ${Z.show(former)} and goes back to ${Z.show(upTo)}`, [
        'BCAST-9',
        'SYNC-9',
      ])
    if (Z.isBefore(upTo, former))
      perform('crash', `server ${server} goes back to the state of ${Z.show(upTo)}`, {
        server: node,
        point: lastOf(rowOf(Symbols.log, node)),
        image: transactionOf(upTo),
      })
    const from = Z.isBefore(upTo, former) ? upTo : former
    const [first] = entries
    const image = first === undefined ? imageOf(upTo) : imageOf(first)
    const known = new Set([...image, ...entries.map(transactionOf)])
    const fresh = [...known]
      .filter((id) => Z.isAfter(universe.zxidOf(id), from) && !Z.isAfter(universe.zxidOf(id), upTo))
      .sort((a, b) => Z.compare(universe.zxidOf(a), universe.zxidOf(b)))
    for (const zxid of fresh)
      perform('deliver', `server ${server} delivers ${Z.show(universe.zxidOf(zxid))}`, { server: node, zxid })
  }

  return { remember, deliver }
}
