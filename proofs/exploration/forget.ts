/**
 * What the abstract system may forget: facts that nothing ahead asks for. Two states of the ensemble that differ in nothing
 * else have the same future, so they count as one.
 *
 * Why that is sound does not rest on knowing what the core will ask for. Each step is taken in the abstract state with the
 * gaps. Every fact that is taken away here occurs only positively in what may still be asked, guards of actions and sayings
 * of messages, so with it gone less is allowed, never more: a step that is allowed with gaps is allowed in every state that
 * has these gaps. If something is asked for in spite of that, there is an objection, which is then looked into without
 * reductions (explore.ts). The invariant and the properties are not evaluated with gaps, but on one whole state for each
 * state with gaps; that they hold in the others too follows from the guards (proofs/induction).
 */
import type { RelationSymbol } from '../../spec/logic/formula.js'
import type { Structure } from '../../spec/logic/structure.js'
import { assign, relationTable, sizeOf, valueOf } from '../../spec/logic/structure.js'
import * as S from '../../spec/symbols.js'

/** Only statements speak of these, no guard and no message. */
export const neverAskedFor: ReadonlySet<string> = new Set(
  [S.committer, S.discoveryQuorum, S.adoptionQuorum, S.deliveredBefore, S.deliveredAtBroadcast].map(
    ({ symbol }) => symbol.name,
  ),
)

interface Forgetful {
  /** Takes away what nothing asks for any more. */
  readonly forget: () => void
  /** The leader has gone, and will not come back to the epochs that it led. */
  readonly forgetLeader: (leader: number) => void
}

/**
 * For a structure that gets no more elements. `isChanging`: configurations change. Then what is established is asked for as long
 * as somebody may hear of the version that the first epochs gave to the first configuration (RECFG-9). Whose quorums decide,
 * histories tell, and what is committed, and reports until the epoch starts: none of them is forgotten before.
 */
