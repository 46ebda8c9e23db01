/**
 * Finite structures: for each sort a few named elements, for each symbol a dense table. A structure is an explicit mutable
 * workspace, since a simulator drives it through every step; what is compiled for a system reads any structure of it.
 */
import type { FunctionSymbol, RelationSymbol, SymbolOf } from './formula.js'
import type { System } from './system.js'

// --- model

/** The value for ids a, b, c stands at `a * stride0 + b * stride1 + c * stride2`; strides of absent arguments are 0. */
interface Layout {
  /** Places of the sorts of the arguments. */
  readonly sorts: readonly number[]
  stride0: number
  stride1: number
  stride2: number
}

export interface RelationTable extends Layout {
  readonly symbol: RelationSymbol
  values: Uint8Array
}

/** An element that nobody has assigned is element 0. */
export interface FunctionTable extends Layout {
  readonly symbol: FunctionSymbol
  readonly result: number
  values: Int32Array
}

/** Elements are the integers from 0 of their sort. Sorts, relations and functions stand in the order of the system. */
export interface Structure {
  readonly vocabulary: Vocabulary
  readonly sizes: number[]
  readonly relations: readonly RelationTable[]
  readonly functions: readonly FunctionTable[]
  readonly names: readonly string[][]
  readonly ids: readonly Map<string, number>[]
  /** Elements that fit into the tables before these grow. */
  readonly capacities: number[]
}

/** Where each sort, relation and function stands. */
export interface Vocabulary {
  readonly sorts: ReadonlyMap<string, number>
  readonly relations: ReadonlyMap<string, number>
  readonly functions: ReadonlyMap<string, number>
  readonly symbols: readonly SymbolOf[]
  readonly rigid: ReadonlySet<string>
}

/** What differs between two structures: a tuple, or a new element whose tuples need not be listed. */
export type Change =
  | {
      readonly kind: 'Relation'
      readonly symbol: RelationSymbol
      readonly ids: readonly number[]
      readonly value: 0 | 1
    }
  | {
      readonly kind: 'Function'
      readonly symbol: FunctionSymbol
      readonly ids: readonly number[]
      readonly value: number
    }
  | { readonly kind: 'Element'; readonly sort: string; readonly id: number }

// --- constructors

const MAXIMAL_ARITY = 3
const MINIMAL_CAPACITY = 8

/**
 * All relations are empty, all functions constant.
 * @throws RangeError when a symbol has more arguments than tables have, or a sort is unknown.
 */
export const makeStructure = (system: System, universe: Readonly<Record<string, readonly string[]>>): Structure => {
  const vocabulary = vocabularyOf(system)
  const names = system.sorts.map((sort) => [...(universe[sort] ?? [])])
  const capacities = names.map(({ length }) => Math.max(MINIMAL_CAPACITY, length))
  return {
    vocabulary,
    names,
    capacities,
    sizes: names.map(({ length }) => length),
    ids: names.map((list) => new Map(list.map((name, id) => [name, id]))),
    relations: symbolsOfKind(vocabulary, 'Relation').map((symbol): RelationTable => {
      const layout = layoutOf(sortPlaces(vocabulary, symbol.sorts), capacities)
      return { ...layout, symbol, values: new Uint8Array(room(layout, capacities)) }
    }),
    functions: symbolsOfKind(vocabulary, 'Function').map((symbol): FunctionTable => {
      const layout = layoutOf(sortPlaces(vocabulary, symbol.sorts), capacities)
      return {
        ...layout,
        symbol,
        result: placeIn(vocabulary.sorts, symbol.result),
        values: new Int32Array(room(layout, capacities)),
      }
    }),
  }
}

export const vocabularyOf = (system: System): Vocabulary => {
  const symbols = [...system.rigid, ...system.state]
  const places = (kind: SymbolOf['kind']): ReadonlyMap<string, number> =>
    new Map(symbols.filter((symbol) => symbol.kind === kind).map(({ name }, place) => [name, place]))
  return {
    symbols,
    sorts: new Map(system.sorts.map((sort, place) => [sort, place])),
    relations: places('Relation'),
    functions: places('Function'),
    rigid: new Set(system.rigid.map(({ name }) => name)),
  }
}

/** The same content, nothing shared. */
export const copy = (structure: Structure): Structure => ({
  ...structure,
  sizes: [...structure.sizes],
  capacities: [...structure.capacities],
  names: structure.names.map((list) => [...list]),
  ids: structure.ids.map((map) => new Map(map)),
  relations: structure.relations.map((table) => ({ ...table, values: table.values.slice() })),
  functions: structure.functions.map((table) => ({ ...table, values: table.values.slice() })),
})

// --- operations: elements

/** @throws RangeError when the place is unknown: a symbol or sort of another system. */
export const placeIn = (places: ReadonlyMap<string, number>, name: string): number => {
  const place = places.get(name)
  if (place === undefined) throw new RangeError(`${name} is not of this system`)
  return place
}

export const sizeOf = (structure: Structure, sort: string): number =>
  structure.sizes[placeIn(structure.vocabulary.sorts, sort)] ?? 0

