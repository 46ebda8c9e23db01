/**
 * The abstract system beside the explored one: each step of a server must be actions of spec/zab.ts, keep the invariant and
 * the properties, and say what is so. The same correspondence as in proofs/refinement.ts, as a function of state and step:
 * the abstract state is part of the explored state, under a number.
 *
 * An abstract step is computed once for each abstract state that it is taken in.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Entry, QuorumMessage } from '../../src/core/message.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { makeMonitor } from '../../spec/logic/monitor.js'
import { compileSystem } from '../../spec/logic/perform.js'
import type { Change } from '../../spec/logic/structure.js'
import * as Symbols from '../../spec/symbols.js'
import { zab } from '../../spec/zab.js'
import { makeMemory } from '../refinement/memory.js'
import { makeReader } from '../refinement/reader.js'
import { makeSpeech } from '../refinement/speech.js'
import { makePerformer, objectTo } from '../refinement/stage.js'
import type { MemoryAction } from '../refinement/steps.js'
import { makeStorage } from '../refinement/storage.js'
import { makeUniverse } from '../refinement/universe.js'
import { statementsFor } from '../refinement/watchers.js'
import type { Bounds } from './bounds.js'
import { isReconfigured, serversOf, votersOf } from './bounds.js'
import { makeCells } from './cells.js'
import { renamedTransaction } from './configurations.js'
import { makeAllQuorums, makeStateElectorates } from './electorates.js'
import { makeForgetful, neverAskedFor } from './forget.js'
import type { MakeInterner } from './intern.js'
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
  /** It goes by another committed configuration. */
  | { readonly kind: 'Activate'; readonly server: ServerId; readonly configuration: Configuration }
  /** It leads no more. */
  | { readonly kind: 'Gone'; readonly server: ServerId }
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
  /** Number of the state in which the servers have other names: `images[n - 1]` for n. */
  readonly renamed: (state: number, images: readonly ServerId[]) => number
  /** Two hashes of the state. */
  readonly highOf: (state: number) => number
  readonly lowOf: (state: number) => number
  /** So many abstract states have come up. */
  readonly size: () => number
}

const system = compileSystem(zab)
const elements = { node: 4, quorum: 4, epoch: 4, transaction: 8 }

// --- operations

