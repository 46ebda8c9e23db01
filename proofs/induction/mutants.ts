/**
 * Mutants: spec/zab.ts with a mistake in it. Most are made by machine, each guard of each action left out in turn; some are
 * made by hand, after mistakes that were really made. attacks.ts shows for each what goes wrong with it.
 */
import type { Formula } from '../../spec/logic/formula.js'
import { all, and, different, equal, not, or, some, variable, when } from '../../spec/logic/formula.js'
import type { Action, Definition, System } from '../../spec/logic/system.js'
import { define } from '../../spec/logic/system.js'
import {
  acknowledged,
  atMost,
  below,
  committedIn,
  commitQuorum,
  epochOf,
  history,
  left,
  log,
  member,
  n,
  q,
  t,
} from '../../spec/symbols.js'

export interface Mutant {
  /** Unique: `action / guard`, or the mistake in words. */
  readonly name: string
  readonly system: System
}

// --- operations

/** Every guard of every action left out, one at a time. */
export const singleGuardMutants = (system: System): readonly Mutant[] =>
  system.actions.flatMap((action) =>
    action.guards.map(
      (guard): Mutant => ({
        name: `${action.name} / ${guard.name}`,
        system: withAction(system, { ...action, guards: action.guards.filter((other) => other !== guard) }),
      }),
    ),
  )

/** All mutants. @throws RangeError when the system has not the actions and guards that those made by hand change. */
export const mutantsOf = (system: System): readonly Mutant[] => [...singleGuardMutants(system), ...madeByHand(system)]

/**
 * Guards that only bind a parameter, so that no formula has to say that there is such an element: whatever the action does
 * without one of them in a reachable state, it does with all of them and other arguments. A test looks whether that is so.
 */
export const bindingGuards: Readonly<Record<string, string>> = {
  'startEpoch / the lineage of the source': 'binds sourceLineage, of which cuts.ts speaks; no update reads it',
  'synchronize / the lineage so far': 'binds former; no update reads it',
  'acknowledge / the log is of its epoch':
    'follows from the epoch that is adopted and not left, since every log has some lineage, which no formula says',
}

/** Guards that are there because the protocol is so. Safety does not need them; the argument is in words only. */
export const realisticGuards: Readonly<Record<string, string>> = {
  'startEpoch / the source is of the quorum':
    'a leader has the history of one that it has asked; but anybody would do that is as recent as all of the quorum. ' +
    'What a quorum may have chosen, one of the promised quorum says is durable, in an epoch that it has adopted and so ' +
    'not above the one of the source; if below, the source reports it as a later adopter, if the same, as a prefix',
  'acknowledge / no later promise':
    'who has promised a later epoch is silent; but whatever it could still acknowledge was in its log, of the same ' +
    'lineage and adopted, when it promised, and so in its report: it might as well have acknowledged it just before',
}

// --- how: by hand

const server = variable('server', 'node')
const epoch = variable('epoch', 'epoch')
const [point, zxid] = [variable('point', 'transaction'), variable('zxid', 'transaction')]
const quorum = variable('quorum', 'quorum')
const [absent, observer] = [variable('absent', 'node'), variable('observer', 'node')]

const madeByHand = (system: System): readonly Mutant[] => [
  {
    name: 'quorums that do not intersect',
    system: { ...system, axioms: system.axioms.filter(({ name }) => name !== 'quorums intersect') },
  },
  {
    name: 'a promise leaves nothing behind',
    system: changed(system, 'promise', (action) => withoutUpdate(action, left.symbol.name)),
  },
  {
    name: 'a learner keeps what is not in the history',
    system: changed(system, 'synchronize', (action) =>
      withUpdate(action, define(log, n, t)(or(log(n, t), and(equal(n, server), history(epoch, t), atMost(t, point))))),
    ),
  },
  {
    name: 'a learner that comes back is cut below the initial history',
    system: changed(system, 'synchronize', (action) =>
      withGuard(action, 'keeps what it shares with the history', keeps(committedByServer)),
    ),
  },
  {
    name: 'a learner that comes back is cut below what it helped to commit',
    system: changed(system, 'synchronize', (action) =>
      withGuard(action, 'keeps what it shares with the history', keeps(different(epochOf(t), epoch))),
    ),
  },
  {
    name: 'the leader remembers acknowledgements of a learner that was cut back',
    system: changed(system, 'synchronize', (action) => withoutUpdate(action, acknowledged.symbol.name)),
  },
  {
    name: 'an observer counts in a quorum',
    system: changed(system, 'commit', (action) => ({
      ...withGuard(
        action,
        'a quorum has acknowledged',
        and(
          all(n)(when(member(n, quorum), different(n, absent)).then(acknowledged(n, zxid))),
          acknowledged(observer, zxid),
          not(some(q)(member(observer, q))),
        ),
      ),
      parameters: [...action.parameters, absent, observer],
    })),
  },
]

/** What may not be cut off, of the log above the point and in the history. */
const keeps = (unless: Formula): Formula =>
  all(t)(when(log(server, t), history(epoch, t), below(point, t)).then(not(unless)))

const committedByServer: Formula = and(equal(epochOf(t), epoch), committedIn(epoch, t), member(server, commitQuorum(t)))

// --- how

const withAction = (system: System, action: Action): System => ({
  ...system,
  actions: system.actions.map((other) => (other.name === action.name ? action : other)),
})

const changed = (system: System, name: string, change: (action: Action) => Action): System => {
  const action = system.actions.find((candidate) => candidate.name === name)
  if (action === undefined) throw new RangeError(`no action ${name}`)
  return withAction(system, change(action))
}

const withGuard = (action: Action, name: string, formula: Formula): Action => {
  if (!action.guards.some((guard) => guard.name === name)) throw new RangeError(`${action.name} has no guard ${name}`)
  return { ...action, guards: action.guards.map((guard) => (guard.name === name ? { name, formula } : guard)) }
}

const withUpdate = (action: Action, update: Definition): Action => ({
  ...withoutUpdate(action, update.symbol.name),
  updates: action.updates.map((other) => (other.symbol.name === update.symbol.name ? update : other)),
})

const withoutUpdate = (action: Action, symbol: string): Action => {
  if (!action.updates.some((update) => update.symbol.name === symbol))
    throw new RangeError(`${action.name} does not change ${symbol}`)
  return { ...action, updates: action.updates.filter((update) => update.symbol.name !== symbol) }
}
