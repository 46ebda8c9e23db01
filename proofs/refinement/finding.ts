/** What the judge says when a step of the core is no step of the abstract system. */
import type { Change, Structure } from '../../spec/logic/structure.js'
import { nameOf } from '../../spec/logic/structure.js'

export interface Finding {
  /** The action whose guard failed, the property or conjunct, or the message that said what was not so. */
  readonly id: string
  /** What was done, and why it was not allowed. */
  readonly what: string
  readonly clauses: readonly string[]
  /** What happened in the run. */
  readonly step: string
  /** The abstract actions of this step that were allowed, and what they changed. */
  readonly changes: readonly string[]
}

export const showFinding = ({ what, clauses, step, changes }: Finding): string =>
  [
    what,
    `at this step: ${step}`,
    ...(clauses.length === 0 ? [] : [`clauses: ${clauses.join(', ')}`]),
    ...(changes.length === 0
      ? ['the abstract state has not changed in this step']
      : ['the abstract state has changed in this step:', ...changes.slice(0, MAX_CHANGES).map((line) => `  ${line}`)]),
    ...(changes.length > MAX_CHANGES ? [`  … and ${changes.length - MAX_CHANGES} more`] : []),
  ].join('\n')

const MAX_CHANGES = 20

/** `log(2, 1:3): no longer`. */
export const showChange = (structure: Structure, change: Change): string => {
  if (change.kind === 'Element') return `new ${change.sort} ${nameOf(structure, change.sort, change.id)}`
  const { symbol, ids } = change
  const names = ids.map((id, index) => nameOf(structure, symbol.sorts[index] ?? '', id)).join(', ')
  return change.kind === 'Relation'
    ? `${symbol.name}(${names}): ${change.value === 1 ? 'now true' : 'no longer true'}`
    : `${symbol.name}(${names}): now ${nameOf(structure, change.symbol.result, change.value)}`
}
