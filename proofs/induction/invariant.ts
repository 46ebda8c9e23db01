/**
 * The inductive invariant of spec/zab.ts: why the six properties hold, for any number of servers, epochs and transactions.
 * Statements only; obligations.ts says what has to be proved of them, cores.json which of them each proof needs.
 *
 * How to read it: promises and acknowledgements are facts that stay. A transaction is choosable in an epoch by a quorum
 * while every member has said that it is durable there, or could still say so because it has not left the epoch. Whatever
 * is committed is choosable. The four statements K3a to K4b say that whoever has a choosable transaction keeps it and
 * reports it; so the next leader, elected by a quorum that has left the epoch, has it too: K1. K2 is the other direction,
 * that nothing comes back which an established epoch did without. All the rest says that logs, reports and histories are
 * prefixes of each other, so that K1 and K2 can be used.
 */
import type { Formula, Term } from '../../spec/logic/formula.js'
import { all, and, different, equal, iff, not, or, when } from '../../spec/logic/formula.js'
import type { Statement } from '../../spec/logic/system.js'
import type { Epoch, Node, Quorum, Transaction } from '../../spec/symbols.js'
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
  k,
  l,
  leaderOf,
  left,
  lineage,
  log,
  m,
  member,
  n,
  origin,
  promised,
  promisedTo,
  q,
  reported,
  reportedLineage,
  started,
  t,
  u,
} from '../../spec/symbols.js'

/** n has said that t is durable with it, as part of epoch e: by adopting e, or by an acknowledgement. */
export const saysDurable = (server: Term<Node>, epoch: Term<Epoch>, what: Term<Transaction>): Formula =>
  or(
    and(adopted(server, epoch), initialHistory(epoch, what)),
    and(equal(epochOf(what), epoch), acknowledged(server, what)),
  )

/** Every member k of the quorum has said it, or has not left the epoch and may still. */
export const mayStill = (quorum: Term<Quorum>, epoch: Term<Epoch>, said: Formula): Formula =>
  all(k)(when(member(k, quorum)).then(or(said, not(left(k, epoch)))))

/** t may be committed in e by the quorum, now or later, or has been. */
export const choosable = (quorum: Term<Quorum>, epoch: Term<Epoch>, what: Term<Transaction>): Formula =>
  and(history(epoch, what), mayStill(quorum, epoch, saysDurable(k, epoch, what)))

const fact = (name: string, why: string, formula: Formula): Statement => ({ name, why, formula })

