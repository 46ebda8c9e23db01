/**
 * ZAB as an abstract transition system, for any number of servers, epochs and transactions.
 *
 * It says the protocol a second time, in another form than src/core: no messages, no phases, no timers, only what servers
 * have promised, stored, acknowledged and delivered. proofs/induction proves it safe; proofs/refinement.ts checks that
 * every step of the real core is a step of it. Reconfiguration is not in it: the quorums never change.
 */
import { all, and, choose, different, equal, falsehood, not, or, some, when } from './logic/formula.js'
import type { Action, Definition, Guard, Statement, System } from './logic/system.js'
import { define, defineFunction } from './logic/system.js'
import * as S from './symbols.js'
import {
  acknowledged,
  adopted,
  adoptionQuorum,
  atMost,
  below,
  commitQuorum,
  committed,
  committedIn,
  committer,
  delivered,
  deliveredAtBroadcast,
  deliveredBefore,
  discoveryQuorum,
  durable,
  e,
  epochAtMost,
  epochBelow,
  epochOf,
  established,
  f,
  g,
  genesis,
  history,
  initialHistory,
  l,
  leaderOf,
  left,
  lineage,
  log,
  member,
  n,
  origin,
  promised,
  promisedTo,
  q,
  r,
  reported,
  reportedLineage,
  started,
  t,
  u,
  v,
} from './symbols.js'
import type { Formula, Term, Variable } from './logic/formula.js'
import { variable } from './logic/formula.js'

// --- what never changes

const statement = (name: string, why: string, formula: Formula): Statement => ({ name, why, formula })

const axioms: readonly Statement[] = [
  statement('epochs are reflexive', 'order', all(e)(epochAtMost(e, e))),
  statement(
    'epochs are antisymmetric',
    'order',
    all(e, f)(when(epochAtMost(e, f), epochAtMost(f, e)).then(equal(e, f))),
  ),
  statement(
    'epochs are transitive',
    'order',
    all(e, f, g)(when(epochAtMost(e, f), epochAtMost(f, g)).then(epochAtMost(e, g))),
  ),
  statement('epochs are total', 'order', all(e, f)(or(epochAtMost(e, f), epochAtMost(f, e)))),
  statement('genesis is the least epoch', 'order', all(e)(epochAtMost(genesis, e))),
  statement('zxids are reflexive', 'order', all(t)(atMost(t, t))),
  statement('zxids are antisymmetric', 'order', all(t, u)(when(atMost(t, u), atMost(u, t)).then(equal(t, u)))),
  statement('zxids are transitive', 'order', all(t, u, v)(when(atMost(t, u), atMost(u, v)).then(atMost(t, v)))),
  statement('zxids are total', 'order', all(t, u)(or(atMost(t, u), atMost(u, t)))),
  statement('origin is the least zxid', 'order', all(t)(atMost(origin, t))),
  statement(
    'zxids go by epoch first',
    'a zxid is ⟨epoch, counter⟩',
    all(t, u)(when(atMost(t, u)).then(epochAtMost(epochOf(t), epochOf(u)))),
  ),
  statement('origin is of genesis', 'zxid ⟨0, 0⟩', equal(epochOf(origin), genesis)),
  statement(
    'nothing else is of genesis',
    'nobody proposes in epoch 0',
    all(t)(when(equal(epochOf(t), genesis)).then(equal(t, origin))),
  ),
  statement(
    'quorums intersect',
    'QUO-1: all that the protocol needs of them',
    all(q, r)(some(n)(and(member(n, q), member(n, r)))),
  ),
]

/** The empty history counts as the established, committed and delivered history of epoch 0. */
const initial: readonly Definition[] = [
  define(promisedTo, n, e, l)(falsehood),
  define(promised, n, e)(falsehood),
  define(left, n, e)(falsehood),
  define(reported, n, e, t)(falsehood),
  define(reportedLineage, n, e, f)(falsehood),
  define(log, n, t)(equal(t, origin)),
  define(durable, n, t)(equal(t, origin)),
  define(lineage, n, e)(equal(e, genesis)),
  define(started, e)(equal(e, genesis)),
  define(history, e, t)(and(equal(e, genesis), equal(t, origin))),
  define(adopted, n, e)(equal(e, genesis)),
  define(established, e)(equal(e, genesis)),
  define(acknowledged, n, t)(falsehood),
  define(committedIn, e, t)(and(equal(e, genesis), equal(t, origin))),
  define(committed, t)(equal(t, origin)),
  defineFunction(committer, t)(genesis),
  define(delivered, n, t)(equal(t, origin)),
  define(deliveredBefore, n, t, u)(falsehood),
  define(deliveredAtBroadcast, t, u)(falsehood),
]

// --- what may happen

