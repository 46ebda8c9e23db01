/**
 * The tie between the proof and the code: a judge that follows a run of the real core in a simulated world, sees each
 * step as actions of the abstract system (spec/zab.ts), and objects when it cannot.
 *
 * The abstraction, from the state of the world to a finite structure:
 *
 * - the log of a server is what its disk has and the appends behind that which nothing else precedes; durable is what the
 *   disk has. An image stands for the history of its epoch up to its zxid;
 * - promised and adopted are the acceptedEpoch and currentEpoch that its disk has ever had;
 * - delivered is the state up to the committed zxid of the core;
 * - what a leader has chosen, established, proposed and committed is read from its memory when it does so;
 * - an acknowledgement is the message, or at the leader its own count.
 *
 * Steps that change none of these stutter: elections, timers, pings, connections. Everything else is one action or several
 * in a stated order (steps.ts, and the table of writes below). Each action must have its guards, keep the invariant and
 * the properties, and leave the abstract log equal to the disk's; and each message must say what is so (spec/messages.ts).
 */
import type { ServerId } from '../src/core/configuration.js'
import type { DurableState } from '../src/core/effect.js'
import type { QuorumMessage } from '../src/core/message.js'
import * as S from '../src/core/sequence.js'
import * as Z from '../src/core/zxid.js'
import type { Observe, Observer } from '../model/observer.js'
import * as Symbols from '../spec/symbols.js'
import { contextOf } from './refinement/context.js'
import { complete, visibleCount, write } from './refinement/disk.js'
import { marks } from './refinement/marks.js'
import { makeMemory } from './refinement/memory.js'
import { makeReader } from './refinement/reader.js'
import { aboutOf, clausesOfSaying, describeSaying, isSo } from './refinement/sayings.js'
import type { JudgeOptions } from './refinement/stage.js'
import { makeStage } from './refinement/stage.js'
import { actionsOf } from './refinement/steps.js'
import { makeUniverse } from './refinement/universe.js'
import { makeWatch } from './refinement/watched.js'
import { makeWrites } from './refinement/writes.js'

export { marks } from './refinement/marks.js'
export type { JudgeOptions } from './refinement/stage.js'

/** For `observe` of a world: follows the run and reports the first step that is no step of the abstract system. */
export const refinement =
  (options: JudgeOptions = {}): Observe<unknown> =>
  (host) =>
    judge(host, options)

