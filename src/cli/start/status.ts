/** What `start` shows of a server, and how it gets it out of the answer to `mntr`. Pure. */
import type { Either } from 'fp-ts/lib/Either.js'

export type Role = 'starting' | 'looking' | 'leader' | 'follower' | 'observer' | 'standalone' | 'down'

export interface Status {
  readonly id: number
  readonly address: string
  readonly role: Role
  /** Phase of the protocol, such as `broadcast`; `-` when it is not known. */
  readonly phase: string
  readonly epoch: number | undefined
  /** Hexadecimal, with 0x. */
  readonly lastZxid: string | undefined
  readonly sessions: number | undefined
  readonly requestsPerSecond: number | undefined
}

/** One answer, or none, at a moment of a monotonic clock. */
export interface Sample {
  readonly atMs: number
  readonly packetsReceived: number | undefined
  readonly status: Status
}

/** The sample of a server of which nothing is known yet. */
export const firstSample = (id: number, address: string): Sample => ({
  atMs: 0,
  packetsReceived: undefined,
  status: { id, address, role: 'starting', ...NOTHING },
})

const NOTHING = {
  phase: '-',
  epoch: undefined,
  lastZxid: undefined,
  sessions: undefined,
  requestsPerSecond: undefined,
} as const

/** The next sample, from the answer to `mntr` (Left: it could not be asked). `isRunning`: its process is there. */
export const nextSample = (
  before: Sample,
  answer: Either<string, string>,
  isRunning: boolean,
  atMs: number,
): Sample => {
  const { address, id, role } = before.status
  if (answer._tag === 'Left') {
    const silent = !isRunning ? 'down' : role === 'down' ? 'starting' : role === 'starting' ? role : 'looking'
    return { atMs, packetsReceived: undefined, status: { id, address, role: silent, ...NOTHING } }
  }
  const figures = parseMonitor(answer.right)
  const state = roleOf(figures.get('zk_server_state'))
  const packetsReceived = numberOf(figures.get('zk_packets_received'))
  const seconds = (atMs - before.atMs) / 1000
  return {
    atMs,
    packetsReceived,
    status: {
      id,
      address,
      role: state,
      phase: phaseOf(figures.get('zk_peer_state')),
      epoch: numberOf(figures.get('zk_zab_epoch')),
      lastZxid: figures.get('zk_last_zxid'),
      sessions: numberOf(figures.get('zk_global_sessions') ?? figures.get('zk_num_alive_connections')),
      requestsPerSecond: rate(before.packetsReceived, packetsReceived, seconds),
    },
  }
}

/** Undefined after a gap. Our own question is a packet too; a restarted server counts from 0 again: no negative rate. */
const rate = (before: number | undefined, after: number | undefined, seconds: number): number | undefined =>
  before === undefined || after === undefined || seconds <= 0
    ? undefined
    : Math.max(0, Math.round((after - before - 1) / seconds))

/** `name<tab>value` lines; any other line, as that of a server that does not serve, is skipped. */
const parseMonitor = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const tab = line.indexOf('\t')
      return tab > 0 ? [[line.slice(0, tab), line.slice(tab + 1).trim()] as const] : []
    }),
  )

/** A server that answers, but not with a role, is looking for a leader. */
const roleOf = (text: string | undefined): Role => {
  switch (text) {
    case 'leader':
    case 'follower':
    case 'observer':
    case 'standalone':
      return text
    default:
      return 'looking'
  }
}

/** `following - synchronization - diff` → `synchronization diff`. */
const phaseOf = (peerState: string | undefined): string =>
  peerState === undefined ? '-' : peerState.split(' - ').slice(1).join(' ')

const numberOf = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || Number.isNaN(value) ? undefined : value
}
