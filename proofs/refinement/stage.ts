/** Where the abstract system is played beside the run: actions are performed or objected to, the first objection is the last. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { Observe } from '../../model/observer.js'
import type { Violation } from '../../spec/logic/monitor.js'
import { compileSystem } from '../../spec/logic/perform.js'
import type { Change } from '../../spec/logic/structure.js'
import { zab } from '../../spec/zab.js'
import type { Finding } from './finding.js'
import { showChange, showFinding } from './finding.js'
import { note } from './marks.js'
import type { Asked } from './quorums.js'
import type { Universe } from './universe.js'
import type { Quorums } from './watchers.js'
import { watcher } from './watchers.js'

export interface JudgeOptions {
  /** How often the whole invariant is evaluated and not only what may have changed: after so many abstract steps. */
  readonly wholeEvery?: number
  /** Told the name of each action performed, and of each remarkable situation (`marks`). */
  readonly count?: (what: string) => void
}

/** Who is told of an objection. */
type Host = Observed<Observe<unknown>>
type Observed<O> = O extends (host: infer H) => unknown ? H : never

type Parameters = Readonly<Record<string, number>>

export interface Stage {
  /** Begins a step of the run: what is objected to from now on is objected to here. */
  readonly begin: (what: () => string) => void
  readonly object: (id: string, what: string, clauses: readonly string[]) => void
  /** `show`: what has been done in the run, for the objection. */
  readonly perform: (action: string, show: string, parameters: Parameters) => void
  /**
   * The action with a quorum among those servers for which it may happen, if there is one. `asked`: of which quorums, when
   * they are not those of the first voters.
   */
  readonly performWithQuorum: (
    action: string,
    show: string,
    among: readonly ServerId[],
    parameters: Parameters,
    asked?: Asked,
  ) => void
  /** Nothing is judged any more. */
  readonly isOver: () => boolean
}

// --- compiled once

const system = compileSystem(zab)
const clausesOfAction = new Map(zab.actions.map(({ name, clauses }) => [name, clauses]))

// --- constructors

/** The abstract system in its initial state. */
export const makeStage = (
  universe: Universe,
  report: Host['report'],
  { wholeEvery, count }: JudgeOptions,
  quorums: Quorums = 'Fixed',
): Stage => {
  const { structure } = universe
  const monitor = watcher(quorums)
  let step: () => string = () => 'start'
  let changed: Change[] = []
  let performed = 0
  let over = false

  system.initialize(structure)

  const object = (id: string, what: string, clauses: readonly string[]): void => {
    if (over) return
    over = true
    const finding: Finding = {
      id,
      what,
      clauses,
      step: step(),
      changes: changed.map((change) => showChange(structure, change)),
    }
    report(id, showFinding(finding))
  }

  const begin = (what: () => string): void => {
    step = what
    if (changed.length > 0) changed = []
  }

  const watch = (changes: readonly Change[]): void => {
    for (const change of changes) changed.push(change)
    performed += 1
    const isWhole = wholeEvery !== undefined && performed % wholeEvery === 0
    const violation = isWhole ? monitor.checkAll(structure) : monitor.check(structure, changes)
    if (violation !== undefined) objectTo(object, violation)
  }

  const { perform, performWithQuorum } = makePerformer(universe, object, {
    isOver: () => over,
    performed: (action, changes) => {
      if (count !== undefined) note(count, action, changes)
      watch(changes)
    },
    grown: watch,
  })

  return { begin, object, perform, performWithQuorum, isOver: () => over }
}

interface Told {
  readonly isOver: () => boolean
  readonly performed: (action: string, changes: readonly Change[]) => void
  /** Elements have come into being. */
  readonly grown: (changes: readonly Change[]) => void
}

/** Performs actions of the system, or objects with the nearest one and the guards that failed. */
export const makePerformer = (
  universe: Universe,
  object: Stage['object'],
  { isOver, performed, grown }: Told,
): Pick<Stage, 'perform' | 'performWithQuorum'> => {
  const perform = (action: string, show: string, parameters: Parameters): void => {
    if (isOver()) return
    const growth = universe.takeGrowth()
    if (growth.length > 0) grown(growth)
    const result = system.perform(universe.structure, action, parameters)
    if (isLeft(result)) {
      const guards = result.left.failed.map(({ name }) => `"${name}"`).join(', ')
      object(
        action,
        `${show}: this is not an action of the abstract system. Nearest: ${action}; not so: ${guards}`,
        clausesOfAction.get(action) ?? [],
      )
      return
    }
    performed(action, result.right)
  }

  const voters: Asked = { quorums: universe.quorums, of: 'the voters', clauses: [] }
  const performWithQuorum = (
    action: string,
    show: string,
    among: readonly ServerId[],
    parameters: Parameters,
    asked = voters,
  ): void => {
    const candidates = asked.quorums.filter(({ members }) => members.every((member) => among.includes(member)))
    const [first] = candidates
    if (first === undefined) {
      object(action, `${show}: [${among.join(', ')}] is no quorum of ${asked.of}`, [
        'QUO-1',
        ...(clausesOfAction.get(action) ?? []),
        ...asked.clauses,
      ])
      return
    }
    const allowed = candidates.find(
      ({ id }) => system.failing(universe.structure, action, { ...parameters, quorum: id }).length === 0,
    )
    perform(action, show, { ...parameters, quorum: (allowed ?? first).id })
  }

  return { perform, performWithQuorum }
}

/** A broken statement, as an objection. */
export const objectTo = (object: Stage['object'], { statement: { name, why }, assignment }: Violation): void => {
  const where = Object.entries(assignment).map(([variable, element]) => `${variable} = ${element}`)
  object(name, `violated: ${name} (${why}), for ${where.join(', ')}`, [])
}
