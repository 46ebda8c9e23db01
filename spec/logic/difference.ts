/** What happened between two structures, for people to read. */
import type { Change, Structure } from './structure.js'
import { forEachTuple, nameOf, offsetOf } from './structure.js'

// --- operations

/** What must change to come from one structure to the other, which has all elements of the first and maybe more. */
export const difference = (before: Structure, after: Structure): readonly Change[] => {
  const changes: Change[] = []
  for (const [sort, place] of after.vocabulary.sorts)
    for (let id = before.sizes[place] ?? 0; id < (after.sizes[place] ?? 0); id++)
      changes.push({ kind: 'Element', sort, id })
  const isNew = (sorts: readonly number[], ids: readonly number[]): boolean =>
    sorts.some((sort, position) => (ids[position] ?? 0) >= (before.sizes[sort] ?? 0))
  after.relations.forEach((table, place) => {
    const former = before.relations[place]
    forEachTuple(after, table.sorts, (ids) => {
      const now = table.values[offsetOf(table, ids)] ?? 0
      const then = former === undefined || isNew(table.sorts, ids) ? 0 : (former.values[offsetOf(former, ids)] ?? 0)
      if (now !== then)
        changes.push({ kind: 'Relation', symbol: table.symbol, ids: [...ids], value: now === 1 ? 1 : 0 })
    })
  })
  after.functions.forEach((table, place) => {
    const former = before.functions[place]
    forEachTuple(after, table.sorts, (ids) => {
      const value = table.values[offsetOf(table, ids)] ?? 0
      const then = former === undefined || isNew(table.sorts, ids) ? 0 : (former.values[offsetOf(former, ids)] ?? 0)
      if (value !== then) changes.push({ kind: 'Function', symbol: table.symbol, ids: [...ids], value })
    })
  })
  return changes
}

/** `log(n1, 2.3)`, `not log(n1, 2.3)`, `leaderOf(e2) = n1` or `new epoch e2`. */
export const showChange = (structure: Structure, change: Change): string => {
  if (change.kind === 'Element') return `new ${change.sort} ${nameOf(structure, change.sort, change.id)}`
  const { symbol, ids } = change
  const names = symbol.sorts.map((sort, position) => nameOf(structure, sort, ids[position] ?? 0))
  const place = names.length === 0 ? symbol.name : `${symbol.name}(${names.join(', ')})`
  if (change.kind === 'Function') return `${place} = ${nameOf(structure, change.symbol.result, change.value)}`
  return change.value === 1 ? place : `not ${place}`
}
