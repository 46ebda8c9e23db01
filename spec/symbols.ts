/**
 * The vocabulary of the abstract system: sorts, relations, functions, and the variables that formulas use.
 *
 * A history is a set of transactions. zxids are totally ordered and name one transaction each, and every history is sorted
 * by zxid; so position is the order of the zxids, a prefix is a downward closed subset, and a truncation keeps what is not
 * above a point. No sequences, indices or counters are needed, and every formula stays where solvers decide well.
 *
 * Messages are not there either. What a server has said (a promise, an acknowledgement) is a fact that anybody may learn
 * at any later time: that stands for every delay, loss, repetition and reordering.
 */
import type { Formula, Term, Variable } from './logic/formula.js'
import { and, constant, different, equal, functionOf, or, relation, variable } from './logic/formula.js'

export type Node = 'node'
export type Quorum = 'quorum'
export type Epoch = 'epoch'
export type Transaction = 'transaction'

export const sorts = ['node', 'quorum', 'epoch', 'transaction'] as const

const node = (name: string): Variable<Node> => variable(name, 'node')
const epoch = (name: string): Variable<Epoch> => variable(name, 'epoch')
const transaction = (name: string): Variable<Transaction> => variable(name, 'transaction')

export const [n, m, l, k] = [node('n'), node('m'), node('l'), node('k')]
export const [q, r] = [variable('q', 'quorum'), variable('r', 'quorum')]
export const [e, f, g] = [epoch('e'), epoch('f'), epoch('g')]
export const [t, u, v] = [transaction('t'), transaction('u'), transaction('v')]

// --- fixed for ever

/** Voters only: an observer is a node in no quorum (OBS-1, QUO-1). */
export const member = relation('member', 'node', 'quorum')
export const epochAtMost = relation('epochAtMost', 'epoch', 'epoch')
/** The order of zxids. */
export const atMost = relation('atMost', 'transaction', 'transaction')
/** The epoch half of the zxid. */
export const epochOf = functionOf('epochOf', ['transaction'], 'epoch')
/** Epoch 0: before the first leader. It counts as established. */
export const genesis = constant('genesis', 'epoch')
/** Stands for the empty history, zxid ⟨0, 0⟩. */
export const origin = constant('origin', 'transaction')

export const epochBelow = (a: Term<Epoch>, b: Term<Epoch>): Formula => and(epochAtMost(a, b), different(a, b))
export const below = (a: Term<Transaction>, b: Term<Transaction>): Formula => and(atMost(a, b), different(a, b))

// --- promises and reports

/** n has accepted NEWEPOCH or LEADERINFO of epoch e from l, durably. */
export const promisedTo = relation('promisedTo', 'node', 'epoch', 'node')
/** …from anybody: acceptedEpoch of n has been e. */
export const promised = relation('promised', 'node', 'epoch')
/** n has promised an epoch above e: it does nothing for e any more. */
export const left = relation('left', 'node', 'epoch')
/** t was in the log of n when n promised e: what ACKEPOCH reports. */
export const reported = relation('reported', 'node', 'epoch', 'transaction')
/** The lineage of n when it promised e. */
export const reportedLineage = relation('reportedLineage', 'node', 'epoch', 'epoch')

// --- logs

/** t is in the log of n, be it synced or not. */
export const log = relation('log', 'node', 'transaction')
/** …and a crash cannot take it away. */
export const durable = relation('durable', 'node', 'transaction')
/** The epoch of whose history the log of n is a prefix. Ghost. */
export const lineage = relation('lineage', 'node', 'epoch')

// --- epochs

/** e has a leader and an initial history. */
export const started = relation('started', 'epoch')
/** t is in the initial history of e or was proposed in e. */
export const history = relation('history', 'epoch', 'transaction')
export const leaderOf = functionOf('leaderOf', ['epoch'], 'node')
/** Those whose promises made the leader of e. Ghost. */
export const discoveryQuorum = functionOf('discoveryQuorum', ['epoch'], 'quorum')
/** n has written currentEpoch = e: it has acknowledged NEWLEADER. The greatest such e is its currentEpoch. */
export const adopted = relation('adopted', 'node', 'epoch')
/** A quorum has adopted e. */
export const established = relation('established', 'epoch')
/** …namely this one. Ghost. */
export const adoptionQuorum = functionOf('adoptionQuorum', ['epoch'], 'quorum')

/** I of e in the paper: all of its history that was not proposed in e. */
export const initialHistory = (a: Term<Epoch>, b: Term<Transaction>): Formula =>
  and(history(a, b), or(different(epochOf(b), a), equal(a, genesis)))

// --- commitment and delivery

/** n has acknowledged t to the leader of its epoch, and the leader may count on it. */
export const acknowledged = relation('acknowledged', 'node', 'transaction')
/** The leader of e has committed t. */
export const committedIn = relation('committedIn', 'epoch', 'transaction')
/** Somebody has. */
export const committed = relation('committed', 'transaction')
/** …first in this epoch. Ghost. */
export const committer = functionOf('committer', ['transaction'], 'epoch')
/** The quorum that acknowledged t when its own epoch committed it. Ghost. */
export const commitQuorum = functionOf('commitQuorum', ['transaction'], 'quorum')
/** n has delivered t: it is in the state that n applies transactions to. */
export const delivered = relation('delivered', 'node', 'transaction')
/** …after it had delivered the first one. Ghost. */
export const deliveredBefore = relation('deliveredBefore', 'node', 'transaction', 'transaction')
/** When the first was broadcast, its primary had delivered the second. Ghost. */
export const deliveredAtBroadcast = relation('deliveredAtBroadcast', 'transaction', 'transaction')

export const rigidSymbols = [member, epochAtMost, atMost, epochOf].map(({ symbol }) => symbol)
export const constants = [genesis.symbol, origin.symbol]
export const stateSymbols = [
  promisedTo,
  promised,
  left,
  reported,
  reportedLineage,
  log,
  durable,
  lineage,
  started,
  history,
  leaderOf,
  discoveryQuorum,
  adopted,
  established,
  adoptionQuorum,
  acknowledged,
  committedIn,
  committed,
  committer,
  commitQuorum,
  delivered,
  deliveredBefore,
  deliveredAtBroadcast,
].map(({ symbol }) => symbol)
