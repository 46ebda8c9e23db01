/**
 * The state of a finite structure as a row of small numbers: one for each tuple of each state symbol. A permutation of the
 * servers permutes the row.
 */
import type { ServerId } from '../../src/core/server-id.js'
import type { FunctionTable, RelationTable, Structure } from '../../spec/logic/structure.js'
import { forEachTuple, offsetOf, placeIn } from '../../spec/logic/structure.js'

export interface Cells {
  /** Characters of a text. */
  readonly length: number
  /** The state of the structure as a short text: eight tuples of relations to a character, one value of a function. */
  readonly read: () => string
  readonly write: (text: string) => void
  /** The text in which `images[n]` has the part of server n. */
  readonly permuted: (text: string, images: readonly ServerId[]) => string
}

interface Cell {
  readonly table: RelationTable | FunctionTable
  readonly offset: number
  readonly ids: readonly number[]
}

/**
 * Values of functions mean something from some time on; until then they are 0, which names nobody. Of `commitQuorum` the
 * epoch is that of the transaction.
 */
const definedSince: Readonly<Record<string, string>> = {
  leaderOf: 'started',
  discoveryQuorum: 'started',
  adoptionQuorum: 'established',
  commitQuorum: 'committedIn',
}

interface Permutation {
  /** Where the value of a cell goes. */
  readonly targets: Int32Array
  /** What becomes of it; only functions change theirs. */
  readonly values: readonly (readonly number[] | undefined)[]
}

/** `without`: symbols that are left out. */
export const makeCells = (structure: Structure, without: ReadonlySet<string>): Cells => {
  const { rigid, sorts } = structure.vocabulary
  const cells = [...structure.relations, ...structure.functions]
    .filter(({ symbol }) => !rigid.has(symbol.name) && !without.has(symbol.name))
    .flatMap((table) => {
      const found: Cell[] = []
      forEachTuple(structure, table.sorts, (ids) => found.push({ table, offset: offsetOf(table, ids), ids: [...ids] }))
      return found
    })
  const values = new Uint8Array(cells.length)
  const places = new Map(cells.map(({ table, offset }, cell) => [`${table.symbol.name} ${offset}`, cell]))
  /** The cell that tells whether the value of this one means anything. Nothing of genesis does. */
  const meanings = cells.map(({ table, ids }) => {
    const since = definedSince[table.symbol.name]
    const [id = 0] = ids
    if (since === undefined || id === 0) return undefined
    const relation = structure.relations.find(({ symbol }) => symbol.name === since)
    const epochs = structure.functions.find(({ symbol }) => symbol.name === 'epochOf')
    if (relation === undefined || epochs === undefined) throw new RangeError(since)
    const tuple = relation.sorts.length === 1 ? [id] : [epochs.values[offsetOf(epochs, [id])] ?? 0, id]
    return places.get(`${since} ${offsetOf(relation, tuple)}`)
  })
  const permutations = new Map<string, Permutation>()
  const nodeSort = placeIn(sorts, 'node')
  const quorumSort = placeIn(sorts, 'quorum')

  const permutationOf = (images: readonly ServerId[]): Permutation => {
    const key = images.join()
    const known = permutations.get(key)
    if (known !== undefined) return known
    const nodes = images.map((image) => image - 1)
    const quorums = quorumImages(structure, nodes)
    const imageOf = (sort: number | undefined, id: number): number =>
      (sort === nodeSort ? nodes[id] : sort === quorumSort ? quorums[id] : id) ?? id
    const fresh: Permutation = {
      targets: Int32Array.from(cells, ({ table, ids }) => {
        const moved = ids.map((id, position) => imageOf(table.sorts[position], id))
        return places.get(`${table.symbol.name} ${offsetOf(table, moved)}`) ?? 0
      }),
      values: cells.map(({ table }) => {
        const result = 'result' in table ? table.result : undefined
        return result === nodeSort ? nodes : result === quorumSort ? quorums : undefined
      }),
    }
    permutations.set(key, fresh)
    return fresh
  }

  // Cells of relations come first.
  const bits = cells.filter(({ table }) => !('result' in table)).length
  const bytes = Math.ceil(bits / 8)

  const pack = (row: Uint8Array): string => {
    let text = ''
    for (let cell = 0; cell < bits; cell += 8) {
      let byte = 0
      for (let bit = 0; bit < 8 && cell + bit < bits; bit += 1) byte |= (row[cell + bit] ?? 0) << bit
      text += CHARACTERS[byte] ?? ''
    }
    for (let cell = bits; cell < row.length; cell += 1) text += CHARACTERS[row[cell] ?? 0] ?? ''
    return text
  }
  const unpack = (text: string): Uint8Array => {
    for (let cell = 0; cell < bits; cell += 1) values[cell] = (text.charCodeAt(cell >> 3) >> (cell & 7)) & 1
    for (let cell = bits; cell < values.length; cell += 1) values[cell] = text.charCodeAt(bytes + cell - bits)
    return values
  }
  const moved = new Uint8Array(cells.length)

  return {
    length: bytes + cells.length - bits,
    read: () => {
      for (let cell = 0; cell < cells.length; cell += 1) {
        const found = cells[cell]
        if (found !== undefined) values[cell] = found.table.values[found.offset] ?? 0
      }
      return pack(values)
    },
    write: (text) => {
      unpack(text)
      for (let cell = 0; cell < cells.length; cell += 1) {
        const found = cells[cell]
        if (found !== undefined) found.table.values[found.offset] = values[cell] ?? 0
      }
    },
    permuted: (text, images) => {
      const { targets, values: changed } = permutationOf(images)
      const row = unpack(text)
      for (let cell = 0; cell < targets.length; cell += 1) {
        const value = row[cell] ?? 0
        const meaning = meanings[cell]
        const isNamed = meaning !== undefined && row[meaning] === 1
        moved[targets[cell] ?? 0] = (isNamed ? changed[cell]?.[value] : undefined) ?? value
      }
      return pack(moved)
    },
  }
}

/** By code. */
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

/** The quorum that consists of the images of the members. */
const quorumImages = (structure: Structure, nodes: readonly number[]): readonly number[] => {
  const table = structure.relations.find(({ symbol }) => symbol.name === 'member')
  if (table === undefined) throw new RangeError('member')
  const quorums = Array.from({ length: structure.sizes[table.sorts[1] ?? 0] ?? 0 }, (_, id) => id)
  const membersOf = (quorum: number): readonly number[] =>
    nodes.map((_, node) => node).filter((node) => table.values[offsetOf(table, [node, quorum])] === 1)
  const keyOf = (members: readonly number[]): string => [...members].sort().join()
  const byMembers = new Map(quorums.map((quorum) => [keyOf(membersOf(quorum)), quorum]))
  return quorums.map((quorum) => byMembers.get(keyOf(membersOf(quorum).map((node) => nodes[node] ?? node))) ?? quorum)
}
