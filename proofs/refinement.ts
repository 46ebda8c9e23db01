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
import { isLeft } from 'fp-ts/lib/Either.js'
import type { ServerId } from '../src/core/configuration.js'
import type { Durable, DurableState } from '../src/core/effect.js'
import type { QuorumMessage } from '../src/core/message.js'
import type { Peer } from '../src/core/peer.js'
import * as S from '../src/core/sequence.js'
import type { Epoch, Zxid } from '../src/core/zxid.js'
import * as Z from '../src/core/zxid.js'
import type { Observe, Observer } from '../model/observer.js'
import { compile } from '../spec/logic/evaluate.js'
import { makeMonitor } from '../spec/logic/monitor.js'
import { compileSystem } from '../spec/logic/perform.js'
import type { Change } from '../spec/logic/structure.js'
import { relationTable, vocabularyOf } from '../spec/logic/structure.js'
import type { Saying } from '../spec/messages.js'
import { messageVariables, sayings } from '../spec/messages.js'
import { properties } from '../spec/properties.js'
import * as Symbols from '../spec/symbols.js'
import { zab } from '../spec/zab.js'
import { invariant } from './induction/invariant.js'
import type { WatchedDisk } from './refinement/disk.js'
import { complete, emptyDisk, visibleCount, visibleLog, write } from './refinement/disk.js'
import type { Finding } from './refinement/finding.js'
import { showChange, showFinding } from './refinement/finding.js'
import type { MemoryAction } from './refinement/steps.js'
import { actionsOf } from './refinement/steps.js'
import { makeUniverse } from './refinement/universe.js'

// --- model

export interface JudgeOptions {
  /** How often the whole invariant is evaluated and not only what may have changed: after so many abstract steps. */
  readonly wholeEvery?: number
  /** Told the name of each action performed, and of each remarkable situation (`marks`). */
  readonly count?: (what: string) => void
}

/** Situations that a good set of schedules reaches, besides each of the actions. */
export const marks = {
  withdrawn: 'an acknowledgement is withdrawn by TRUNC or SNAP',
  suffixLost: 'a crash loses records that were not synced',
  foreignCut: 'a log loses records that the epoch does without',
  window: 'a server starts with the history of a later epoch than its currentEpoch',
  image: 'a server starts from an image',
} as const

/** One server as the judge sees it. */
interface Watched {
  peer: Peer<unknown> | undefined
  /** What it writes, it writes for this epoch and leader. */
  context: Context
  disk: WatchedDisk
  /** Everything up to here is delivered. */
  delivered: Zxid
}

// --- compiled once

const system = compileSystem(zab)
const monitor = makeMonitor(zab, [...properties, ...invariant], { node: 4, quorum: 4, epoch: 10, transaction: 50 })
const clausesOfAction = new Map(zab.actions.map(({ name, clauses }) => [name, clauses]))
const says = new Map(
  Object.entries(sayings).map(([name, formula]) => [name, compile(vocabularyOf(zab), formula, messageVariables)]),
)

// --- the judge

/** For `observe` of a world: follows the run and reports the first step that is no step of the abstract system. */
export const refinement =
  (options: JudgeOptions = {}): Observe<unknown> =>
  (host) =>
    judge(host, options)