/** The worlds' observers are of particular transactions; the judge never looks into one. */
const judge = (host: Host, options: JudgeOptions): Observer<unknown> => {
  const { voters, observers, report, isSame = Object.is } = host
  const universe = makeUniverse([...voters, ...observers], { kind: 'Majority', voters })
  const stage = makeStage(universe, report, options)
  const reader = makeReader(universe, stage.object)
  const of = makeWatch()
  const transactions = new Map<number, unknown>()
  const memory = makeMemory(universe, stage, reader, of, transactions)
  const writes = makeWrites(universe, stage, reader, of, transactions, isSame)
  const { begin, object, perform, isOver } = stage
  const { nodeOf, epochOf, transactionOf, rowOf, lineageOf, lastOf } = reader

  /** RECV-10: what a start finds is what the abstract state says. */
  const started = (server: ServerId, durable: DurableState<unknown>): void => {
    const own = of(server)
    const node = nodeOf(server)
    const entries = S.toArray(durable.entries).map(({ zxid }) => zxid)
    own.disk = {
      acceptedEpoch: durable.acceptedEpoch,
      currentEpoch: durable.currentEpoch,
      log: [durable.base, ...entries],
      pending: [],
    }
    own.delivered = Z.ZERO
    writes.compare(server)
    const accepted = rowOf(Symbols.promised, node).at(-1) ?? 0
    const current = rowOf(Symbols.adopted, node).at(-1) ?? 0
    if (accepted !== durable.acceptedEpoch || current !== durable.currentEpoch)
      object(
        'epochs',
        `server ${server} starts with acceptedEpoch ${durable.acceptedEpoch} and currentEpoch ${durable.currentEpoch}; it has promised ${accepted} and adopted ${current}`,
        ['RECV-10'],
      )
    if (lineageOf(node) > current) options.count?.(marks.window)
    if (!Z.equals(durable.base, Z.ZERO)) options.count?.(marks.image)
    memory.deliver(server, { upTo: durable.base, entries: [], hasImage: true })
  }

  const spoken = (server: ServerId, to: ServerId, message: QuorumMessage<unknown>): void => {
    const { isUp, context } = of(server)
    if (!isUp || message.type === 'FOLLOWERINFO' || message.type === 'PING') return
    if (message.type === 'ACK' && message.zxid.counter !== 0) {
      perform('acknowledge', `server ${server} acknowledges ${Z.show(message.zxid)}`, {
        server: nodeOf(server),
        zxid: transactionOf(message.zxid),
      })
      return
    }
    const about = aboutOf(message)
    const epoch = about.epoch ?? context.epoch
    // DISC-4, SYNC-2: NEWLEADER and the like name their epoch; what belongs to none is said in that of the leader.
    const elements = [
      nodeOf(server),
      nodeOf(to),
      epochOf(epoch),
      epochOf(about.claimed ?? 0),
      transactionOf(about.zxid ?? Z.ZERO),
    ]
    if (!isSo(about.saying, universe.structure, elements))
      object(
        about.saying,
        `server ${server} says ${describeSaying(about)} to ${to} in epoch ${epoch}, which is not so`,
        clausesOfSaying(about.saying),
      )
  }

  return {
    started: (server, durable) => {
      if (isOver()) return
      begin(() => `server ${server} starts`)
      started(server, durable)
    },
    stepped: (server, before, after, what) => {
      if (isOver()) return
      const own = of(server)
      own.isUp = true
      // What a step has written before it gave up its role belongs to that role.
      const context = contextOf(after)
      own.context = context.epoch === 0 ? contextOf(before) : context
      begin(() => `server ${server} ${what()}`)
      for (const action of actionsOf(before, after)) memory.remember(action, server)
    },
    sent: (server, to, message) => {
      if (!isOver()) spoken(server, to, message)
    },
    written: (server, durable) => {
      if (isOver()) return
      const own = of(server)
      const before = visibleCount(own.disk)
      own.disk = write(own.disk, { durable, ...own.context })
      if (durable.kind !== 'Append') return
      begin(() => `server ${server} writes to its log`)
      writes.showAppends(server, before)
    },
    synced: (server, durable) => {
      if (isOver()) return
      begin(() => `the disk of server ${server} has synced ${durable.kind}`)
      const own = of(server)
      const oldest = own.disk.pending[0]
      const wasVisible = visibleCount(own.disk)
      own.disk = complete(own.disk, durable)
      // A step may take the lead, choose an epoch and give the lead up again (DISC-2): then it wrote for itself.
      const leader = oldest === undefined || oldest.leader === 0 ? server : oldest.leader
      writes.becameDurable(server, durable, oldest?.epoch ?? 0, leader)
      if (durable.kind !== 'Append') writes.showAppends(server, Math.max(0, wasVisible - 1))
    },
    crashed: (server) => {
      if (isOver()) return
      begin(() => `server ${server} crashes`)
      const own = of(server)
      own.disk = { ...own.disk, pending: [] }
      own.isUp = false
      own.delivered = Z.ZERO
      perform('crash', `server ${server} crashes`, {
        server: nodeOf(server),
        point: lastOf(rowOf(Symbols.durable, nodeOf(server))),
        image: transactionOf(Z.ZERO),
      })
      writes.compare(server)
    },
  }
}

type Host = Observe<unknown> extends (host: infer H) => unknown ? H : never