/** A new element: no relation holds of it, functions of it are 0. Its id is the size of the sort before. */
export const grow = (structure: Structure, sort: string, name: string): number => {
  const place = placeIn(structure.vocabulary.sorts, sort)
  const id = structure.sizes[place] ?? 0
  const capacity = structure.capacities[place] ?? 0
  if (id === capacity) {
    structure.capacities[place] = 2 * capacity
    for (const table of structure.relations) relocate(structure, table, (length) => new Uint8Array(length))
    for (const table of structure.functions) relocate(structure, table, (length) => new Int32Array(length))
  }
  structure.sizes[place] = id + 1
  structure.names[place]?.push(name)
  structure.ids[place]?.set(name, id)
  return id
}

export const nameOf = (structure: Structure, sort: string, id: number): string =>
  structure.names[placeIn(structure.vocabulary.sorts, sort)]?.[id] ?? `${sort} ${id}`

export const idOf = (structure: Structure, sort: string, name: string): number | undefined =>
  structure.ids[placeIn(structure.vocabulary.sorts, sort)]?.get(name)

// --- operations: tables

export const holds = (structure: Structure, symbol: RelationSymbol, ids: readonly number[]): boolean => {
  const table = relationTable(structure, symbol)
  return table.values[offsetOf(table, ids)] === 1
}

/** Tells whether that was a change. */
export const setRelation = (
  structure: Structure,
  symbol: RelationSymbol,
  ids: readonly number[],
  value: boolean,
): boolean => {
  const table = relationTable(structure, symbol)
  const offset = offsetOf(table, ids)
  const bit = value ? 1 : 0
  if (table.values[offset] === bit) return false
  table.values[offset] = bit
  return true
}

export const valueOf = (structure: Structure, symbol: FunctionSymbol, ids: readonly number[]): number => {
  const table = functionTable(structure, symbol)
  return table.values[offsetOf(table, ids)] ?? 0
}

/** Tells whether that was a change. */
export const assign = (
  structure: Structure,
  symbol: FunctionSymbol,
  ids: readonly number[],
  value: number,
): boolean => {
  const table = functionTable(structure, symbol)
  const offset = offsetOf(table, ids)
  if (table.values[offset] === value) return false
  table.values[offset] = value
  return true
}

export const makeChange = (structure: Structure, change: Change): void => {
  if (change.kind === 'Relation') setRelation(structure, change.symbol, change.ids, change.value === 1)
  if (change.kind === 'Function') assign(structure, change.symbol, change.ids, change.value)
}

export const relationTable = (structure: Structure, symbol: RelationSymbol): RelationTable => {
  const table = structure.relations[placeIn(structure.vocabulary.relations, symbol.name)]
  if (table === undefined) throw new RangeError(symbol.name)
  return table
}

export const functionTable = (structure: Structure, symbol: FunctionSymbol): FunctionTable => {
  const table = structure.functions[placeIn(structure.vocabulary.functions, symbol.name)]
  if (table === undefined) throw new RangeError(symbol.name)
  return table
}

export const offsetOf = (table: Layout, ids: readonly number[]): number =>
  (ids[0] ?? 0) * table.stride0 + (ids[1] ?? 0) * table.stride1 + (ids[2] ?? 0) * table.stride2

/** Every tuple of elements of the sorts, the last one fastest. The array is used again for the next one. */
export const forEachTuple = (
  structure: Structure,
  sorts: readonly number[],
  visit: (ids: readonly number[]) => void,
): void => {
  const ids = sorts.map(() => 0)
  const from = (position: number): void => {
    const sort = sorts[position]
    if (sort === undefined) return visit(ids)
    const size = structure.sizes[sort] ?? 0
    for (let id = 0; id < size; id++) {
      ids[position] = id
      from(position + 1)
    }
  }
  from(0)
}

// --- how

const symbolsOfKind = <Kind extends SymbolOf['kind']>(
  { symbols }: Vocabulary,
  kind: Kind,
): readonly Extract<SymbolOf, { readonly kind: Kind }>[] =>
  symbols.filter((symbol): symbol is Extract<SymbolOf, { readonly kind: Kind }> => symbol.kind === kind)

const sortPlaces = ({ sorts }: Vocabulary, names: readonly string[]): readonly number[] =>
  names.map((name) => placeIn(sorts, name))

const layoutOf = (sorts: readonly number[], capacities: readonly number[]): Layout => {
  if (sorts.length > MAXIMAL_ARITY) throw new RangeError(`tables have at most ${MAXIMAL_ARITY} arguments`)
  const stride = (position: number): number =>
    position < sorts.length ? sorts.slice(position + 1).reduce((room, sort) => room * (capacities[sort] ?? 1), 1) : 0
  return { sorts, stride0: stride(0), stride1: stride(1), stride2: stride(2) }
}

const room = ({ sorts }: Layout, capacities: readonly number[]): number =>
  sorts.reduce((length, sort) => length * (capacities[sort] ?? 1), 1)

/** Moves the values of a table to where they belong under the present capacities. */
const relocate = <Values extends Uint8Array | Int32Array>(
  structure: Structure,
  table: Layout & { values: Values },
  allocate: (length: number) => Values,
): void => {
  const layout = layoutOf(table.sorts, structure.capacities)
  const length = room(layout, structure.capacities)
  if (length === table.values.length) return
  const values = allocate(length)
  forEachTuple(structure, table.sorts, (ids) => {
    values[offsetOf(layout, ids)] = table.values[offsetOf(table, ids)] ?? 0
  })
  table.values = values
  table.stride0 = layout.stride0
  table.stride1 = layout.stride1
  table.stride2 = layout.stride2
}
