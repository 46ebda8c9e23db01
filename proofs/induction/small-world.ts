/** Small worlds: a few servers, quorums, epochs and transactions as a finite structure, in its initial state. */
import type { Structure } from '../../spec/logic/structure.js'
import { assign, forEachTuple, idOf, makeStructure, nameOf, setRelation } from '../../spec/logic/structure.js'
import type { CompiledSystem } from '../../spec/logic/perform.js'
import { atMost, epochAtMost, epochOf, genesis, member, origin } from '../../spec/symbols.js'

export interface World {
  readonly nodes: readonly string[]
  /** By the letters of their nodes: `AB`. */
  readonly quorums: readonly string[]
  /** In order, genesis first. */
  readonly epochs: readonly string[]
  /** In order, origin first. `2:1` is of the epoch `e2`. */
  readonly transactions: readonly string[]
}

export const ORIGIN = 'origin'

/** The epoch of a transaction, by the name of it. */
export const epochIn = (zxid: string): string => (zxid === ORIGIN ? 'e0' : `e${zxid.slice(0, zxid.indexOf(':'))}`)

/** Three servers, two of which are a quorum, and four epochs after genesis. */
export const three: World = {
  nodes: ['A', 'B', 'C'],
  quorums: ['ABC', 'AB', 'BC', 'AC'],
  epochs: ['e0', 'e1', 'e2', 'e3', 'e4'],
  transactions: [ORIGIN, '1:1', '1:2', '2:1', '3:1', '4:1'],
}

/** …and an observer. */
export const withObserver: World = { ...three, nodes: [...three.nodes, 'O'] }

/** A server alone. */
export const alone: World = { ...three, nodes: ['A'], quorums: ['A'] }

/** Two servers, each of which thinks that it is enough: no world of ZAB. */
export const divided: World = { ...three, nodes: ['A', 'B'], quorums: ['A', 'B'] }

/** The world in an initial state of the system. */
export const structureOf = (compiled: CompiledSystem, world: World): Structure => {
  const structure = makeStructure(compiled.system, {
    node: world.nodes,
    quorum: world.quorums,
    epoch: world.epochs,
    transaction: world.transactions,
  })
  const { sorts } = structure.vocabulary
  const places = (...names: readonly string[]): readonly number[] => names.map((name) => sorts.get(name) ?? 0)
  // Elements have the order of their names.
  for (const { symbol } of [epochAtMost, atMost])
    forEachTuple(structure, places(...symbol.sorts), ([a = 0, b = 0]) => setRelation(structure, symbol, [a, b], a <= b))
  forEachTuple(structure, places('node', 'quorum'), ([node = 0, quorum = 0]) =>
    setRelation(
      structure,
      member.symbol,
      [node, quorum],
      nameOf(structure, 'quorum', quorum).includes(nameOf(structure, 'node', node)),
    ),
  )
  world.transactions.forEach((zxid, id) =>
    assign(structure, epochOf.symbol, [id], idOf(structure, 'epoch', epochIn(zxid)) ?? 0),
  )
  assign(structure, genesis.symbol, [], 0)
  assign(structure, origin.symbol, [], 0)
  compiled.initialize(structure)
  return structure
}