// biome-ignore format: a statement is two lines, and all of them two screens.
export const invariant: readonly Statement[] = [
  // --- promises
  fact('one leader a promise', 'a server promises an epoch once (DISC-4, DISC-7)',
    all(n, e, l, m)(when(promisedTo(n, e, l), promisedTo(n, e, m)).then(equal(l, m)))),
  fact('promised to somebody', 'the two relations agree',
    all(n, e, l)(when(promisedTo(n, e, l)).then(and(promised(n, e), different(e, genesis))))),
  fact('promises are real', 'nobody promises epoch 0',
    all(n)(not(promised(n, genesis)))),
  fact('a promise leaves what is below', 'acceptedEpoch is a promise to help nobody lower (DISC-4)',
    all(n, e, f)(when(promised(n, e), epochBelow(f, e)).then(left(n, f)))),
  fact('left downward', 'the same promise',
    all(n, e, f)(when(left(n, e), epochBelow(f, e)).then(left(n, f)))),
  fact('discovery quorum', 'an epoch has started because a quorum promised it to its leader (DISC-2, DISC-5)',
    all(n, e)(when(started(e), different(e, genesis), member(n, discoveryQuorum(e))).then(promisedTo(n, e, leaderOf(e))))),
  // --- histories of epochs
  fact('genesis', 'epoch 0 was over before anything began, and its history is empty',
    and(started(genesis), established(genesis), committed(origin), all(n)(and(adopted(n, genesis), delivered(n, origin))),
      all(t)(when(history(genesis, t)).then(equal(t, origin))))),
  fact('history of started', 'a history belongs to an epoch that has started, and holds nothing of later ones',
    all(e, t)(when(history(e, t)).then(and(started(e), epochAtMost(epochOf(t), e))))),
  fact('histories agree below', 'histories that share a transaction are equal up to it',
    all(e, t, u)(when(history(e, t), atMost(u, t)).then(iff(history(e, u), history(epochOf(t), u))))),
  fact('origin in history', 'every history begins with the empty one',
    all(e)(when(started(e)).then(history(e, origin)))),
  fact('proposed once established', 'only an established leader proposes (BCAST-1)',
    all(e, t)(when(history(e, t), equal(epochOf(t), e)).then(established(e)))),
  fact('established was started', 'first the history, then the acknowledgements of it (SYNC-3)',
    all(e)(when(established(e)).then(started(e)))),
  // --- logs
  fact('one lineage', 'a log is a prefix of the history that it was last synchronized with',
    all(n, e, f)(when(lineage(n, e), lineage(n, f)).then(equal(e, f)))),
  fact('lineage of a promise', 'a server synchronizes with epochs that it has promised (SYNC-2)',
    all(n, e)(when(lineage(n, e)).then(and(started(e), or(equal(e, genesis), promised(n, e)))))),
  fact('origin is durable', 'the empty log cannot be lost',
    all(n)(and(log(n, origin), durable(n, origin)))),
  fact('log within lineage', 'nothing foreign stays in a log (SYNC-4, BCAST-2)',
    all(n, e, t)(when(lineage(n, e), log(n, t)).then(history(e, t)))),
  fact('log is a prefix', 'and nothing is missing before its end (SYNC-7, SYNC-11)',
    all(n, e, t, u)(when(lineage(n, e), log(n, t), history(e, u), atMost(u, t)).then(log(n, u)))),
  fact('durable is of the log', 'what is on disk is in the log',
    all(n, t)(when(durable(n, t)).then(log(n, t)))),
  fact('durable is a prefix', 'the log is synced in order (BCAST-3)',
    all(n, t, u)(when(durable(n, t), log(n, u), atMost(u, t)).then(durable(n, u)))),
  fact('adopted up to lineage', 'currentEpoch follows the log, never the other way (SYNC-2, RECV-3)',
    all(n, e, f)(when(adopted(n, e), lineage(n, f)).then(epochAtMost(e, f)))),
  // --- reports
  fact('reports of promises', 'a report goes with a promise, and tells of an earlier epoch (DISC-4)',
    all(n, e, f, t)(and(when(reportedLineage(n, e, f)).then(and(promised(n, e), epochBelow(f, e), started(f))),
      when(reported(n, e, t)).then(promised(n, e))))),
  fact('one reported lineage', 'of one log',
    all(n, e, f, g)(when(reportedLineage(n, e, f), reportedLineage(n, e, g)).then(equal(f, g)))),
  fact('origin is reported', 'every log begins with the empty one',
    all(n, e)(when(promised(n, e)).then(reported(n, e, origin)))),
  fact('report within lineage', 'as the log was',
    all(n, e, f, t)(when(reportedLineage(n, e, f), reported(n, e, t)).then(history(f, t)))),
  fact('report is a prefix', 'as the log was',
    all(n, e, f, t, u)(when(reportedLineage(n, e, f), reported(n, e, t), history(f, u), atMost(u, t)).then(reported(n, e, u)))),
  fact('adopted up to reported lineage', 'after a promise nothing lower is adopted (SYNC-2)',
    all(n, e, f, g)(when(adopted(n, f), reportedLineage(n, e, g), epochBelow(f, e)).then(epochAtMost(f, g)))),
  // --- acknowledgements
  fact('adopted after a promise', 'NEWLEADER is accepted in the epoch that was promised (SYNC-2)',
    all(n, e)(when(adopted(n, e), different(e, genesis)).then(and(started(e), promised(n, e))))),
  fact('acknowledged in adopted', 'proposals are acknowledged in the epoch of the server (BCAST-2)',
    all(n, t)(when(acknowledged(n, t)).then(and(adopted(n, epochOf(t)), history(epochOf(t), t), different(epochOf(t), genesis))))),
  fact('acknowledged downward', 'an ACK speaks for everything before it (BCAST-3)',
    all(n, t, u)(when(acknowledged(n, t), history(epochOf(t), u), equal(epochOf(u), epochOf(t)), atMost(u, t)).then(acknowledged(n, u)))),
  // --- commitment
  fact('adoption quorum', 'an epoch is established because a quorum has adopted it (SYNC-3)',
    all(n, e)(when(established(e), different(e, genesis), member(n, adoptionQuorum(e))).then(adopted(n, e)))),
  fact('commit quorum', 'a proposal is committed because a quorum has acknowledged it (BCAST-5)',
    all(n, e, t)(when(committedIn(e, t), equal(epochOf(t), e), different(e, genesis), member(n, commitQuorum(t))).then(acknowledged(n, t)))),
  fact('committed in established', 'only an established leader commits (BCAST-5)',
    all(e, t)(when(committedIn(e, t)).then(and(established(e), history(e, t), committed(t))))),
  fact('initial history is committed', 'with the establishment of its epoch (SYNC-3)',
    all(e, t)(when(established(e), initialHistory(e, t)).then(committedIn(e, t)))),
  fact('committed is a prefix', 'commits go in order (BCAST-5)',
    all(e, t, u)(when(committedIn(e, t), history(e, u), atMost(u, t)).then(committedIn(e, u)))),
  fact('committer', 'what is committed, some epoch has committed',
    all(t)(when(committed(t)).then(committedIn(committer(t), t)))),
  // --- why later epochs have what is committed
  fact('choosable is kept by epochs', 'K1: a later epoch starts with all that may be committed earlier (DISC-5)',
    all(q, e, f, t)(when(started(e), started(f), epochBelow(e, f), choosable(q, e, t)).then(history(f, t)))),
  fact('nothing foreign comes back', 'K2: what an epoch did without when a quorum adopted it is gone for good (DISC-5)',
    all(q, e, f, t)(when(started(e), started(f), epochBelow(e, f), history(f, t), epochBelow(epochOf(t), e), mayStill(q, e, adopted(k, e)))
      .then(history(e, t)))),
  fact('choosable is reported by who has it', 'K3a: who has said that it is durable reports it (RECV-2, RECV-6)',
    all(q, n, e, f, t)(when(started(e), saysDurable(n, e, t), epochBelow(e, f), promised(n, f), choosable(q, e, t)).then(reported(n, f, t)))),
  fact('choosable is reported by later adopters', 'K3b: who has adopted a later epoch reports it',
    all(q, n, e, f, g, t)(when(started(e), epochBelow(e, f), adopted(n, f), epochBelow(f, g), promised(n, g), choosable(q, e, t))
      .then(reported(n, g, t)))),
  fact('choosable is durable with who has it', 'K4a: who has said that it is durable keeps it (RECV-4, RECV-6, SYNC-14)',
    all(q, n, e, t)(when(started(e), saysDurable(n, e, t), choosable(q, e, t)).then(durable(n, t)))),
  fact('choosable is durable with later adopters', 'K4b: who has adopted a later epoch has it (RECV-3, SYNC-14)',
    all(q, n, e, f, t)(when(started(e), epochBelow(e, f), adopted(n, f), choosable(q, e, t)).then(durable(n, t)))),
  fact('committed is in later histories', 'C1: by K1, since what is committed is choosable',
    all(e, f, t)(when(committedIn(e, t), started(f), epochBelow(e, f)).then(history(f, t)))),
  // --- what is committed
  fact('committed is one sequence', 'two committed transactions stand in one history',
    all(t, u)(when(committed(t), committed(u), atMost(t, u)).then(history(epochOf(u), t)))),
  fact('committed without holes', 'and everything before them in it is committed',
    all(t, u)(when(committed(u), history(epochOf(u), t), atMost(t, u)).then(committed(t)))),
  fact('established has what is committed', 'a primary begins with all that is ever committed of earlier ones',
    all(e, t)(when(established(e), committed(t), epochBelow(epochOf(t), e)).then(initialHistory(e, t)))),
  fact('committed was proposed', 'nothing comes from nowhere',
    all(t)(when(committed(t)).then(and(started(epochOf(t)), history(epochOf(t), t))))),
  // --- delivery
  fact('delivered is committed', 'only what is committed is delivered (BCAST-6)',
    all(n, t)(when(delivered(n, t)).then(committed(t)))),
  fact('delivered is a prefix', 'and everything before it was (BCAST-6)',
    all(n, t, u)(when(delivered(n, u), committed(t), atMost(t, u)).then(delivered(n, t)))),
  fact('delivered in zxid order', 'the order of delivery is that of the zxids',
    all(n, t, u)(iff(deliveredBefore(n, t, u), and(delivered(n, t), delivered(n, u), below(t, u))))),
  fact('primaries deliver first', 'a primary has delivered its initial history when it broadcasts (BCAST-1)',
    all(e, t, u)(when(history(e, u), equal(epochOf(u), e), different(e, genesis), initialHistory(e, t)).then(deliveredAtBroadcast(u, t)))),
]