// Parameters of the actions. They have other names than the variables of updates.
const [server, source] = [variable('server', 'node'), variable('source', 'node')]
const leader = variable('leader', 'node')
const quorum = variable('quorum', 'quorum')
const [epoch, former, adoptedEpoch, sourceLineage] = [
  variable('epoch', 'epoch'),
  variable('former', 'epoch'),
  variable('adoptedEpoch', 'epoch'),
  variable('sourceLineage', 'epoch'),
]
const zxid = variable('zxid', 'transaction')
const [point, image] = [variable('point', 'transaction'), variable('image', 'transaction')]

const guard = (name: string, formula: Formula): Guard => ({ name, formula })

/** All of the quorum satisfy the formula about n. */
const allOf = (of: Term<S.Quorum>, about: Formula): Formula => all(n)(when(member(n, of)).then(about))

/** Becomes true where the formula holds, and stays as it is elsewhere. */
const also = <Sorts extends readonly string[]>(
  relation: ((...terms: never) => Formula) & Parameters<typeof define<Sorts>>[0],
  ...variables: { readonly [Index in keyof Sorts]: Variable<Sorts[Index]> }
): ((where: Formula) => Definition) => {
  const before: Formula = { kind: 'Holds', symbol: relation.symbol, arguments: variables }
  return (where) => define<Sorts>(relation, ...variables)(or(before, where))
}

/**
 * A promise: acceptedEpoch becomes durable at a server.
 *
 * Real: LEADERINFO (NEWEPOCH) of `leader` has been answered, or is about to be, by ACKEPOCH; for the leader itself the
 * write before its first LEADERINFO. What ACKEPOCH will report is fixed here, since the log stands still until then. An
 * ACKEPOCH that says "do not count me" (−1) is no new promise.
 */
const promise: Action = {
  name: 'promise',
  parameters: [server, leader, epoch],
  guards: [
    guard('a real epoch', different(epoch, genesis)),
    guard('not promised before', not(promised(server, epoch))),
    guard('no later promise', not(left(server, epoch))),
  ],
  updates: [
    also(promisedTo, n, e, l)(and(equal(n, server), equal(e, epoch), equal(l, leader))),
    also(promised, n, e)(and(equal(n, server), equal(e, epoch))),
    also(left, n, e)(and(equal(n, server), epochBelow(e, epoch))),
    also(reported, n, e, t)(and(equal(n, server), equal(e, epoch), log(n, t))),
    also(reportedLineage, n, e, f)(and(equal(n, server), equal(e, epoch), lineage(n, f))),
  ],
  standsFor: 'acceptedEpoch durable; then LEADERINFO at the leader, ACKEPOCH at a learner',
  clauses: ['DISC-3', 'DISC-4', 'DISC-7', 'RECV-1', 'RECV-2'],
}

/**
 * An epoch gets its leader and its initial history.
 *
 * Real: the leader has ACKEPOCH from a quorum and nobody in it is more recent (DISC-5); `source` is the leader itself. In
 * the paper `source` is the follower whose history the leader fetches. The summary of a server is its currentEpoch (the
 * greatest adopted epoch) and then its last zxid; "no later epoch adopted" looks at all of the epochs below.
 */
const startEpoch: Action = {
  name: 'startEpoch',
  parameters: [leader, epoch, quorum, source, adoptedEpoch, sourceLineage, zxid],
  guards: [
    guard('a quorum has promised', allOf(quorum, promisedTo(n, epoch, leader))),
    guard('not started by this leader before', not(and(started(epoch), equal(leaderOf(epoch), leader)))),
    guard('the source is of the quorum', member(source, quorum)),
    guard('an epoch that the source adopted', and(adopted(source, adoptedEpoch), epochBelow(adoptedEpoch, epoch))),
    guard(
      'nobody adopted a later epoch',
      all(n, f)(when(member(n, quorum), adopted(n, f), epochBelow(f, epoch)).then(epochAtMost(f, adoptedEpoch))),
    ),
    guard('the lineage of the source', reportedLineage(source, epoch, sourceLineage)),
    guard(
      'the last zxid of the source',
      and(reported(source, epoch, zxid), all(t)(when(reported(source, epoch, t)).then(atMost(t, zxid)))),
    ),
    guard(
      'nobody of that epoch has a later zxid',
      all(n, t)(when(member(n, quorum), adopted(n, adoptedEpoch), reported(n, epoch, t)).then(atMost(t, zxid))),
    ),
  ],
  updates: [
    also(started, e)(equal(e, epoch)),
    define(
      history,
      e,
      t,
    )(or(and(equal(e, epoch), reported(source, epoch, t)), and(different(e, epoch), history(e, t)))),
    defineFunction(leaderOf, e)(choose(equal(e, epoch), leader, leaderOf(e))),
    defineFunction(discoveryQuorum, e)(choose(equal(e, epoch), quorum, discoveryQuorum(e))),
  ],
  standsFor: 'ACKEPOCH from a quorum, none of them more recent than the leader',
  clauses: ['DISC-2', 'DISC-5', 'DISC-7'],
}