/** The worlds' observers are of particular transactions; the judge never looks into one. */
const judge = (host: Parameters<Observe<unknown>>[0], { wholeEvery, count }: JudgeOptions): Observer<unknown> => {
  const { voters } = host
  const universe = makeUniverse([...voters, ...host.observers], { kind: 'Majority', voters })
  const { structure } = universe
  const watched = new Map<ServerId, Watched>()
  /** H2: what a zxid stands for. */
  const proposed = new Map<number, unknown>()
  let step: () => string = () => 'start'
  let changed: Change[] = []
  let performed = 0
  let isOver = false

  system.initialize(structure)

  const of = (server: ServerId): Watched => {
    const known = watched.get(server)
    if (known !== undefined) return known
    const fresh: Watched = { peer: undefined, context: NO_CONTEXT, disk: emptyDisk, delivered: Z.ZERO }
    watched.set(server, fresh)
    return fresh
  }

  // --- findings

  const object = (id: string, what: string, clauses: readonly string[]): void => {
    if (isOver) return
    isOver = true
    const finding: Finding = {
      id,
      what,
      clauses,
      step: step(),
      changes: changed.map((change) => showChange(structure, change)),
    }
    host.report(id, showFinding(finding))
  }

  /** Begins a step of the run: what is objected to from now on is objected to here. */
  const begin = (what: () => string): void => {
    step = what
    if (changed.length > 0) changed = []
  }

  // --- actions

  const watch = (changes: readonly Change[]): void => {
    for (const change of changes) changed.push(change)
    performed += 1
    const isWhole = wholeEvery !== undefined && performed % wholeEvery === 0
    const violation = isWhole ? monitor.checkAll(structure) : monitor.check(structure, changes)
    if (violation === undefined) return
    const where = Object.entries(violation.assignment).map(([name, element]) => `${name} = ${element}`)
    object(
      violation.statement.name,
      `violated: ${violation.statement.name} (${violation.statement.why}), for ${where.join(', ')}`,
      [],
    )
  }

  const perform = (action: string, show: string, parameters: Readonly<Record<string, number>>): void => {
    if (isOver) return
    const growth = universe.takeGrowth()
    if (growth.length > 0) watch(growth)
    const result = system.perform(structure, action, parameters)
    if (isLeft(result)) {
      const guards = result.left.failed.map(({ name }) => `"${name}"`).join(', ')
      object(
        action,
        `${show}: this is not an action of the abstract system. Nearest: ${action}; not so: ${guards}`,
        clausesOfAction.get(action) ?? [],
      )
      return
    }
    if (count !== undefined) note(count, action, result.right)
    watch(result.right)
  }

  /** The action with that quorum among the candidates for which it may happen; else with the best of them. */
  const performWithQuorum = (
    action: string,
    show: string,
    among: readonly ServerId[],
    parameters: Readonly<Record<string, number>>,
  ): void => {
    const candidates = universe.quorums.filter(({ members }) => members.every((member) => among.includes(member)))
    const [first] = candidates
    if (first === undefined) {
      object(action, `${show}: [${among.join(', ')}] is no quorum of the voters`, [
        'QUO-1',
        ...(clausesOfAction.get(action) ?? []),
      ])
      return
    }
    const allowed = candidates.find(
      ({ id }) => system.failing(structure, action, { ...parameters, quorum: id }).length === 0,
    )
    perform(action, show, { ...parameters, quorum: (allowed ?? first).id })
  }

  /** The element, or an objection. */
  const nodeOf = (server: ServerId): number => universe.nodeOf(server) ?? unknown(`server ${server}`)
  const epochOf = (epoch: Epoch): number => universe.epochOf(epoch) ?? unknown(`epoch ${epoch}`)
  const transactionOf = (zxid: Zxid): number => universe.transactionOf(zxid) ?? unknown(`transaction ${Z.show(zxid)}`)
  const unknown = (what: string): number => {
    object('universe', `${what} does not exist: nobody has made it`, ['BCAST-1'])
    return 0
  }

  // --- reading the abstract state

  const rowOf = (
    relation: { readonly symbol: Parameters<typeof relationTable>[1] },
    first: number,
    second = 0,
  ): readonly number[] => {
    const table = relationTable(structure, relation.symbol)
    const [stride, size] =
      table.sorts.length === 3
        ? [table.stride2, structure.sizes[table.sorts[2] ?? 0] ?? 0]
        : [table.stride1, structure.sizes[table.sorts[1] ?? 0] ?? 0]
    const start = first * table.stride0 + (table.sorts.length === 3 ? second * table.stride1 : 0)
    return Array.from({ length: size }, (_, id) => id).filter((id) => table.values[start + id * stride] === 1)
  }
  const lineageOf = (node: number): number => rowOf(Symbols.lineage, node)[0] ?? 0
  const lastOf = (transactions: readonly number[]): number =>
    transactions.reduce((last, id) => (Z.isAfter(universe.zxidOf(id), universe.zxidOf(last)) ? id : last), 0)
  /** All that an image of that zxid holds: the history of its epoch up to there. */
  const imageOf = (zxid: Zxid): readonly number[] =>
    rowOf(Symbols.history, epochOf(zxid.epoch)).filter((id) => !Z.isAfter(universe.zxidOf(id), zxid))

  // --- what steps and writes stand for

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
        )
        return
      case 'propose':
        propose(server, action.epoch, action.zxid, action.transaction)
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
        )
        return
      case 'deliver':
        deliver(server, action)
    }
  }

  const propose = (server: ServerId, epoch: Epoch, zxid: Zxid, transaction: unknown): void => {
    const known = universe.transactionOf(zxid)
    const id = known ?? universe.propose(zxid)
    proposed.set(id, transaction)
    perform('propose', `server ${server} proposes ${Z.show(zxid)}`, { epoch: epochOf(epoch), zxid: id })
  }

  /** The state of the server becomes that of `upTo`: first back, if it is older, then one by one. */
  const deliver = (
    server: ServerId,
    { upTo, entries, hasImage }: Omit<Extract<MemoryAction, { readonly kind: 'deliver' }>, 'kind'>,
  ): void => {
    const own = of(server)
    const node = nodeOf(server)
    if (Z.isBefore(upTo, own.delivered) && !hasImage)
      object(
        'deliver',
        `server ${server} has delivered up to ${Z.show(own.delivered)} and goes back to ${Z.show(upTo)}`,
        ['BCAST-9', 'SYNC-9'],
      )
    if (Z.isBefore(upTo, own.delivered))
      perform('crash', `server ${server} goes back to the state of ${Z.show(upTo)}`, {
        server: node,
        point: lastOf(rowOf(Symbols.log, node)),
        image: transactionOf(upTo),
      })
    const from = Z.isBefore(upTo, own.delivered) ? upTo : own.delivered
    own.delivered = upTo
    const [first] = entries
    const image = first === undefined ? imageOf(upTo) : imageOf(first)
    const known = new Set([...image, ...entries.map(transactionOf)])
    const fresh = [...known]
      .filter((id) => Z.isAfter(universe.zxidOf(id), from) && !Z.isAfter(universe.zxidOf(id), upTo))
      .sort((a, b) => Z.compare(universe.zxidOf(a), universe.zxidOf(b)))
    for (const zxid of fresh)
      perform('deliver', `server ${server} delivers ${Z.show(universe.zxidOf(zxid))}`, { server: node, zxid })
  }

  /** The log is that of the epoch up to a point; then it must be what the disk and the appends behind it hold. */
  const synchronize = (server: ServerId, epoch: Epoch, point: Zxid, show: string): void => {
    const node = nodeOf(server)
    perform('synchronize', show, {
      server: node,
      epoch: epochOf(epoch),
      point: transactionOf(point),
      former: lineageOf(node),
    })
    compare(server)
  }

  const compare = (server: ServerId): void => {
    if (isOver) return
    const [image, ...entries] = visibleLog(of(server).disk)
    const concrete = [...imageOf(image ?? Z.ZERO), ...entries.map(transactionOf)]
    const abstract = new Set(rowOf(Symbols.log, nodeOf(server)))
    if (isOver || (concrete.length === abstract.size && concrete.every((id) => abstract.has(id)))) return
    const show = (ids: Iterable<number>): string => [...ids].map((id) => Z.show(universe.zxidOf(id))).join(' ')
    object('log', `server ${server} has the log [${show(concrete)}]; the abstract one is [${show(abstract)}]`, [
      'SYNC-4',
      'BCAST-2',
    ])
  }

  /** Appends that nothing else precedes any more. */
  const showAppends = (server: ServerId, before: number): void => {
    const { disk } = of(server)
    for (const { durable, epoch } of disk.pending.slice(before, visibleCount(disk))) append(server, epoch, durable)
  }

  const append = (server: ServerId, epoch: Epoch, durable: Durable<unknown>): void => {
    const last = durable.kind === 'Append' ? durable.entries.at(-1) : undefined
    if (last === undefined) return
    checkTransactions(server, durable)
    synchronize(server, epoch, last.zxid, `server ${server} logs ${Z.show(last.zxid)} in epoch ${epoch}`)
  }

  const checkTransactions = (server: ServerId, durable: Durable<unknown>): void => {
    if (durable.kind !== 'Append' && durable.kind !== 'Snapshot') return
    for (const { zxid, transaction } of durable.entries)
      if (proposed.get(transactionOf(zxid)) !== transaction)
        object('H2', `server ${server} logs another transaction as ${Z.show(zxid)} than was proposed`, ['BCAST-1'])
  }

  const becameDurable = (server: ServerId, durable: Durable<unknown>, epoch: Epoch, leader: ServerId): void => {
    const node = nodeOf(server)
    switch (durable.kind) {
      case 'AcceptedEpoch':
        // Written once more with the same value, before "do not count me": no new promise.
        if (rowOf(Symbols.promised, node).at(-1) === universe.epochOf(durable.epoch)) return
        perform('promise', `server ${server} has acceptedEpoch ${durable.epoch} on its disk, for leader ${leader}`, {
          server: node,
          leader: nodeOf(leader),
          epoch: epochOf(durable.epoch),
        })
        return
      case 'CurrentEpoch':
        if (lineageOf(node) !== universe.epochOf(durable.epoch))
          synchronize(
            server,
            durable.epoch,
            universe.zxidOf(lastOf(rowOf(Symbols.log, node))),
            `server ${server} continues its log in epoch ${durable.epoch}`,
          )
        perform('adopt', `server ${server} has currentEpoch ${durable.epoch} on its disk`, {
          server: node,
          epoch: epochOf(durable.epoch),
        })
        return
      case 'Append':
        perform('flush', `server ${server} has synced its log`, {
          server: node,
          point: transactionOf(durable.entries.at(-1)?.zxid ?? Z.ZERO),
        })
        return
      case 'Truncate':
        synchronize(
          server,
          epoch,
          durable.zxid,
          `server ${server} has truncated its log to ${Z.show(durable.zxid)} in epoch ${epoch}`,
        )
        return
      case 'Snapshot': {
        checkTransactions(server, durable)
        const point = durable.entries.at(-1)?.zxid ?? durable.zxid
        synchronize(
          server,
          epoch,
          point,
          `server ${server} has stored the image of ${Z.show(durable.zxid)} and the log up to ${Z.show(point)} in epoch ${epoch}`,
        )
        perform('flush', `server ${server} has stored an image`, { server: node, point: transactionOf(point) })
      }
    }
  }

  // --- messages

  const spoken = (server: ServerId, to: ServerId, message: QuorumMessage<unknown>): void => {
    const { peer, context } = of(server)
    if (peer === undefined || message.type === 'FOLLOWERINFO' || message.type === 'PING') return
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
    const isTrue = says.get(about.saying)?.(structure, [
      nodeOf(server),
      nodeOf(to),
      epochOf(epoch),
      epochOf(about.claimed ?? 0),
      transactionOf(about.zxid ?? Z.ZERO),
    ])
    if (isTrue !== true)
      object(
        about.saying,
        `server ${server} says ${describe(about)} to ${to} in epoch ${epoch}, which is not so`,
        clausesOfSaying(about.saying),
      )
  }

  return {
    started: (server, durable) => {
      if (isOver) return
      begin(() => `server ${server} starts`)
      started(server, durable)
    },
    stepped: (server, before, after, what) => {
      if (isOver) return
      const own = of(server)
      own.peer = after
      // What a step has written before it gave up its role belongs to that role.
      const context = contextOf(after)
      own.context = context.epoch === 0 ? contextOf(before) : context
      begin(() => `server ${server} ${what()}`)
      for (const action of actionsOf(before, after)) remember(action, server)
    },
    sent: (server, to, message) => {
      if (!isOver) spoken(server, to, message)
    },
    written: (server, durable) => {
      if (isOver) return
      const own = of(server)
      const before = visibleCount(own.disk)
      own.disk = write(own.disk, { durable, ...own.context })
      if (durable.kind !== 'Append') return
      begin(() => `server ${server} writes to its log`)
      showAppends(server, before)
    },
    synced: (server, durable) => {
      if (isOver) return
      begin(() => `the disk of server ${server} has synced ${durable.kind}`)
      const own = of(server)
      const oldest = own.disk.pending[0]
      const wasVisible = visibleCount(own.disk)
      own.disk = complete(own.disk, durable)
      becameDurable(server, durable, oldest?.epoch ?? 0, oldest?.leader ?? server)
      if (durable.kind !== 'Append') showAppends(server, Math.max(0, wasVisible - 1))
    },
    crashed: (server) => {
      if (isOver) return
      begin(() => `server ${server} crashes`)
      const own = of(server)
      own.disk = { ...own.disk, pending: [] }
      own.peer = undefined
      own.delivered = Z.ZERO
      perform('crash', `server ${server} crashes`, {
        server: nodeOf(server),
        point: lastOf(rowOf(Symbols.durable, nodeOf(server))),
        image: transactionOf(Z.ZERO),
      })
      compare(server)
    },
  }

  /** RECV-10: what a start finds is what the abstract state says. */
  function started(server: ServerId, durable: DurableState<unknown>): void {
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
    compare(server)
    const accepted = rowOf(Symbols.promised, node).at(-1) ?? 0
    const current = rowOf(Symbols.adopted, node).at(-1) ?? 0
    if (accepted !== durable.acceptedEpoch || current !== durable.currentEpoch)
      object(
        'epochs',
        `server ${server} starts with acceptedEpoch ${durable.acceptedEpoch} and currentEpoch ${durable.currentEpoch}; it has promised ${accepted} and adopted ${current}`,
        ['RECV-10'],
      )
    if (lineageOf(node) > current) count?.(marks.window)
    if (!Z.equals(durable.base, Z.ZERO)) count?.(marks.image)
    deliver(server, { upTo: durable.base, entries: NONE, hasImage: true })
  }
}

