/**
 * Safety of the core under random schedules: what is delivered anywhere is a prefix of one sequence, an epoch has one
 * leader, nothing committed is lost, and nothing is said before the disk has what it depends on.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Effect } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import type { Rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { TimerName } from '../../src/core/timer.js'
import * as Z from '../../src/core/zxid.js'
import type { Node, Transaction } from './network.js'
import { ensembleOf, Network } from './network.js'

/** Small, fast, and the same everywhere. */
export const randomOf = (seed: number): ((bound: number) => number) => {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, bound)
  }
}

const TIMERS: readonly TimerName[] = [
  'election.finalize',
  'election.finalize',
  'election.resend',
  'learner.reconnect',
  'learner.reconnect',
  'leader.ping',
  'liveness',
  'phase.limit',
]

export interface Outcome {
  readonly violation: string | undefined
  readonly commits: number
  readonly epochs: number
  readonly syncModes: ReadonlySet<string>
  readonly clauses: ReadonlySet<string>
}

/** One random run. Stops at the first violation. */
export const run = (seed: number, steps: number, rules: Rules, observers: readonly ServerId[] = []): Outcome => {
  const random = randomOf(seed)
  const voters = random(4) === 0 ? [1, 2, 3, 4, 5] : [1, 2, 3]
  const network = new Network(ensembleOf(voters, observers), { rules, committedWindow: 1 + random(6) })
  network.autoSync = false
  const judge = new Judge(network, voters)
  const ids = [...voters, ...observers]
  const anyId = (): ServerId => ids[random(ids.length)] ?? 1
  // Swarm: each run has its own mix of faults.
  const crashRate = random(3) === 0 ? 0 : 1 + random(6)
  const cutRate = random(3) === 0 ? 0 : 1 + random(6)
  const syncRate = 10 + random(60)
  const submitRate = random(2) === 0 ? 1 : 16
  for (const id of ids) network.start(id)
  for (let step = 0; step < steps && judge.violation === undefined; step++) {
    const dice = random(400)
    if (dice < crashRate) {
      const id = anyId()
      if (network.node(id).isUp) network.crash(id)
    } else if (dice < 10) {
      const id = anyId()
      if (!network.node(id).isUp && network.node(id).fatal === undefined) network.start(id)
    } else if (dice < 10 + cutRate) {
      if (random(2) === 0) network.isolate(anyId())
      else network.partition(anyId(), anyId())
    } else if (dice < 24) network.heal()
    else if (dice < 24 + submitRate) {
      const leader = [...network.nodes].filter(([, node]) => node.isUp && node.peer.service.kind === 'Leader')
      const chosen = leader[random(leader.length)]
      if (chosen !== undefined) network.submit(chosen[0], `${seed}/${step}`)
    } else if (dice < 70) {
      const id = anyId()
      const timer = TIMERS[random(TIMERS.length)]
      if (timer !== undefined && network.node(id).timers.has(timer)) network.fire(id, timer)
    } else if (dice < 70 + syncRate) network.sync(anyId(), 1 + random(4))
    else network.deliver(random)
  }
  return {
    violation: judge.violation,
    commits: judge.committed.length,
    epochs: judge.leaders.size,
    syncModes: judge.syncModes,
    clauses: network.clauses,
  }
}

class Judge {
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

  private fail(what: string): void {
    this.violation ??= what
  }

  private judge(id: ServerId, node: Node, effect: Effect<Transaction>): void {
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
          this.fail(`${id} takes back its promise: acceptedEpoch ${node.disk.acceptedEpoch} becomes ${effect.durable.epoch}`)
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
      this.committed.push(entry)
      const holders = this.voters.filter((voter) => this.has(this.network.node(voter), entry))
      if (2 * holders.length <= this.voters.length) this.fail(`${Z.show(entry.zxid)} committed on ${holders.length} disks`)
    } else if (!Z.equals(expected.zxid, entry.zxid))
      this.fail(`${id} delivers ${Z.show(entry.zxid)} where others delivered ${Z.show(expected.zxid)}`)
  }

  /** Is the entry on that disk, in the log or under the snapshot? */
  private has(node: Node, entry: Entry<Transaction>): boolean {
    return (
      !Z.isAfter(entry.zxid, node.disk.base) ||
      S.toArray(node.disk.entries).some(
        (other) => Z.equals(other.zxid, entry.zxid) && other.transaction === entry.transaction,
      )
    )
  }

  /** Leadership, and leader log completeness. */
  private leadership(id: ServerId, node: Node, epoch: number): void {
    const other = this.leaders.get(epoch)
    if (other !== undefined && other !== id) this.fail(`epoch ${epoch} has two leaders, ${other} and ${id}`)
    this.leaders.set(epoch, id)
    const missing = this.committed.find(
      (entry) => entry.zxid.epoch < epoch && !node.delivered.some((own) => Z.equals(own.zxid, entry.zxid)),
    )
    if (missing !== undefined) this.fail(`leader ${id} of epoch ${epoch} lacks committed ${Z.show(missing.zxid)}`)
  }

  /** The durability table: RECV-1, RECV-2, RECV-4, RECV-6. */
  private durability(id: ServerId, { disk }: Node, { message }: Extract<Effect<Transaction>, { readonly kind: 'Send' }>): void {
    switch (message.type) {
      case 'LEADERINFO':
        if (disk.acceptedEpoch < message.epoch) this.fail(`RECV-1: ${id} offers epoch ${message.epoch} too early`)
        return
      case 'ACKEPOCH':
        if (message.currentEpoch !== -1 && disk.acceptedEpoch < this.acceptedEpochOf(id))
          this.fail(`RECV-2: ${id} answers before its promise is durable`)
        return
      case 'ACK':
        if (disk.currentEpoch < message.zxid.epoch) this.fail(`RECV-4: ${id} acknowledges epoch ${message.zxid.epoch} too early`)
        if (message.zxid.counter > 0 && !S.toArray(disk.entries).some((entry) => Z.equals(entry.zxid, message.zxid)))
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
