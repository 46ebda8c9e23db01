/**
 * The abstract system beside the explored one: each step of a server must be actions of spec/zab.ts, keep the invariant and
 * the properties, and say what is so. The same correspondence as in proofs/refinement.ts, as a function of state and step:
 * the abstract state is part of the explored state, under a number.
 *
 * An abstract step is computed once for each abstract state that it is taken in.
 */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Entry, QuorumMessage } from '../../src/core/message.js'
import type { ServerId } from '../../src/core/server-id.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { compile } from '../../spec/logic/evaluate.js'
import { makeMonitor } from '../../spec/logic/monitor.js'
import { compileSystem } from '../../spec/logic/perform.js'
import type { Change, RelationTable } from '../../spec/logic/structure.js'
import { relationTable, vocabularyOf } from '../../spec/logic/structure.js'
import { messageVariables, sayings } from '../../spec/messages.js'
import { properties } from '../../spec/properties.js'
import * as Symbols from '../../spec/symbols.js'
import { zab } from '../../spec/zab.js'
import { invariant } from '../induction/invariant.js'
import { aboutOf, clausesOfSaying, describeSaying } from '../refinement/sayings.js'
import type { MemoryAction } from '../refinement/steps.js'
import { makeUniverse } from '../refinement/universe.js'
import type { Bounds } from './bounds.js'
import { serversOf } from './bounds.js'
import { makeCells } from './cells.js'
import { makeInterner } from './intern.js'
import { hashes } from './seen.js'
import type { Transaction } from './site.js'

// --- model

/** What happens at a server, as far as the abstract system is concerned. */
export type AbstractStep =
  | { readonly kind: 'Memory'; readonly server: ServerId; readonly action: MemoryAction }
  /** The log, as far as it shows, is now that of the epoch up to the point; `log` is what it holds. */
  | {
      readonly kind: 'Synchronize'
      readonly server: ServerId
      readonly epoch: Epoch
      readonly point: Zxid
      readonly log: readonly Zxid[]
    }
  | { readonly kind: 'Contents'; readonly server: ServerId; readonly entries: readonly Entry<Transaction>[] }
  | { readonly kind: 'Promise'; readonly server: ServerId; readonly leader: ServerId; readonly epoch: Epoch }
  | { readonly kind: 'Adopt'; readonly server: ServerId; readonly epoch: Epoch }
  | { readonly kind: 'Flush'; readonly server: ServerId; readonly point: Zxid }
  | { readonly kind: 'Crash'; readonly server: ServerId }
  | {
      readonly kind: 'Start'
      readonly server: ServerId
      readonly acceptedEpoch: Epoch
      readonly currentEpoch: Epoch
      readonly log: readonly Zxid[]
      readonly image: Zxid
    }
  | {
      readonly kind: 'Say'
      readonly server: ServerId
      readonly to: ServerId
      readonly epoch: Epoch
      readonly message: QuorumMessage<Transaction>
    }

/** The step that is none of the abstract system, or that breaks a statement. */
export interface Objection {
  readonly id: string
  readonly what: string
  readonly clauses: readonly string[]
}

export interface Abstraction {
  /** Number of the abstract state in which nothing has happened. */
  readonly initial: number
  /** Number of the abstract state after the steps, or the objection to one of them. */
  readonly after: (state: number, steps: readonly AbstractStep[]) => number | Objection
  /** Two hashes of the state in which the servers have other names: `images[n - 1]` for n. */
  readonly hashesOf: (state: number, images: readonly ServerId[], into: Int32Array) => void
  /** So many abstract states have come up. */
  readonly size: () => number
}

const clausesOfAction = new Map(zab.actions.map(({ name, clauses }) => [name, clauses]))
const system = compileSystem(zab)
const says = new Map(
  Object.entries(sayings).map(([name, formula]) => [name, compile(vocabularyOf(zab), formula, messageVariables)]),
)
const statements = [...properties, ...invariant]

// --- operations

