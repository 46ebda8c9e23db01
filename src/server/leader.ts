/** The leader's side of a write: judge the session, fix the outcome, have it ordered. SM-1, SESS-2, SESS-4. */
import type { ServerId } from '../core/configuration.js'
import type { Zxid } from '../core/zxid.js'
import * as Core from '../core/peer.js'
import * as S from '../core/sequence.js'
import type { Id } from '../service/acl.js'
import type { Database } from '../service/database.js'
import { ephemeralBytesOf, ephemeralsOf, pathBytes } from '../service/database.js'
import type { Applied } from '../service/apply.js'
import { errorCode } from '../service/error.js'
import * as H from '../service/hamt.js'
import { configurationOf } from '../service/configuration/data.js'
import { prepare, prepareRemoval } from '../service/prepare.js'
import type { Prepared } from '../service/prepare.js'
import type { WriteRequest } from '../service/request.js'
import type { SessionId } from '../service/session.js'
import type { Transaction } from '../service/transaction.js'
import { CLOSING_OVERHEAD_BYTES } from './config.js'
import { NO_SESSION } from './connections.js'
import type { Leadership, SessionTracker } from './state.js'
import { withSessions } from './state.js'
import type { Turn } from './turn.js'
import { run } from './protocol.js'
import { ensembleOf } from './reconfiguration.js'
import { cite, emit } from './turn.js'
import * as tracker from './tracker.js'

/** A write on its way to be ordered. `malformed` becomes an error transaction: the learner that sent it waits for one. */
export interface Write {
  readonly sessionId: SessionId
  readonly cxid: number
  readonly request: WriteRequest | { readonly op: 'malformed' }
  readonly ids: readonly Id[]
  /** The server that accepted it. */
  readonly through: ServerId
}

const NO_IDS: readonly Id[] = []

/**
 * Prepares a write against the state after all outstanding proposals, and gives the transaction to the core.
 *
 * A core that cannot order it (its counter is used up, or it does not lead any more) steps down on this event; then
 * the write is lost, and its client finds its connection closed (FWD-4).
 */
export const submit = (turn: Turn, write: Write): void => {
  const { sessionId, cxid, request, ids } = write
  if (request.op === 'closeSession') closeInParts(turn, sessionId)
  const { server, config, now } = turn
  const { leadership } = server
  const zxid = Core.nextZxid(config.core, server.peer)
  if (leadership === undefined || zxid === undefined) {
    run(turn, { kind: 'Submitted', transaction: unordered(turn, write) })
    return
  }
  const session = admit(turn, leadership, write)
  const context = {
    zxid,
    timeMs: now.wallMs,
    sessionId,
    cxid,
    ids,
    session,
    ephemeralLimitBytes: config.ephemeralLimitBytes,
    ...ensembleOf(config, server),
  }
  const database = speculative(server.database, leadership)
  const wanted = sealed(turn, write, zxid, prepare(database, context, request))
  // What some reader would refuse, now or after a restart, is never written: its client hears of an error instead.
  propose(turn, isWritable(turn, wanted) ? wanted : sealed(turn, write, zxid, prepare(database, context, MALFORMED)))
}

const MALFORMED = { op: 'malformed' } as const

/** A transaction with its bytes, and what it will do. */
interface Sealed {
  readonly zxid: Zxid
  readonly transaction: Transaction
  readonly applied: Applied
}

const sealed = (
  { config, now }: Turn,
  { sessionId, cxid }: Pick<Write, 'sessionId' | 'cxid'>,
  zxid: Zxid,
  { record, digest, applied }: Prepared,
): Sealed => {
  const timeMs = now.wallMs
  const bytes = config.encodeTransaction(zxid, { sessionId, cxid, timeMs, record, digest })
  return { zxid, transaction: { sessionId, cxid, timeMs, record, digest, bytes }, applied }
}

/** The one door to the log. A session always ends: its record was cut to what fits, but for a path longer than that. */
const isWritable = ({ config }: Turn, { transaction: { bytes, record } }: Sealed): boolean =>
  bytes.length <= config.maximumTransactionBytes || record.type === 'closeSession'

const propose = (turn: Turn, { zxid, transaction, applied }: Sealed): void => {
  cite(turn, 'SM-1')
  turn.prepared = { zxid, applied }
  const configuration = configurationOf(transaction)
  run(turn, { kind: 'Submitted', transaction, ...(configuration === undefined ? {} : { configuration }) })
}

/**
 * SESS-1. A session whose ephemeral nodes one record cannot list (they are older than the limit) loses most of them first, by
 * transactions that belong to no session: no client waits for one, so none is answered. All are proposed in one turn; what a
 * crash cuts off is done when the session is closed again.
 */
