/**
 * Every bound of the running server that zoo.cfg does not set, in one place, with what happens at the bound.
 *
 * Limits that zoo.cfg sets (`jute.maxbuffer`, `maxClientCnxns`, ticks) come with the ServerConfiguration.
 */

import { CLOSING_OVERHEAD_BYTES } from '../../server/config.js'

const KIB = 1024
const MIB = 1024 * KIB

export const limits = {
  // --- client port

  /** A client connection that has not sent its ConnectRequest by then is dropped (`nio.sessionlessCnxnTimeout`). */
  sessionlessTimeoutMs: 10_000,
  /** Before it has a session a client sends no frame longer than this; it is closed, with a line. */
  firstFrameBytes: 64 * KIB,
  /** Requests that one client has handled in one turn; the others wait for the next. */
  clientRequestsPerTurn: 1_000,
  /** Above this many unread output bytes a client's requests are not read, nor more answered; both go on when it has caught up. */
  clientOutputPauseBytes: 1 * MIB,
  /** Above this many bytes of events and replies to writes that a client does not read it is closed, with a line. */
  clientOutputBytes: 64 * MIB,
  /** All unread output of all clients together; at the bound the client with most of it is closed, with a line. */
  clientsOutputBytes: 128 * MIB,
  /** Unfinished frames and requests not handed on of all clients; at the bound the client with most of it is closed, with a line. */
  clientsInputBytes: 96 * MIB,
  /** A connection that we close politely, and whose peer reads nothing of its output for so long, is cut. */
  closeLingerMs: 2_000,

  // --- quorum port

  /** Above this many unsent bytes a learner is disconnected, with a line: it comes back and synchronizes. */
  learnerOutputBytes: 256 * MIB,
  /** An image is handed to the socket while less than this is unsent there … */
  streamSocketBytes: 1 * MIB,
  /** … and at most this much of it in one turn, so that a large image does not hold up the rest. */
  streamTurnBytes: 1 * MIB,
  /** Connections whose first packet or handshake has not come yet, a port; the oldest makes room for one more, with a line. */
  pendingConnections: 64,
  /** Of them so many from one address; the oldest from there makes room. */
  pendingPerAddress: 48,
  /** A connection whose first packet or handshake has not come within so many ticks is closed, with a line. */
  firstPacketTicks: 3,
  /** Connected learners that no configuration lists (only with `reconfigEnabled`); the oldest makes room for the next. */
  strangerLearners: 8,
  /** The name of a member is resolved again after this, when somebody comes in its name. */
  resolvedAgainMs: 1_000,

  /**
   * Longest string or buffer of a packet, whatever `jute.maxbuffer` says here or there: memory grows with what has arrived, not
   * with what is announced. One that announces more is cut off.
   */
  longestPacketFieldBytes: 256 * MIB,
  /** The same for the first packet of a connection, by which the other end says who it is. */
  longestFirstFieldBytes: 64 * KIB,

  // --- listening

  /** An own name that does not resolve yet, or an address that is not there yet, is waited for so long; then exit 13. */
  listenWaitMs: 120_000,
  /** … and tried again after so long. */
  listenAgainMs: 1_000,
  /** Port 0 that is free on one address of a name and taken on another is asked for again, so often in all. */
  freePortAttempts: 10,

  // --- dialling

  /** Both dialling ports: time to establish a TCP connection (`cnxTimeout`). */
  connectTimeoutMs: 5_000,
  /** Of that, for each address of a name but the last: then the next address is tried. */
  connectAttemptMs: 1_000,

  // --- election port

  /** Addresses kept of servers that no configuration lists; the oldest one makes room for the next. */
  toldAddresses: 64,
  /** Links of servers that no configuration lists (only with `reconfigEnabled`); the oldest makes room for the next. */
  strangerLinks: 16,
  /** A link is dropped for a newcomer in the same name so often … */
  linkReplacements: 3,
  /** … within this time; then the newcomer is refused, with a line. A link whose end is seen does not count. */
  linkReplacementsWithinMs: 10_000,

  // --- output batches

  /** First size of a socket's batch; it doubles as needed. */
  batchBytes: 16 * KIB,
  /** A batch that has grown beyond this is let go after it has been written. */
  batchKeptBytes: 1 * MIB,

  // --- log

  /** Lines a second of each level (info, warn, error); the rest is counted, and the count is logged. */
  logLinesPerSecond: 100,
  /** Of these, lines that begin alike, so that one noisy kind does not drown the others. */
  logLinesPerKind: 40,
  /** A longer line is cut, and its length told. */
  logLineCharacters: 4_096,

  // --- waiting

  /** A server that has not served for so long says what it waits for … */
  waitingFirstMs: 5_000,
  /** … and again after each further wait of this length. */
  waitingAgainMs: 30_000,

  // --- the note of what is committed

  /** So often it is looked how far the log is committed; a start keeps in memory what was logged after the last note … */
  noteEveryMs: 5_000,
  /** … or fewer than so many transactions, which are not worth one. */
  noteTransactions: 1_000,

  // --- stopping

  /** A clean stop that has not ended by then ends anyway. */
  stopTimeoutMs: 10_000,
} as const

/** A larger `jute.maxbuffer` counts as this one, with a warning: all that can be written must be readable (`longestPacketFieldBytes`). */
export const LARGEST_MAX_BUFFER_BYTES = 127 * MIB

/**
 * Longest transaction that a leader lets into the log: `jute.maxbuffer` for the client's frame, and as much again for what
 * servers add to it (`jute.maxbuffer.extrasize`). Apache's servers with the same settings read as much. A request that comes
 * to more is refused (MARSHALLINGERROR). No reader of ours knows this limit: what was written under another one is read.
 */
export const maximumTransactionBytes = (maxBufferBytes: number): number => {
  const bytes = Math.min(maxBufferBytes, LARGEST_MAX_BUFFER_BYTES)
  return bytes + Math.max(1024, bytes)
}

/** The paths of one session's ephemeral nodes: as much as its closeSession record can list, or less if zoo.cfg says so. */
export const ephemeralLimitBytes = (maxBufferBytes: number, configured: number | undefined): number =>
  Math.min(configured ?? Infinity, maximumTransactionBytes(maxBufferBytes) - CLOSING_OVERHEAD_BYTES)

/** Exit codes of a server process. */
export const exitCode = {
  /** Asked to stop, and stopped. */
  stopped: 0,
  /** The protocol forbids to go on (SYNC-9, RECV-10, RECV-14), or a defect was met. */
  fatal: 1,
  /** A port could not be opened. */
  cannotListen: 13,
  /** Data could not be read, or could not be made durable. */
  storage: 14,
} as const