export const makeAbstraction = (bounds: Bounds): Abstraction => {
  const servers = serversOf(bounds)
  const universe = makeUniverse(servers, { kind: 'Majority', voters: servers })
  const { structure } = universe
  const monitor = makeMonitor(zab, statements, { node: 4, quorum: 4, epoch: 4, transaction: 8 })
  universe.epochOf(bounds.leaderships)
  for (let epoch = 1; epoch <= bounds.leaderships; epoch += 1)
    for (let counter = 1; counter <= bounds.transactions; counter += 1) universe.propose(Z.zxid(epoch, counter))
  universe.takeGrowth()
  system.initialize(structure)

  const cells = makeCells(structure)
  /** H2: what each zxid stands for; 0 for nothing yet. */
  const contents = new Uint8Array(1 + bounds.leaderships * bounds.transactions)

  // --- states by number

  const states = makeInterner((text: string) => text)
  let loaded = -1

  const save = (): number => {
    loaded = states.numberOf(textOfBytes(cells.read(), contents))
    return loaded
  }

  const load = (state: number): void => {
    if (state === loaded) return
    const text = states.valueOf(state)
    cells.write((cell) => text.charCodeAt(cell))
    for (let id = 0; id < contents.length; id += 1) contents[id] = text.charCodeAt(cells.count + id)
    loaded = state
  }

  // --- objecting

  let objection: Objection | undefined
  const object = (id: string, what: string, clauses: readonly string[]): void => {
    objection ??= { id, what, clauses }
  }

  const watch = (changes: readonly Change[]): void => {
    const violation = monitor.check(structure, changes)
    if (violation === undefined) return
    const where = Object.entries(violation.assignment).map(([name, element]) => `${name} = ${element}`)
    object(
      violation.statement.name,
      `violated: ${violation.statement.name} (${violation.statement.why}), for ${where.join(', ')}`,
      [],
    )
  }

  const perform = (action: string, show: string, parameters: Readonly<Record<string, number>>): void => {
    if (objection !== undefined) return
    const result = system.perform(structure, action, parameters)
    if (!isLeft(result)) return watch(result.right)
    const guards = result.left.failed.map(({ name }) => `"${name}"`).join(', ')
    object(
      action,
      `${show}: this is not an action of the abstract system. Nearest: ${action}; not so: ${guards}`,
      clausesOfAction.get(action) ?? [],
    )
  }

  /** The action with that quorum among the candidates for which it may happen; else with the first of them. */
  const performWithQuorum = (
    action: string,
    show: string,
    among: readonly ServerId[],
    parameters: Readonly<Record<string, number>>,
  ): void => {
    const candidates = universe.quorums.filter(({ members }) => members.every((member) => among.includes(member)))
    const [first] = candidates
    if (first === undefined) {
      const clauses = ['QUO-1', ...(clausesOfAction.get(action) ?? [])]
      return object(action, `${show}: [${among.join(', ')}] is no quorum of the voters`, clauses)
    }
    const allowed = candidates.find(
      ({ id }) => system.failing(structure, action, { ...parameters, quorum: id }).length === 0,
    )
    perform(action, show, { ...parameters, quorum: (allowed ?? first).id })
  }

  const unknown = (what: string): number => {
    object('universe', `${what} does not exist: nobody can have made it`, ['BCAST-1'])
    return 0
  }
  const nodeOf = (server: ServerId): number => universe.nodeOf(server) ?? unknown(`server ${server}`)
  const epochOf = (epoch: Epoch): number =>
    epoch <= bounds.leaderships && epoch >= 0 ? epoch : unknown(`epoch ${epoch}`)
  const transactionOf = (zxid: Zxid): number => universe.transactionOf(zxid) ?? unknown(`transaction ${Z.show(zxid)}`)

  // --- reading the abstract state

  const rowOf = (
    relation: { readonly symbol: RelationTable['symbol'] },
    first: number,
    second = 0,
  ): readonly number[] => {
    const table = relationTable(structure, relation.symbol)
    const isTernary = table.sorts.length === 3
    const stride = isTernary ? table.stride2 : table.stride1
    const size = structure.sizes[table.sorts[isTernary ? 2 : 1] ?? 0] ?? 0
    const start = first * table.stride0 + (isTernary ? second * table.stride1 : 0)
    return Array.from({ length: size }, (_, id) => id).filter((id) => table.values[start + id * stride] === 1)
  }
  const lineageOf = (node: number): number => rowOf(Symbols.lineage, node)[0] ?? 0
  const lastOf = (transactions: readonly number[]): number =>
    transactions.reduce((last, id) => (Z.isAfter(universe.zxidOf(id), universe.zxidOf(last)) ? id : last), 0)
  const imageOf = (zxid: Zxid): readonly number[] =>
    rowOf(Symbols.history, epochOf(zxid.epoch)).filter((id) => !Z.isAfter(universe.zxidOf(id), zxid))

  // --- what each step stands for

  const compareLog = (server: ServerId, [image, ...entries]: readonly Zxid[]): void => {
    if (objection !== undefined) return
    const concrete = [...imageOf(image ?? Z.ZERO), ...entries.map(transactionOf)]
    const abstract = new Set(rowOf(Symbols.log, nodeOf(server)))
    if (concrete.length === abstract.size && concrete.every((id) => abstract.has(id))) return
    const show = (ids: Iterable<number>): string => [...ids].map((id) => Z.show(universe.zxidOf(id))).join(' ')
    object('log', `server ${server} has the log [${show(concrete)}]; the abstract one is [${show(abstract)}]`, [
      'SYNC-4',
      'BCAST-2',
    ])
  }

  const synchronize = (server: ServerId, epoch: Epoch, point: Zxid, show: string): void => {
    const node = nodeOf(server)
    perform('synchronize', show, {
      server: node,
      epoch: epochOf(epoch),
      point: transactionOf(point),
      former: lineageOf(node),
    })
  }

  const deliver = (server: ServerId, upTo: Zxid, entries: readonly Zxid[], hasImage: boolean): void => {
    const node = nodeOf(server)
    const former = universe.zxidOf(lastOf(rowOf(Symbols.delivered, node)))
    if (Z.isBefore(upTo, former)) {
      if (!hasImage)
        object('deliver', `server ${server} has delivered up to ${Z.show(former)} and goes back to ${Z.show(upTo)}`, [
          'BCAST-9',
          'SYNC-9',
        ])
      perform('crash', `server ${server} goes back to the state of ${Z.show(upTo)}`, {
        server: node,
        point: lastOf(rowOf(Symbols.log, node)),
        image: transactionOf(upTo),
      })
    }
    const from = Z.isBefore(upTo, former) ? upTo : former
    const known = new Set([...imageOf(entries[0] ?? upTo), ...entries.map(transactionOf)])
    const fresh = [...known]
      .filter((id) => Z.isAfter(universe.zxidOf(id), from) && !Z.isAfter(universe.zxidOf(id), upTo))
      .sort((a, b) => Z.compare(universe.zxidOf(a), universe.zxidOf(b)))
    for (const zxid of fresh)
      perform('deliver', `server ${server} delivers ${Z.show(universe.zxidOf(zxid))}`, { server: node, zxid })
  }

  const remember = (server: ServerId, action: MemoryAction): void => {
    const node = nodeOf(server)
    switch (action.kind) {
      case 'startEpoch': {
        const epoch = epochOf(action.epoch)
        return performWithQuorum(
          'startEpoch',
          `server ${server} starts epoch ${action.epoch} with [${action.among.join(', ')}]`,
          action.among,
          {
            leader: node,
            epoch,
            source: node,
            adoptedEpoch: rowOf(Symbols.adopted, node).findLast((id) => id < epoch) ?? 0,
            sourceLineage: rowOf(Symbols.reportedLineage, node, epoch)[0] ?? 0,
            zxid: lastOf(rowOf(Symbols.reported, node, epoch)),
          },
        )
      }
      case 'establish':
        return performWithQuorum(
          'establish',
          `server ${server} is established in epoch ${action.epoch} by [${action.among.join(', ')}]`,
          action.among,
          { epoch: epochOf(action.epoch) },
        )
      case 'propose': {
        const zxid = transactionOf(action.zxid)
        contents[zxid] = Number(action.transaction)
        return perform('propose', `server ${server} proposes ${Z.show(action.zxid)}`, {
          epoch: epochOf(action.epoch),
          zxid,
        })
      }
      case 'acknowledge':
        return perform('acknowledge', `server ${server} counts its own disk up to ${Z.show(action.zxid)}`, {
          server: node,
          zxid: transactionOf(action.zxid),
        })
      case 'commit':
        return performWithQuorum(
          'commit',
          `server ${server} commits ${Z.show(action.zxid)} by [${action.among.join(', ')}]`,
          action.among,
          { zxid: transactionOf(action.zxid) },
        )
      case 'deliver':
        return deliver(server, action.upTo, action.entries, action.hasImage)
    }
  }

  const say = ({ server, to, epoch, message }: Extract<AbstractStep, { readonly kind: 'Say' }>): void => {
    if (objection !== undefined || message.type === 'FOLLOWERINFO' || message.type === 'PING') return
    if (message.type === 'ACK' && message.zxid.counter !== 0)
      return perform('acknowledge', `server ${server} acknowledges ${Z.show(message.zxid)}`, {
        server: nodeOf(server),
        zxid: transactionOf(message.zxid),
      })
    const about = aboutOf(message)
    const isTrue = says.get(about.saying)?.(structure, [
      nodeOf(server),
      nodeOf(to),
      epochOf(about.epoch ?? epoch),
      epochOf(about.claimed ?? 0),
      transactionOf(about.zxid ?? Z.ZERO),
    ])
    if (isTrue !== true)
      object(
        about.saying,
        `server ${server} says ${describeSaying(about)} to ${to} in epoch ${about.epoch ?? epoch}, which is not so`,
        clausesOfSaying(about.saying),
      )
  }

  const take = (step: AbstractStep): void => {
    if (objection !== undefined) return
    const { server } = step
    const node = nodeOf(server)
    switch (step.kind) {
      case 'Memory':
        return remember(server, step.action)
      case 'Say':
        return say(step)
      case 'Synchronize':
        synchronize(
          server,
          step.epoch,
          step.point,
          `server ${server} has its log up to ${Z.show(step.point)} in epoch ${step.epoch}`,
        )
        return compareLog(server, step.log)
      case 'Contents':
        for (const { zxid, transaction } of step.entries)
          if (contents[transactionOf(zxid)] !== transaction)
            object('H2', `server ${server} logs another transaction as ${Z.show(zxid)} than was proposed`, ['BCAST-1'])
        return
      case 'Promise':
        // Written once more with the same value, before "do not count me": no new promise.
        if (rowOf(Symbols.promised, node).at(-1) === step.epoch) return
        return perform(
          'promise',
          `server ${server} has acceptedEpoch ${step.epoch} on its disk, for leader ${step.leader}`,
          {
            server: node,
            leader: nodeOf(step.leader),
            epoch: epochOf(step.epoch),
          },
        )
      case 'Adopt':
        if (lineageOf(node) !== step.epoch)
          synchronize(
            server,
            step.epoch,
            universe.zxidOf(lastOf(rowOf(Symbols.log, node))),
            `server ${server} continues its log in epoch ${step.epoch}`,
          )
        return perform('adopt', `server ${server} has currentEpoch ${step.epoch} on its disk`, {
          server: node,
          epoch: epochOf(step.epoch),
        })
      case 'Flush':
        return perform('flush', `server ${server} has synced its log`, {
          server: node,
          point: transactionOf(step.point),
        })
      case 'Crash':
        return perform('crash', `server ${server} crashes`, {
          server: node,
          point: lastOf(rowOf(Symbols.durable, node)),
          image: 0,
        })
      case 'Start': {
        compareLog(server, step.log)
        const accepted = rowOf(Symbols.promised, node).at(-1) ?? 0
        const current = rowOf(Symbols.adopted, node).at(-1) ?? 0
        if (accepted !== step.acceptedEpoch || current !== step.currentEpoch)
          object(
            'epochs',
            `server ${server} starts with acceptedEpoch ${step.acceptedEpoch} and currentEpoch ${step.currentEpoch}; it has promised ${accepted} and adopted ${current}`,
            ['RECV-10'],
          )
        return deliver(server, step.image, [], true)
      }
    }
  }

  return {
    initial: save(),
    after: (state, steps) => {
      load(state)
      objection = undefined
      for (const step of steps) take(step)
      if (objection === undefined) return save()
      loaded = -1
      return objection
    },
    hashesOf: (state, images, into) => {
      const text = states.valueOf(state)
      hashes(cells.permuted(text, images), into)
      // Contents are not about servers.
      for (let place = cells.count; place < text.length; place += 1) {
        into[0] = Math.imul((into[0] ?? 0) ^ text.charCodeAt(place), 0x85ebca6b)
        into[1] = Math.imul((into[1] ?? 0) ^ text.charCodeAt(place), 0xcc9e2d51)
      }
    },
    size: states.size,
  }
}

// --- how: states in text, a character for each value

const textOfBytes = (...parts: readonly Uint8Array[]): string =>
  parts.map((part) => String.fromCharCode(...part)).join('')