const closeInParts = (turn: Turn, sessionId: SessionId): void => {
  const { config } = turn
  const limit = config.maximumTransactionBytes - CLOSING_OVERHEAD_BYTES
  for (;;) {
    const { leadership } = turn.server
    const zxid = Core.nextZxid(config.core, turn.server.peer)
    if (leadership === undefined || zxid === undefined) return
    const database = speculative(turn.server.database, leadership)
    if (ephemeralBytesOf(database, sessionId) <= limit) return
    const part = firstThatFit(ephemeralsOf(database, sessionId), limit)
    const removal = prepareRemoval(database, { zxid, timeMs: turn.now.wallMs }, part)
    cite(turn, 'SESS-1')
    propose(turn, sealed(turn, { sessionId: NO_SESSION, cxid: 0 }, zxid, removal))
  }
}

/** At least one; so many that a multi of their deletions fits. */
const firstThatFit = (paths: readonly string[], limit: number): readonly string[] => {
  let bytes = 0
  const end = paths.findIndex((path, index) => {
    bytes += MULTI_RECORD_OVERHEAD_BYTES + pathBytes(path)
    return index > 0 && bytes > limit
  })
  return end < 0 ? paths : paths.slice(0, end)
}

/** Type and length of a record in a multi. */
const MULTI_RECORD_OVERHEAD_BYTES = 8

/** SESS-2: the session's closeSession is submitted by the leader itself. */
export const expireSessions = (turn: Turn): void => {
  const { server, config, now } = turn
  if (server.leadership === undefined) return
  for (const sessionId of tracker.expired(server.leadership.sessions, now.monotonicMs)) {
    cite(turn, 'SESS-2')
    const request: WriteRequest = { op: 'closeSession' }
    submit(turn, { sessionId, cxid: 0, request, ids: NO_IDS, through: ownerOf(turn, sessionId) })
    // Stepping down in the middle ends it: the next leader gives everybody the full timeout again.
    if (turn.server.leadership === undefined) return
  }
  const afterMs = tracker.untilNextBucket(now.monotonicMs, config.tickTimeMs)
  emit(turn, { kind: 'SetTimer', timer: 'session.expiry', afterMs })
}

/** The state that the next request meets: after everything proposed, committed or not. */
const speculative = (database: Database, { outstanding }: Leadership): Database =>
  S.last(outstanding)?.applied.database ?? database

/** Judges and touches the session; the first request through a server makes that server its owner. */
const admit = (turn: Turn, leadership: Leadership, write: Write): tracker.Standing => {
  const { sessionId, request, through } = write
  const known = H.get(leadership.sessions, sessionId)
  const standing = standingFor(request, tracker.standingOf(known, through))
  if (standing !== 'valid') cite(turn, standing === 'moved' ? 'SESS-4' : 'SESS-2')
  else setSessions(turn, leadership, admitted(turn, leadership.sessions, write))
  return standing
}

/**
 * A session that is opened is new. One that is closed may have moved meanwhile: as in ZooKeeper it ends all the same, so it
 * must count as closing from here on, or what came behind the closing would still be carried out.
 */
const standingFor = (request: Write['request'], standing: tracker.Standing): tracker.Standing => {
  switch (request.op) {
    case 'createSession':
      return 'valid'
    case 'closeSession':
      return standing === 'moved' ? 'valid' : standing
    default:
      return standing
  }
}

const admitted = (turn: Turn, sessions: SessionTracker, write: Write): SessionTracker => {
  const { sessionId, request, through } = write
  const nowMs = turn.now.monotonicMs
  const { tickTimeMs } = turn.config
  switch (request.op) {
    case 'createSession':
      return tracker.track(sessions, sessionId, request.timeoutMs, through, nowMs, tickTimeMs)
    case 'closeSession':
      return tracker.startClosing(sessions, sessionId)
    default:
      return tracker.touch(tracker.move(sessions, sessionId, through), sessionId, nowMs, tickTimeMs)
  }
}

export const setSessions = (turn: Turn, leadership: Leadership, sessions: SessionTracker): void => {
  if (sessions !== leadership.sessions) turn.server.leadership = withSessions(leadership, sessions)
}

const ownerOf = (turn: Turn, sessionId: SessionId): ServerId => {
  const { leadership } = turn.server
  const session = leadership === undefined ? undefined : H.get(leadership.sessions, sessionId)
  return session?.owner ?? turn.config.core.self
}

/** A transaction that will not be ordered: it only shows the core that somebody asked. */
const unordered = ({ now }: Turn, { sessionId, cxid }: Write): Transaction => ({
  sessionId,
  cxid,
  timeMs: now.wallMs,
  record: { type: 'error', error: errorCode.SYSTEMERROR },
  digest: undefined,
  bytes: NO_BYTES,
})

const NO_BYTES = new Uint8Array(0)
