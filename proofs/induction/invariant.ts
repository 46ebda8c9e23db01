/** The inductive invariant of spec/zab.ts: why the six properties hold, for any number of servers. Nothing but statements. */
import type { Formula, Term } from '../../spec/logic/formula.js'
import { all, and, different, equal, iff, not, or, when } from '../../spec/logic/formula.js'
import type { Statement } from '../../spec/logic/system.js'
import type { Epoch, Node, Quorum, Transaction } from '../../spec/symbols.js'
import * as S from '../../spec/symbols.js'
import {
  acknowledged, adopted, adoptionQuorum, atMost, below, commitQuorum, committed, committedIn, committer, delivered,
  deliveredAtBroadcast, deliveredBefore, discoveryQuorum, durable, e, epochAtMost, epochBelow, epochOf, established, f, g,
  genesis, history, initialHistory, k, l, leaderOf, left, lineage, log, m, member, n, origin, promised, promisedTo, q,
  reported, reportedLineage, started, t, u,
} from '../../spec/symbols.js'

const because = (name: string, why: string, formula: Formula): Statement => ({ name, why, formula })

/** n has said in epoch e that t is durable with it: by adopting e, or by an acknowledgement. */
export const saysDurable = (a: Term<Node>, b: Term<Epoch>, c: Term<Transaction>): Formula =>
  or(and(adopted(a, b), initialHistory(b, c)), and(equal(epochOf(c), b), acknowledged(a, c)))
/** The quorum may still have said of all of its members what the formula says of k: who has not said so has not left e. */
export const mayStill = (of: Term<Quorum>, in_: Term<Epoch>, said: Formula): Formula =>
  all(k)(when(member(k, of)).then(or(said, not(left(k, in_)))))
/** t may be committed in e, now or later, by the quorum. */
export const choosable = (of: Term<Quorum>, in_: Term<Epoch>, a: Term<Transaction>): Formula =>
  and(history(in_, a), mayStill(of, in_, saysDurable(k, in_, a)))

