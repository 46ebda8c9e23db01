/**
 * The judge of a run: what is delivered anywhere is a prefix of one sequence, an epoch has one leader, nothing committed is
 * lost, and nothing is said before the disk has what it depends on.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Effect } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import * as Z from '../../src/core/zxid.js'
import { recordOf } from './disk.js'
import type { Network, Node, Transaction } from './network.js'

export class Judge {
  violation: string | undefined
  readonly committed: Entry<Transaction>[] = []
  readonly leaders = new Map<number, ServerId>()
  readonly syncModes = new Set<string>()
  readonly known = new Map<string, Transaction>()

  constructor(
    readonly network: Network,
    readonly voters: readonly ServerId[],
  ) {
    network.observe = (id, node, effect) => {
      this.judge(id, node, effect)
    }
  }

  protected fail(what: string): void {
    this.violation ??= what
  }

  protected judge(id: ServerId, node: Node, effect: Effect<Transaction>): void {
    switch (effect.kind) {
      case 'Proposed':
        if (this.known.has(Z.show(effect.entry.zxid))) this.fail(`${Z.show(effect.entry.zxid)} proposed twice`)
        this.known.set(Z.show(effect.entry.zxid), effect.entry.transaction)
        return
      case 'Deliver':
        this.delivery(id, node, effect.entry)
        return
      case 'ServiceChanged':
        if (effect.service.kind === 'Leader') this.leadership(id, node, effect.service.epoch)
        return
      case 'Send':
        this.durability(id, node, effect)
        return
      case 'Persist':
        if (effect.durable.kind === 'AcceptedEpoch' && effect.durable.epoch < node.disk.acceptedEpoch)
          this.fail(
            `${id} takes back its promise: acceptedEpoch ${node.disk.acceptedEpoch} becomes ${effect.durable.epoch}`,
          )
        return
      case 'Fatal':
        this.fail(`server ${id} stopped: ${effect.reason}`)
        return
      default:
        return
    }
  }

  /** Total order, agreement, integrity: everybody delivers the same sequence. */
  private delivery(id: ServerId, node: Node, entry: Entry<Transaction>): void {
    const position = node.delivered.length
    const expected = this.committed[position]
    if (this.known.get(Z.show(entry.zxid)) !== entry.transaction) this.fail(`${id} delivers what nobody proposed`)
    if (expected === undefined) {
      const last = this.committed[position - 1]
      if (last !== undefined && !Z.isAfter(entry.zxid, last.zxid)) this.fail(`${id} delivers out of zxid order`)
      const newer = [...this.leaders.keys()].find((epoch) => epoch > entry.zxid.epoch)
      if (newer !== undefined)
        this.fail(`primary integrity: ${Z.show(entry.zxid)} commits after epoch ${newer} was established without it`)
      const holders = [...this.network.nodes.keys()].filter((holder) => this.has(this.network.node(holder), entry))
      if (!this.isCommittable(entry, holders)) this.fail(`${Z.show(entry.zxid)} committed on ${holders.length} disks`)
      this.committed.push(entry)
    } else if (!Z.equals(expected.zxid, entry.zxid))
      this.fail(`${id} delivers ${Z.show(entry.zxid)} where others delivered ${Z.show(expected.zxid)}`)
  }

  /** Are those who have the next entry on disk enough to commit it? */
  protected isCommittable(_: Entry<Transaction>, holders: readonly ServerId[]): boolean {
    return 2 * this.voters.filter((voter) => holders.includes(voter)).length > this.voters.length
  }

  /** Is the entry on that disk, in the log or under the snapshot? */
  private has({ disk }: Node, entry: Entry<Transaction>): boolean {
    return !Z.isAfter(entry.zxid, disk.base) || recordOf(disk, entry.zxid)?.transaction === entry.transaction
  }

  /** Leadership, and leader log completeness. */
  private leadership(id: ServerId, node: Node, epoch: number): void {
    const other = this.leaders.get(epoch)
    if (other !== undefined && other !== id) this.fail(`epoch ${epoch} has two leaders, ${other} and ${id}`)
    this.leaders.set(epoch, id)
    // What is delivered is compared place by place, so a leader that lacks an entry lacks its place.
    const missing = this.committed.find(({ zxid }, place) => {
      const own = node.delivered[place]
      return zxid.epoch < epoch && (own === undefined || !Z.equals(own.zxid, zxid))
    })
    if (missing !== undefined) this.fail(`leader ${id} of epoch ${epoch} lacks committed ${Z.show(missing.zxid)}`)
  }

  /** The durability table: RECV-1, RECV-2, RECV-4, RECV-6. */
  private durability(
    id: ServerId,
    { disk }: Node,
    { message }: Extract<Effect<Transaction>, { readonly kind: 'Send' }>,
  ): void {
    switch (message.type) {
      case 'LEADERINFO':
        if (disk.acceptedEpoch < message.epoch) this.fail(`RECV-1: ${id} offers epoch ${message.epoch} too early`)
        return
      case 'ACKEPOCH':
        if (message.currentEpoch !== -1 && disk.acceptedEpoch < this.acceptedEpochOf(id))
          this.fail(`RECV-2: ${id} answers before its promise is durable`)
        return
      case 'ACK':
        if (disk.currentEpoch < message.zxid.epoch)
          this.fail(`RECV-4: ${id} acknowledges epoch ${message.zxid.epoch} too early`)
        if (message.zxid.counter > 0 && recordOf(disk, message.zxid) === undefined)
          this.fail(`RECV-6: ${id} acknowledges ${Z.show(message.zxid)} before it is durable`)
        return
      case 'DIFF':
      case 'TRUNC':
      case 'SNAP':
        this.syncModes.add(message.type)
        return
      default:
        return
    }
  }

  private acceptedEpochOf(id: ServerId): number {
    return this.network.node(id).peer.acceptedEpoch
  }
}