const NONE: readonly never[] = []

interface About {
  readonly saying: Saying
  readonly epoch?: Epoch
  readonly claimed?: Epoch
  readonly zxid?: Zxid
}

const aboutOf = (message: Exclude<QuorumMessage<unknown>, { readonly type: 'FOLLOWERINFO' | 'PING' }>): About => {
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
  }
}

const describe = ({ saying, epoch, claimed, zxid }: About): string =>
  [
    saying,
    epoch,
    claimed === undefined ? undefined : `current ${claimed}`,
    zxid === undefined ? undefined : Z.show(zxid),
  ]
    .filter((part) => part !== undefined)
    .join(' ')

const clausesOfSaying = (saying: Saying): readonly string[] => {
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

/** What is remarkable about an action. */
const note = (count: (what: string) => void, action: string, changes: readonly Change[]): void => {
  count(action)
  const drops = (name: string): boolean =>
    changes.some((change) => change.kind === 'Relation' && change.symbol.name === name && change.value === 0)
  if (action === 'synchronize' && drops('acknowledged')) count(marks.withdrawn)
  if (action === 'synchronize' && drops('log')) count(marks.foreignCut)
  if (action === 'crash' && drops('log')) count(marks.suffixLost)
}

/** The epoch that a server acts in, and the leader it does so for. */
interface Context {
  readonly epoch: Epoch
  readonly leader: ServerId
}

const NO_CONTEXT: Context = { epoch: 0, leader: 0 }

const contextOf = ({ role, self }: Peer<unknown>): Context => {
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
