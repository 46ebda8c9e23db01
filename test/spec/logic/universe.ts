/** Small universes for the system of spec/zab.ts: rigid symbols as they have to be, states at random or reached by actions. */
import type { SymbolOf } from '../../../spec/logic/formula.js'
import type { CompiledSystem } from '../../../spec/logic/perform.js'
import type { Change, Structure } from '../../../spec/logic/structure.js'
import { assign, forEachTuple, makeStructure, placeIn, setRelation, sizeOf } from '../../../spec/logic/structure.js'
import { isRight } from 'fp-ts/lib/Either.js'
import { atMost, epochAtMost, epochOf, member, sorts } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'

/** Numbers from 0 up to, not including, the bound. */
export type Random = (bound: number) => number

/** A linear congruential generator: the same run for the same seed. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * bound)
  }
}

export interface Sizes {
  readonly nodes: number
  readonly epochs: number
  /** Without the origin. */
  readonly transactionsOfEpoch: number
}

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** Subsets of the nodes that are just a majority. */
const majorities = (nodes: number): readonly number[] =>
  Array.from({ length: 1 << nodes }, (_, set) => set).filter((set) => {
    const size = Array.from({ length: nodes }, (_, node) => (set >> node) & 1).reduce((sum, bit) => sum + bit, 0)
    return size === Math.floor(nodes / 2) + 1
  })

/** Orders, epochs and quorums are set, the state is empty. */
export const makeUniverse = ({ nodes, epochs, transactionsOfEpoch }: Sizes): Structure => {
  const quorums = majorities(nodes)
  const transactions = ['origin']
  for (let epoch = 1; epoch < epochs; epoch++)
    for (let counter = 1; counter <= transactionsOfEpoch; counter++) transactions.push(`${epoch}.${counter}`)
  const structure = makeStructure(zab, {
    node: names('n', nodes),
    quorum: names('q', quorums.length),
    epoch: names('e', epochs),
    transaction: transactions,
  })
  quorums.forEach((set, quorum) => {
    for (let node = 0; node < nodes; node++)
      setRelation(structure, member.symbol, [node, quorum], ((set >> node) & 1) === 1)
  })
  for (let low = 0; low < epochs; low++)
    for (let high = low; high < epochs; high++) setRelation(structure, epochAtMost.symbol, [low, high], true)
  for (let low = 0; low < transactions.length; low++) {
    for (let high = low; high < transactions.length; high++) setRelation(structure, atMost.symbol, [low, high], true)
    assign(structure, epochOf.symbol, [low], low === 0 ? 0 : Math.floor((low - 1) / transactionsOfEpoch) + 1)
  }
  return structure
}

/** Every tuple of every state symbol gets a value at random; relations hold in one of `sparsity` cases. */
export const fillAtRandom = (structure: Structure, random: Random, sparsity: number): void => {
  for (const symbol of zab.state)
    forEachTuple(structure, placesOf(symbol), (ids) => {
      if (symbol.kind === 'Relation') setRelation(structure, symbol, ids, random(sparsity) === 0)
      else assign(structure, symbol, ids, random(sizeOf(structure, symbol.result)))
    })
}

const placesOf = (symbol: SymbolOf): readonly number[] => {
  const places = new Map<string, number>(sorts.map((sort, place) => [sort, place]))
  return symbol.sorts.map((sort) => placeIn(places, sort))
}

/** Some tuple of some state symbol with another value than now. */
export const randomChange = (
  structure: Structure,
  random: Random,
  value: (symbol: SymbolOf, ids: readonly number[]) => number,
): Change => {
  for (;;) {
    const symbol = zab.state[random(zab.state.length)]
    if (symbol === undefined) continue
    const ids = symbol.sorts.map((sort) => random(sizeOf(structure, sort)))
    const before = value(symbol, ids)
    if (symbol.kind === 'Relation') return { kind: 'Relation', symbol, ids, value: before === 1 ? 0 : 1 }
    const after = random(sizeOf(structure, symbol.result))
    if (after !== before) return { kind: 'Function', symbol, ids, value: after }
  }
}

/** Tries actions with arguments at random; the changes of each that was possible go to the visitor. */
export const walk = (
  { perform }: CompiledSystem,
  structure: Structure,
  random: Random,
  attempts: number,
  visit: (action: string, changes: readonly Change[]) => void,
): void => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const action = zab.actions[random(zab.actions.length)]
    if (action === undefined) continue
    const result = perform(
      structure,
      action.name,
      action.parameters.map(({ sort }) => random(sizeOf(structure, sort))),
    )
    if (isRight(result)) visit(action.name, result.right)
  }
}