/**
 * The log of a server becomes the history of an epoch, up to some point.
 *
 * Real: PROPOSAL and INFORM (append), the batch after DIFF, TRUNC, and SNAP with what follows it, each step of them and so
 * each point where a crash may cut in; at the leader its own proposals. Nothing of the history that the log already holds
 * is given up, but for one case: a learner that comes back to the same leader is cut back to what is committed, and
 * outstanding proposals follow once more. The leader has forgotten its old acknowledgements of them, so they are withdrawn.
 */
const synchronize: Action = {
  name: 'synchronize',
  parameters: [server, epoch, point, former],
  guards: [
    guard('the lineage so far', lineage(server, former)),
    guard('the epoch is promised', promised(server, epoch)),
    guard('no later promise', not(left(server, epoch))),
    guard('the point is in the history', history(epoch, point)),
    guard(
      'keeps what it shares with the history',
      all(t)(
        when(log(server, t), history(epoch, t), below(point, t)).then(
          and(equal(epochOf(t), epoch), not(and(committedIn(epoch, t), member(server, commitQuorum(t))))),
        ),
      ),
    ),
  ],
  updates: [
    define(
      log,
      n,
      t,
    )(or(and(equal(n, server), history(epoch, t), atMost(t, point)), and(different(n, server), log(n, t)))),
    define(durable, n, t)(and(durable(n, t), when(equal(n, server)).then(and(history(epoch, t), atMost(t, point))))),
    define(lineage, n, e)(or(and(equal(n, server), equal(e, epoch)), and(different(n, server), lineage(n, e)))),
    define(
      acknowledged,
      n,
      t,
    )(and(acknowledged(n, t), not(and(equal(n, server), equal(epochOf(t), epoch), below(point, t))))),
  ],
  standsFor: 'DIFF, TRUNC, SNAP, PROPOSAL, INFORM reaching the log',
  clauses: ['SYNC-1', 'SYNC-4', 'SYNC-7', 'SYNC-10', 'SYNC-14', 'BCAST-2', 'OBS-2'],
}

/** Real: fsync of the log, up to some record. */
const flush: Action = {
  name: 'flush',
  parameters: [server, point],
  guards: [],
  updates: [also(durable, n, t)(and(equal(n, server), log(n, t), atMost(t, point)))],
  standsFor: 'fsync',
  clauses: ['RECV-6', 'RECV-12'],
}

/**
 * A server adopts an epoch: currentEpoch becomes durable, after the initial history is.
 *
 * Real: the write before ACK(NEWLEADER), or before the leader counts itself. A server whose promise went to another
 * leader with the same number may adopt it too (it is synchronized, and was not counted before).
 */
const adopt: Action = {
  name: 'adopt',
  parameters: [server, epoch],
  guards: [
    guard('the log is of this epoch', lineage(server, epoch)),
    guard('no later promise', not(left(server, epoch))),
    guard('the initial history is durable', all(t)(when(initialHistory(epoch, t)).then(durable(server, t)))),
  ],
  updates: [also(adopted, n, e)(and(equal(n, server), equal(e, epoch)))],
  standsFor: 'currentEpoch durable; then ACK of NEWLEADER',
  clauses: ['SYNC-2', 'RECV-3', 'RECV-4', 'RECV-5', 'DISC-6'],
}

/** Everything for which the formula about t holds is committed in the epoch. */
const commits = (in_: Term<S.Epoch>, what: Formula): readonly Definition[] => [
  also(committed, t)(what),
  also(committedIn, e, t)(and(equal(e, in_), what)),
  defineFunction(committer, t)(choose(and(what, not(committed(t))), in_, committer(t))),
]

/** Real: ACK(NEWLEADER) from a quorum; the initial history is committed, UPTODATE (COMMIT-LD) says so. */
const establish: Action = {
  name: 'establish',
  parameters: [epoch, quorum],
  guards: [guard('a quorum has adopted', allOf(quorum, adopted(n, epoch)))],
  updates: [
    also(established, e)(equal(e, epoch)),
    defineFunction(adoptionQuorum, e)(choose(equal(e, epoch), quorum, adoptionQuorum(e))),
    ...commits(epoch, initialHistory(epoch, t)),
  ],
  standsFor: 'ACK of NEWLEADER from a quorum; UPTODATE',
  clauses: ['SYNC-3', 'SYNC-5'],
}

