/** What one step of the core yields, and how small steps are put together. */
import type { ClauseId } from './clause.js'
import type { ServerId } from './configuration.js'
import type { Durable, Effect } from './effect.js'
import * as S from './sequence.js'
import type { Completion, FinalVote, Peer } from './state.js'

/** One step of the core. */
export interface Step<T> {
  readonly state: Peer<T>
  readonly effects: readonly Effect<T>[]
  /** The clauses that justified this step. */
  readonly clauses: readonly ClauseId[]
}

/** A change of role that the step asks for. peer.ts carries it out: each role is entered in one named function. */
export type Become =
  | { readonly role: 'Looking' }
  | { readonly role: 'Leading'; readonly finalVote: FinalVote }
  | { readonly role: 'Learning'; readonly leader: ServerId; readonly finalVote: FinalVote }

/** A step on its way: the role change it asks for is still to be made. */
export interface Outcome<T> extends Step<T> {
  readonly become?: Become
}

/** The effects of a step that does nothing. */
const nothing: readonly never[] = []

/** No change, no effect. */
export const stay = <T>(state: Peer<T>, clauses: readonly ClauseId[] = nothing): Outcome<T> => ({
  state,
  effects: nothing,
  clauses,
})

export const outcome = <T>(
  state: Peer<T>,
  effects: readonly Effect<T>[],
  clauses: readonly ClauseId[] = nothing,
): Outcome<T> => ({ state, effects, clauses })

/** Leave the present role for another. */
export const become = <T>(
  state: Peer<T>,
  role: Become,
  clauses: readonly ClauseId[],
  effects: readonly Effect<T>[] = nothing,
): Outcome<T> => ({ state, effects, clauses, become: role })

/** Then, unless the role is about to change: what belongs to a role must not happen after it. */
export const andThen = <T>(first: Outcome<T>, next: (state: Peer<T>) => Outcome<T>): Outcome<T> => {
  if (first.become !== undefined) return first
  const second = next(first.state)
  return {
    state: second.state,
    effects: first.effects.length === 0 ? second.effects : [...first.effects, ...second.effects],
    clauses: first.clauses.length === 0 ? second.clauses : [...first.clauses, ...second.clauses],
    ...(second.become === undefined ? {} : { become: second.become }),
  }
}

/** One after another, over a list. */
export const forEach = <T, A>(
  state: Peer<T>,
  elements: readonly A[],
  step: (state: Peer<T>, element: A) => Outcome<T>,
): Outcome<T> => elements.reduce<Outcome<T>>((result, element) => andThen(result, (s) => step(s, element)), stay(state))

/**
 * Emit a Persist effect. Tokens are consecutive, and the disk answers in order, so `pending` is a queue. RECV-1…6.
 * What may be said only when the record is durable is named by `completion`.
 */
export const persist = <T>(state: Peer<T>, durable: Durable<T>, completion: Completion): Outcome<T> => ({
  state: {
    ...state,
    nextToken: state.nextToken + 1,
    pending: S.append(completion)(state.pending),
  },
  effects: [{ kind: 'Persist', token: state.nextToken, durable }],
  clauses: nothing,
})