export const makeAbstraction = (bounds: Bounds, forgets: boolean, make: MakeInterner): Abstraction => {
  const servers = serversOf(bounds)
  const universe = makeUniverse(servers, { kind: 'Majority', voters: votersOf(bounds) }, bounds.leaderships)
  const { structure } = universe
  const isChanging = isReconfigured(bounds)
  const monitor = makeMonitor(zab, statementsFor(isChanging ? 'Changing' : 'Fixed'), elements)
  universe.epochOf(bounds.leaderships)
  const proposals = bounds.transactions + (bounds.reconfigurations ?? 0)
  for (let epoch = 1; epoch <= bounds.leaderships; epoch += 1)
    for (let counter = 1; counter <= proposals; counter += 1) universe.propose(Z.zxid(epoch, counter))
  if (isChanging) makeAllQuorums(bounds, universe)
  universe.takeGrowth()
  system.initialize(structure)

  /** Of a whole state, and of what is not forgotten of it. */
  const cells = makeCells(structure, new Set())
  const gapped = forgets ? makeCells(structure, neverAskedFor) : cells
  /** H2: what each zxid stands for; 0 for nothing yet. */
  const contents = new Uint8Array(1 + bounds.leaderships * proposals)

  const { forget, forgetLeader } = makeForgetful(structure, isChanging)

  // --- states by number

  /** `known`: what is not forgotten, and the contents. `whole`: of one state that has it. */
  const states = make('abstract', ({ known }: { readonly known: string; readonly whole: string }) => known)

  // --- objecting

  let objection: Objection | undefined
  const object = (id: string, what: string, clauses: readonly string[]): void => {
    objection ??= { id, what, clauses }
  }

  const isOver = (): boolean => objection !== undefined
  /** Statements are not about states with gaps. */
  let hasGaps = false
  const watch = (changes: readonly Change[]): void => {
    if (hasGaps) return
    const violation = monitor.check(structure, changes)
    if (violation !== undefined) objectTo(object, violation)
  }
  const performer = makePerformer(universe, object, {
    isOver,
    performed: (_, changes) => watch(changes),
    grown: watch,
  })
  const stage = { ...performer, object, isOver }
  const reader = makeReader(universe, object)
  const { nodeOf, transactionOf, rowOf, lastOf } = reader
  const { perform } = performer
  // All transactions within the bounds are there from the start.
  const electorates = isChanging ? makeStateElectorates(bounds, universe, stage, reader) : undefined
  const note = (id: number, transaction: unknown): void => {
    contents[id] = Number(transaction)
  }
  const memory = makeMemory({ ...universe, propose: transactionOf }, stage, reader, note, electorates)
  const storage = makeStorage(universe, stage, reader)
  const say = makeSpeech(universe, stage, reader)

  const take = (step: AbstractStep): void => {
    if (objection !== undefined) return
    const { server } = step
    const node = nodeOf(server)
    switch (step.kind) {
      case 'Memory':
        return memory.remember(step.action, server)
      case 'Say':
        return say(server, step.to, step.epoch, step.message)
      case 'Synchronize':
        storage.synchronize(
          server,
          step.epoch,
          step.point,
          `server ${server} has its log up to ${Z.show(step.point)} in epoch ${step.epoch}`,
        )
        return storage.compareLog(server, step.log)
      case 'Contents':
        for (const { zxid, transaction } of step.entries)
          if (contents[transactionOf(zxid)] !== transaction)
            object('H2', `server ${server} logs another transaction as ${Z.show(zxid)} than was proposed`, ['BCAST-1'])
        return
      case 'Promise':
        return storage.promise(server, step.leader, step.epoch)
      case 'Adopt':
        return storage.adopt(server, step.epoch)
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
      case 'Activate':
        return electorates?.goesBy(server, step.configuration)
      case 'Gone':
        if (hasGaps && forgets) forgetLeader(node)
        return
      case 'Start': {
        storage.compareLog(server, step.log)
        storage.compareEpochs(server, step.acceptedEpoch, step.currentEpoch)
        return memory.deliver(server, { upTo: step.image, entries: [], hasImage: true })
      }
    }
  }

  const knownText = (): string => {
    if (forgets) forget()
    return gapped.read() + String.fromCharCode(...contents)
  }
  const takeAll = (steps: readonly AbstractStep[]): Objection | undefined => {
    objection = undefined
    electorates?.begin(contents)
    for (const step of steps) take(step)
    return objection
  }
  const genesis = cells.read()
  /** Of contents, reconfigurations alone are about servers. */
  const contentsRenamed = (text: string, images: readonly ServerId[]): string =>
    isChanging
      ? Array.from(text, (one) =>
          String.fromCharCode(renamedTransaction(one.charCodeAt(0), (server) => images[server - 1] ?? server)),
        ).join('')
      : text

  return {
    initial: states.numberOf({ known: knownText(), whole: genesis }),
    after: (state, steps) => {
      const { known, whole } = states.valueOf(state)
      for (let id = 0; id < contents.length; id += 1) contents[id] = known.charCodeAt(gapped.length + id)
      hasGaps = true
      gapped.write(known)
      const objected = takeAll(steps)
      if (objected !== undefined) return objected
      const after = knownText()
      const number = states.find({ known: after, whole })
      if (number !== undefined) return number
      // A new one: the statements are judged, on a whole state that has it.
      hasGaps = false
      cells.write(whole)
      return takeAll(steps) ?? states.numberOf({ known: after, whole: cells.read() })
    },
    renamed: (state, images) => {
      const { known, whole } = states.valueOf(state)
      return states.numberOf({
        known: gapped.permuted(known, images) + contentsRenamed(known.slice(gapped.length), images),
        whole: cells.permuted(whole, images),
      })
    },
    highOf: states.highOf,
    lowOf: states.lowOf,
    size: states.size,
  }
}
