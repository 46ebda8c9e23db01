/**
 * The tie between the proof and the code: a judge that follows a run of the real core in a simulated world, sees each
 * step as actions of the abstract system (spec/zab.ts), and objects when it cannot.
 *
 * The abstraction, from the state of the world to a finite structure:
 *
 * - the log of a server is what its disk has and the appends behind that which nothing else precedes; durable is what the
 *   disk had when the server last said so, be it to itself. An image stands for the history of its epoch up to its zxid;
 * - promised and adopted are the acceptedEpoch and currentEpoch that its disk has ever had;
 * - delivered is the state up to the committed zxid of the core;
 * - what a leader has chosen, established, proposed and committed is read from its memory when it does so;
 * - an acknowledgement is the message, or at the leader its own count.
 *
 * Steps that change none of these stutter: elections, timers, pings, connections. Everything else is one action or several
 * in a stated order (steps.ts, and the table of writes below). Each action must have its guards, keep the invariant and
 * the properties, and leave the abstract log equal to the disk's; and each message must say what is so (spec/messages.ts).
 *
 * Reconfiguration is not in the abstract system, and its proof (proofs/induction) is for quorums that never change. When
 * the host gives an initial configuration, the judge follows reconfigurations all the same:
 *
 * - whose quorums an action needs, it works out from the abstract histories and what is committed of them, not from what the
 *   core believes (electorate.ts: RECFG-1, 3, 6); a set of servers that may decide is an element `quorum`;
 * - a server may go by a configuration only when that is committed (RECFG-5, RECFG-9);
 * - guards, properties, messages and logs are checked as ever, and of the invariant all but what speaks of every quorum
 *   (watchers.ts). That later epochs have all that is committed is observed here, not explained by an invariant.
 *
 * Not looked at: the configurations in NEWLEADER and notifications, elections, whether a quorum of the new configuration was
 * there before the proposal (RECFG-2), and addresses.
 */
import type { ServerId } from '../src/core/configuration.js'
import type { DurableState } from '../src/core/effect.js'
import * as S from '../src/core/sequence.js'
import * as Z from '../src/core/zxid.js'
import type { Observe, Observer } from '../model/observer.js'
import { contextOf } from './refinement/context.js'
import type { WatchedDisk } from './refinement/disk.js'
import { complete, visibleCount, write } from './refinement/disk.js'
import { makeElectorates } from './refinement/electorates.js'
import { marks } from './refinement/marks.js'
import { makeMemory } from './refinement/memory.js'
import { makeReader } from './refinement/reader.js'
import { makeReplacement } from './refinement/replacement.js'
import { makeSpeech } from './refinement/speech.js'
import { makeStorage } from './refinement/storage.js'
import type { JudgeOptions } from './refinement/stage.js'
import { makeStage } from './refinement/stage.js'
import { actionsOf } from './refinement/steps.js'
import { makeUniverse } from './refinement/universe.js'
import { makeWatch } from './refinement/watched.js'
import { makeWrites } from './refinement/writes.js'

export { marks, reconfigurationMarks } from './refinement/marks.js'
export type { JudgeOptions } from './refinement/stage.js'

/** For `observe` of a world: follows the run and reports the first step that is no step of the abstract system. */
export const refinement =
  (options: JudgeOptions = {}): Observe<unknown> =>
  (host) =>
    judge(host, options)

/** The worlds' observers are of particular transactions; the judge never looks into one. */
const judge = (host: Host, options: JudgeOptions): Observer<unknown> => {
  const { voters, observers, configuration, report, isSame = Object.is } = host
  const universe = makeUniverse([...voters, ...observers], configuration?.quorums ?? { kind: 'Majority', voters })
  const quorums = configuration === undefined ? 'Fixed' : 'Changing'
  const stage = makeStage(universe, report, options, quorums)
  const reader = makeReader(universe, stage.object)
  const of = makeWatch()
  const transactions = new Map<number, unknown>()
  const electorates = configuration && makeElectorates(configuration, universe, stage, reader, options.count)
  const note = (id: number, transaction: unknown): unknown => transactions.set(id, transaction)
  const memory = makeMemory(universe, stage, reader, note, electorates)
  const storage = makeStorage(universe, stage, reader)
  const say = makeSpeech(universe, stage, reader)
  const writes = makeWrites(storage, stage, reader, of, transactions, isSame)
  const replace = makeReplacement(universe, stage, reader, storage)
  const { begin, perform, isOver } = stage
  const { nodeOf, transactionOf, lineageOf, endOf } = reader

  /** RECV-10: what a start finds is what the abstract state says. */
  const started = (server: ServerId, durable: DurableState<unknown>): void => {
    const own = of(server)
    const node = nodeOf(server)
    own.disk = read(durable)
    writes.compare(server)
    storage.compareEpochs(server, durable.acceptedEpoch, durable.currentEpoch)
    if (lineageOf(node) > durable.currentEpoch) options.count?.(marks.window)
    if (!Z.equals(durable.base, Z.ZERO)) options.count?.(marks.image)
    memory.deliver(server, { upTo: durable.base, entries: [], hasImage: true })
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
      for (const action of actionsOf(before, after, quorums)) {
        if (action.kind === 'acknowledge') writes.vouch(server)
        memory.remember(action, server)
      }
      electorates?.activated(before, after)
    },
    sent: (server, to, message) => {
      const { isUp, context } = of(server)
      if (!isUp || isOver()) return
      if (message.type === 'ACK' && message.zxid.counter !== 0) writes.vouch(server)
      say(server, to, context.epoch, message)
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
      perform('crash', `server ${server} crashes`, {
        server: nodeOf(server),
        point: endOf(own.disk.log),
        image: transactionOf(Z.ZERO),
      })
      writes.compare(server)
    },
    replaced: (server, durable, by) => {
      if (isOver()) return
      begin(() => `server ${server} comes back with another disk`)
      const own = of(server)
      own.disk = read(durable)
      own.isUp = false
      replace(server, own.disk, by)
    },
  }
}

const read = ({ acceptedEpoch, currentEpoch, base, entries }: DurableState<unknown>): WatchedDisk => ({
  acceptedEpoch,
  currentEpoch,
  log: [base, ...S.toArray(entries).map(({ zxid }) => zxid)],
  pending: [],
})

type Host = Observe<unknown> extends (host: infer H) => unknown ? H : never