/** Real: the leader gives a zxid to a transaction and sends PROPOSAL. It has delivered its initial history by then. */
const propose: Action = {
  name: 'propose',
  parameters: [epoch, zxid],
  guards: [
    guard('the epoch is established', established(epoch)),
    guard('a zxid of the epoch', equal(epochOf(zxid), epoch)),
    guard('after all of its history', all(t)(when(history(epoch, t)).then(below(t, zxid)))),
    guard(
      'the primary has delivered the initial history',
      all(t)(when(initialHistory(epoch, t)).then(delivered(leaderOf(epoch), t))),
    ),
  ],
  updates: [
    also(history, e, t)(and(equal(e, epoch), equal(t, zxid))),
    define(
      deliveredAtBroadcast,
      t,
      u,
    )(or(and(equal(t, zxid), delivered(leaderOf(epoch), u)), and(different(t, zxid), deliveredAtBroadcast(t, u)))),
  ],
  standsFor: 'PROPOSAL',
  clauses: ['BCAST-1', 'BCAST-4'],
}

/** Real: ACK of a proposal, cumulative; at the leader the fsync of its own log. */
const acknowledge: Action = {
  name: 'acknowledge',
  parameters: [server, zxid],
  guards: [
    guard('the log is of its epoch', lineage(server, epochOf(zxid))),
    guard('its epoch is adopted', adopted(server, epochOf(zxid))),
    guard('no later promise', not(left(server, epochOf(zxid)))),
    guard('it is durable', durable(server, zxid)),
    guard('a proposal', different(zxid, origin)),
  ],
  updates: [
    also(acknowledged, n, t)(and(equal(n, server), equal(epochOf(t), epochOf(zxid)), log(server, t), atMost(t, zxid))),
  ],
  standsFor: 'ACK',
  clauses: ['BCAST-3', 'BCAST-4', 'RECV-6'],
}

/** Real: the commit rule; COMMIT and INFORM say so. Everything before it in the epoch commits with it. */
const commit: Action = {
  name: 'commit',
  parameters: [zxid, quorum],
  guards: [guard('a quorum has acknowledged', allOf(quorum, acknowledged(n, zxid)))],
  updates: [
    ...commits(epochOf(zxid), and(history(epochOf(zxid), t), atMost(t, zxid))),
    defineFunction(
      commitQuorum,
      t,
    )(
      choose(
        and(equal(epochOf(t), epochOf(zxid)), history(epochOf(zxid), t), atMost(t, zxid)),
        quorum,
        commitQuorum(t),
      ),
    ),
  ],
  standsFor: 'ACK from a quorum; COMMIT and INFORM',
  clauses: ['BCAST-5'],
}

/** Real: Deliver at a server that knows of the commit, or one transaction of an image that a leader sends. */
const deliver: Action = {
  name: 'deliver',
  parameters: [server, zxid],
  guards: [
    guard('it is committed', committed(zxid)),
    guard('not delivered yet', not(delivered(server, zxid))),
    guard('in order', all(t)(when(committed(t), below(t, zxid)).then(delivered(server, t)))),
  ],
  updates: [
    also(delivered, n, t)(and(equal(n, server), equal(t, zxid))),
    also(deliveredBefore, n, t, u)(and(equal(n, server), equal(u, zxid), delivered(n, t))),
  ],
  standsFor: 'Deliver, and the state in a SNAP',
  clauses: ['BCAST-6', 'BCAST-7', 'SYNC-3'],
}

/**
 * A crash and the restart after it: what was not synced is lost from some point on, and the state is that of an image on
 * disk. With nothing lost it is the change to an older image that SNAP may bring.
 */
const crash: Action = {
  name: 'crash',
  parameters: [server, point, image],
  guards: [guard('loses nothing durable', all(t)(when(log(server, t), below(point, t)).then(not(durable(server, t)))))],
  updates: [
    define(log, n, t)(and(log(n, t), when(equal(n, server)).then(atMost(t, point)))),
    define(delivered, n, t)(and(delivered(n, t), when(equal(n, server)).then(atMost(t, image)))),
    define(deliveredBefore, n, t, u)(and(deliveredBefore(n, t, u), when(equal(n, server)).then(atMost(u, image)))),
  ],
  standsFor: 'crash, restart; InstallSnapshot of an older image',
  clauses: ['RECV-10', 'RECV-13', 'SYNC-8'],
}

/** The system. */
export const zab: System = {
  name: 'Zab',
  sorts: S.sorts,
  rigid: [...S.rigidSymbols, ...S.constants],
  state: S.stateSymbols,
  axioms,
  initial,
  actions: [promise, startEpoch, synchronize, flush, adopt, establish, propose, acknowledge, commit, deliver, crash],
}