export const makeForgetful = (structure: Structure, isChanging = false): Forgetful => {
  const { nodes, epochs, transactions, proposedIn, elsewhere } = elementsOf(structure)
  const real = epochs.slice(1)
  const facts = {
    promisedTo: factsOf(structure, S.promisedTo),
    promised: factsOf(structure, S.promised),
    left: factsOf(structure, S.left),
    reported: factsOf(structure, S.reported),
    reportedLineage: factsOf(structure, S.reportedLineage),
    started: factsOf(structure, S.started),
    history: factsOf(structure, S.history),
    adopted: factsOf(structure, S.adopted),
    established: factsOf(structure, S.established),
    acknowledged: factsOf(structure, S.acknowledged),
    committedIn: factsOf(structure, S.committedIn),
  }
  const leaderOf = (epoch: number): number => valueOf(structure, S.leaderOf.symbol, [epoch])
  /** It had a leader, who has gone: nothing is established, proposed or committed in it any more. */
  const isOver = (epoch: number): boolean => facts.history.holds(epoch, 0) && !facts.started.holds(epoch)

  /**
   * What a leader has promised to itself is spoken of while it is there: in LEADERINFO. What others have promised it counts
   * until the epoch has started, whoever started it.
   */
  const forgetPromises = (epoch: number): void => {
    for (const leader of nodes) {
      if (!facts.started.holds(epoch) && facts.promisedTo.holds(leader, epoch, leader)) continue
      for (const node of nodes) if (node !== leader) facts.promisedTo.drop(node, epoch, leader)
    }
  }

  const hasPromised = (node: number, epoch: number): boolean =>
    nodes.some((leader) => facts.promisedTo.holds(node, epoch, leader))

  /** Reports are for the discovery of an epoch. */
  const forgetReports = (node: number, epoch: number): void => {
    if (!facts.started.holds(epoch) && hasPromised(node, epoch)) return
    for (const transaction of transactions) facts.reported.drop(node, epoch, transaction)
    for (const lineage of epochs) facts.reportedLineage.drop(node, epoch, lineage)
  }

  /**
   * Acknowledgements are for commits by the leader of the epoch. A COMMIT of what is initial history needs no more than that
   * it is.
   */
  const forgetCommits = (epoch: number): void => {
    for (const transaction of elsewhere[epoch] ?? []) facts.committedIn.drop(epoch, transaction)
    for (const transaction of proposedIn[epoch] ?? [])
      if (isOver(epoch) || facts.committedIn.holds(epoch, transaction))
        for (const node of nodes) facts.acknowledged.drop(node, transaction)
  }

  /**
   * Of the epochs that a server has adopted the last one counts. An earlier one counts while its leader may still need it
   * to be established, and while the server may still be asked for its last one below an epoch that it has promised.
   */
  const forgetAdoptions = (node: number): void => {
    let later = -1
    for (let epoch = epochs.length - 1; epoch >= 0; epoch -= 1) {
      if (!facts.adopted.holds(node, epoch)) continue
      const last = later
      later = epoch
      if (last < 0) continue
      const isSettled = isOver(epoch) || facts.established.holds(epoch)
      const isAskedFor = (asked: number): boolean => !facts.started.holds(asked) && hasPromised(node, asked)
      if (isSettled && !epochs.some((asked) => epoch < asked && asked <= last && isAskedFor(asked)))
        facts.adopted.drop(node, epoch)
    }
  }

  return {
    forget: () => {
      for (const epoch of real) {
        forgetPromises(epoch)
        for (const node of nodes) {
          // A server that has left an epoch promises it no more, whether it did before or not.
          if (facts.left.holds(node, epoch)) facts.promised.drop(node, epoch)
          forgetReports(node, epoch)
        }
        forgetCommits(epoch)
        if (isOver(epoch) && !isChanging) facts.established.drop(epoch)
      }
      for (const node of nodes) forgetAdoptions(node)
    },
    forgetLeader: (leader) => {
      for (const epoch of real) {
        facts.promisedTo.drop(leader, epoch, leader)
        if (!facts.started.holds(epoch) || leaderOf(epoch) !== leader) continue
        facts.started.drop(epoch)
        assign(structure, S.leaderOf.symbol, [epoch], 0)
      }
    },
  }
}

// --- how

/** A relation, read and written in place. */
interface Facts {
  readonly holds: (a: number, b?: number, c?: number) => boolean
  readonly drop: (a: number, b?: number, c?: number) => void
}

const factsOf = (structure: Structure, { symbol }: { readonly symbol: RelationSymbol }): Facts => {
  const table = relationTable(structure, symbol)
  const { values, stride0, stride1, stride2 } = table
  return {
    holds: (a, b = 0, c = 0) => values[a * stride0 + b * stride1 + c * stride2] === 1,
    drop: (a, b = 0, c = 0) => {
      values[a * stride0 + b * stride1 + c * stride2] = 0
    },
  }
}

interface Elements {
  readonly nodes: readonly number[]
  readonly epochs: readonly number[]
  readonly transactions: readonly number[]
  /** By epoch: the transactions of its zxids, and all others. */
  readonly proposedIn: readonly (readonly number[])[]
  readonly elsewhere: readonly (readonly number[])[]
}

const elementsOf = (structure: Structure): Elements => {
  const all = (sort: string): readonly number[] => Array.from({ length: sizeOf(structure, sort) }, (_, id) => id)
  const epochs = all('epoch')
  const transactions = all('transaction')
  const isOf = (epoch: number, transaction: number): boolean =>
    transaction !== 0 && valueOf(structure, S.epochOf.symbol, [transaction]) === epoch
  return {
    nodes: all('node'),
    epochs,
    transactions,
    proposedIn: epochs.map((epoch) => transactions.filter((transaction) => isOf(epoch, transaction))),
    elsewhere: epochs.map((epoch) => transactions.filter((transaction) => !isOf(epoch, transaction))),
  }
}