export const invariant: readonly Statement[] = [
  // Promises
  because('one leader a promise', 'a server promises an epoch once', all(n, e, l, m)(when(promisedTo(n, e, l), promisedTo(n, e, m)).then(equal(l, m)))),
  because('promised to somebody', 'and nobody promises epoch 0', all(n, e, l)(when(promisedTo(n, e, l)).then(and(promised(n, e), different(e, genesis))))),
  because('promises are real', 'nobody promises epoch 0', all(n)(not(promised(n, genesis)))),
  because('a promise leaves what is below', '', all(n, e, f)(when(promised(n, e), epochBelow(f, e)).then(left(n, f)))),
  because('left downward', '', all(n, e, f)(when(left(n, e), epochBelow(f, e)).then(left(n, f)))),
  because('discovery quorum', 'an epoch started because a quorum promised it to its leader', all(n, e)(when(started(e), different(e, genesis), member(n, discoveryQuorum(e))).then(promisedTo(n, e, leaderOf(e))))),
  // Histories of epochs
  because('genesis', 'epoch 0 is over before the start', and(started(genesis), established(genesis), committed(origin), all(n)(and(adopted(n, genesis), delivered(n, origin))), all(t)(when(history(genesis, t)).then(equal(t, origin))))),
  because('history of started', '', all(e, t)(when(history(e, t)).then(and(started(e), epochAtMost(epochOf(t), e))))),
  because('histories agree below', 'two histories with a transaction in common agree below it', all(e, t, u)(when(history(e, t), atMost(u, t)).then(iff(history(e, u), history(epochOf(t), u))))),
  because('origin in history', '', all(e)(when(started(e)).then(history(e, origin)))),
  because('proposed once established', '', all(e, t)(when(history(e, t), equal(epochOf(t), e)).then(established(e)))),
  because('established was started', '', all(e)(when(established(e)).then(started(e)))),
  // Logs
  because('one lineage', '', all(n, e, f)(when(lineage(n, e), lineage(n, f)).then(equal(e, f)))),
  because('lineage of a promise', '', all(n, e)(when(lineage(n, e)).then(and(started(e), or(equal(e, genesis), promised(n, e)))))),
  because('origin is durable', '', all(n)(and(log(n, origin), durable(n, origin)))),
  because('log within lineage', '', all(n, e, t)(when(lineage(n, e), log(n, t)).then(history(e, t)))),
  because('log is a prefix', '', all(n, e, t, u)(when(lineage(n, e), log(n, t), history(e, u), atMost(u, t)).then(log(n, u)))),
  because('durable is of the log', '', all(n, t)(when(durable(n, t)).then(log(n, t)))),
  because('durable is a prefix', '', all(n, t, u)(when(durable(n, t), log(n, u), atMost(u, t)).then(durable(n, u)))),
  because('adopted up to lineage', '', all(n, e, f)(when(adopted(n, e), lineage(n, f)).then(epochAtMost(e, f)))),
  // Reports
  because('reports of promises', '', all(n, e, f, t)(and(when(reportedLineage(n, e, f)).then(and(promised(n, e), epochBelow(f, e), started(f))), when(reported(n, e, t)).then(promised(n, e))))),
  because('one reported lineage', '', all(n, e, f, g)(when(reportedLineage(n, e, f), reportedLineage(n, e, g)).then(equal(f, g)))),
  because('origin is reported', '', all(n, e)(when(promised(n, e)).then(reported(n, e, origin)))),
  because('report within lineage', '', all(n, e, f, t)(when(reportedLineage(n, e, f), reported(n, e, t)).then(history(f, t)))),
  because('report is a prefix', '', all(n, e, f, t, u)(when(reportedLineage(n, e, f), reported(n, e, t), history(f, u), atMost(u, t)).then(reported(n, e, u)))),
  because('adopted up to reported lineage', '', all(n, e, f, g)(when(adopted(n, f), reportedLineage(n, e, g), epochBelow(f, e)).then(epochAtMost(f, g)))),
  // Acknowledgements
  because('adopted after a promise', '', all(n, e)(when(adopted(n, e), different(e, genesis)).then(and(started(e), promised(n, e))))),
  because('acknowledged in adopted', '', all(n, t)(when(acknowledged(n, t)).then(and(adopted(n, epochOf(t)), history(epochOf(t), t), different(epochOf(t), genesis))))),
  because('acknowledged downward', '', all(n, t, u)(when(acknowledged(n, t), history(epochOf(t), u), equal(epochOf(u), epochOf(t)), atMost(u, t)).then(acknowledged(n, u)))),
  // Commitment
  because('adoption quorum', '', all(n, e)(when(established(e), different(e, genesis), member(n, adoptionQuorum(e))).then(adopted(n, e)))),
  because('commit quorum', '', all(n, e, t)(when(committedIn(e, t), equal(epochOf(t), e), different(e, genesis), member(n, commitQuorum(t))).then(acknowledged(n, t)))),
  because('committed in established', '', all(e, t)(when(committedIn(e, t)).then(and(established(e), history(e, t), committed(t))))),
  because('initial history is committed', '', all(e, t)(when(established(e), initialHistory(e, t)).then(committedIn(e, t)))),
  because('committed is a prefix', '', all(e, t, u)(when(committedIn(e, t), history(e, u), atMost(u, t)).then(committedIn(e, u)))),
  because('committer', '', all(t)(when(committed(t)).then(committedIn(committer(t), t)))),
  // Why later epochs have what is committed
  because('choosable is kept by epochs', 'K1', all(q, e, f, t)(when(started(e), started(f), epochBelow(e, f), choosable(q, e, t)).then(history(f, t)))),
  because('nothing foreign comes back', 'K2', all(q, e, f, t)(when(started(e), started(f), epochBelow(e, f), history(f, t), epochBelow(epochOf(t), e), mayStill(q, e, adopted(k, e))).then(history(e, t)))),
  because('choosable is reported by who has it', 'K3a', all(q, n, e, f, t)(when(started(e), saysDurable(n, e, t), epochBelow(e, f), promised(n, f), choosable(q, e, t)).then(reported(n, f, t)))),
  because('choosable is reported by later adopters', 'K3b', all(q, n, e, f, g, t)(when(started(e), epochBelow(e, f), adopted(n, f), epochBelow(f, g), promised(n, g), choosable(q, e, t)).then(reported(n, g, t)))),
  because('choosable is durable with who has it', 'K4a', all(q, n, e, t)(when(started(e), saysDurable(n, e, t), choosable(q, e, t)).then(durable(n, t)))),
  because('choosable is durable with later adopters', 'K4b', all(q, n, e, f, t)(when(started(e), epochBelow(e, f), adopted(n, f), choosable(q, e, t)).then(durable(n, t)))),
  because('committed is in later histories', 'C1', all(e, f, t)(when(committedIn(e, t), started(f), epochBelow(e, f)).then(history(f, t)))),
  // What is committed
  because('committed is one sequence', '', all(t, u)(when(committed(t), committed(u), atMost(t, u)).then(history(epochOf(u), t)))),
  because('committed without holes', '', all(t, u)(when(committed(u), history(epochOf(u), t), atMost(t, u)).then(committed(t)))),
  because('established has what is committed', '', all(e, t)(when(established(e), committed(t), epochBelow(epochOf(t), e)).then(initialHistory(e, t)))),
  because('committed was proposed', '', all(t)(when(committed(t)).then(and(started(epochOf(t)), history(epochOf(t), t))))),
  // Delivery
  because('delivered is committed', '', all(n, t)(when(delivered(n, t)).then(committed(t)))),
  because('delivered is a prefix', '', all(n, t, u)(when(delivered(n, u), committed(t), atMost(t, u)).then(delivered(n, t)))),
  because('delivered in zxid order', '', all(n, t, u)(iff(deliveredBefore(n, t, u), and(delivered(n, t), delivered(n, u), below(t, u))))),
  because('primaries deliver first', '', all(e, t, u)(when(history(e, u), equal(epochOf(u), e), different(e, genesis), initialHistory(e, t)).then(deliveredAtBroadcast(u, t)))),
]
void S
