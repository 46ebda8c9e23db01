/** The abstract state as the judge reads it: elements for what the run names, rows of relations. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { RelationSymbol } from '../../spec/logic/formula.js'
import { relationTable } from '../../spec/logic/structure.js'
import * as Symbols from '../../spec/symbols.js'
import type { Universe } from './universe.js'

export interface Reader {
  // Elements. What does not exist is objected to, and stands for the first element then.
  readonly nodeOf: (server: ServerId) => number
  readonly epochOf: (epoch: Epoch) => number
  readonly transactionOf: (zxid: Zxid) => number
  /** Elements for which the relation holds, after one or two that are given. In order of their ids. */
  readonly rowOf: (relation: { readonly symbol: RelationSymbol }, first: number, second?: number) => readonly number[]
  readonly lineageOf: (node: number) => number
  /** The one with the greatest zxid; that of the empty history if there is none. */
  readonly lastOf: (transactions: readonly number[]) => number
  /** All that an image of that zxid holds: the history of its epoch up to there. */
  readonly imageOf: (zxid: Zxid) => readonly number[]
  /** The last of a log, of which the first zxid stands for an image. */
  readonly endOf: (log: readonly Zxid[]) => number
}

type Object = (id: string, what: string, clauses: readonly string[]) => void

export const makeReader = (universe: Universe, object: Object): Reader => {
  const { structure } = universe
  const nodeOf = (server: ServerId): number => universe.nodeOf(server) ?? unknown(`server ${server}`)
  const epochOf = (epoch: Epoch): number => universe.epochOf(epoch) ?? unknown(`epoch ${epoch}`)
  const transactionOf = (zxid: Zxid): number => universe.transactionOf(zxid) ?? unknown(`transaction ${Z.show(zxid)}`)
  const unknown = (what: string): number => {
    object('universe', `${what} does not exist: nobody has made it`, ['BCAST-1'])
    return 0
  }

  const rowOf = (relation: { readonly symbol: RelationSymbol }, first: number, second = 0): readonly number[] => {
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
  const imageOf = (zxid: Zxid): readonly number[] =>
    rowOf(Symbols.history, epochOf(zxid.epoch)).filter((id) => !Z.isAfter(universe.zxidOf(id), zxid))
  const endOf = ([image = Z.ZERO, ...entries]: readonly Zxid[]): number => {
    const last = entries.at(-1)
    return last === undefined ? lastOf(imageOf(image)) : transactionOf(last)
  }
  return { nodeOf, epochOf, transactionOf, rowOf, lineageOf, lastOf, imageOf, endOf }
}
