/**
 * Channels between servers. A quorum connection is FIFO and loses nothing while it lasts, as TCP; a cut link holds back
 * what is under way until it heals, and the ends learn nothing (half-open). Notifications may be lost, never reordered.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { ConnectionSide, Notification } from '../../src/core/message.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import type { Random } from './random.js'

export interface NetworkHost {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  readonly isUp: (server: ServerId) => boolean
  readonly receive: (server: ServerId, event: ServerEvent) => void
}

export interface Network {
  readonly dial: (from: ServerId, to: ServerId) => void
  readonly send: (from: ServerId, to: ServerId, side: ConnectionSide, packet: Packet) => void
  /** This end closes; what it sent before still arrives. */
  readonly close: (from: ServerId, peer: ServerId, side: ConnectionSide) => void
  readonly notify: (from: ServerId, to: ServerId, notification: Notification) => void
  /** The process has died: every connection of it closes. */
  readonly lose: (server: ServerId) => void
  /** Both connections between the two break; what is under way is lost. */
  readonly reset: (first: ServerId, second: ServerId) => void
  readonly cut: (from: ServerId, to: ServerId) => void
  readonly healAll: () => void
  readonly isCutAnywhere: () => boolean
}

/** One end of a connection; `incoming` is under way to it. */
interface End {
  readonly server: ServerId
  readonly peer: ServerId
  /** What the other end is to this one. */
  readonly side: ConnectionSide
  readonly incoming: (Packet | 'closed')[]
  isOpen: boolean
  /** The acceptor knows of the connection from its first packet on. */
  isKnown: boolean
  freeAtMs: number
  /** Arrivals that a cut has held back. */
  heldBack: number
}

const isOpen = (end: End): boolean => end.isOpen

const MIN_DELAY_MS = 1
const MAX_DELAY_MS = 5
const DIAL_TIMEOUT_MS = 200

const endKey = (server: ServerId, peer: ServerId, side: ConnectionSide): number =>
  (server * 1024 + peer) * 2 + (side === 'leader' ? 0 : 1)
const linkKey = (from: ServerId, to: ServerId): number => from * 1024 + to

export const makeNetwork = (host: NetworkHost): Network => {
  const ends = new Map<number, End>()
  const others = new Map<End, End>()
  const dials = new Map<number, number>()
  const cuts = new Set<number>()
  const notifiedAtMs = new Map<number, number>()
  let dialCount = 0

  const delay = (): number => host.random.between(MIN_DELAY_MS, MAX_DELAY_MS)
  const isCut = (from: ServerId, to: ServerId): boolean => cuts.has(linkKey(from, to))

  const forget = (end: End): void => {
    end.isOpen = false
    end.incoming.length = 0
    const key = endKey(end.server, end.peer, end.side)
    if (ends.get(key) === end) ends.delete(key)
  }

  const arrive = (end: End): void => {
    if (!end.isOpen) return
    if (isCut(end.peer, end.server)) {
      end.heldBack += 1
      return
    }
    const item = end.incoming.shift()
    if (item === undefined) return
    const { server, peer: from, side } = end
    if (item === 'closed') {
      const wasKnown = end.isKnown
      forget(end)
      if (wasKnown) host.receive(server, { kind: 'Disconnected', from, side })
      return
    }
    if (!end.isKnown) introduce(end)
    // The introduction may have made the server hang up.
    if (isOpen(end)) host.receive(server, { kind: 'Received', from, side, packet: item })
  }

  /** The acceptor reads who has called; an older connection of the same learner is gone then. */
  const introduce = (end: End): void => {
    const { server, peer: from, side } = end
    const older = ends.get(endKey(server, from, side))
    end.isKnown = true
    if (older !== undefined) {
      hangUp(older)
      host.receive(server, { kind: 'Disconnected', from, side })
    }
    ends.set(endKey(server, from, side), end)
    host.receive(server, { kind: 'Connected', from, side })
  }

  /** Puts something under way to an end, behind all that already is. */
  const post = (end: End, item: Packet | 'closed'): void => {
    end.incoming.push(item)
    end.freeAtMs = Math.max(end.freeAtMs, host.nowMs() + delay())
    host.schedule(end.freeAtMs - host.nowMs(), () => {
      arrive(end)
    })
  }

  const hangUp = (end: End): void => {
    const other = others.get(end)
    forget(end)
    if (other?.isOpen === true) post(other, 'closed')
  }

  const connect = (from: ServerId, to: ServerId): void => {
    const fresh = { incoming: [], isOpen: true, freeAtMs: 0, heldBack: 0 }
    const dialer: End = { ...fresh, incoming: [], server: from, peer: to, side: 'leader', isKnown: true }
    const acceptor: End = { ...fresh, incoming: [], server: to, peer: from, side: 'learner', isKnown: false }
    others.set(dialer, acceptor)
    others.set(acceptor, dialer)
    ends.set(endKey(from, to, 'leader'), dialer)
    host.receive(from, { kind: 'Connected', from: to, side: 'leader' })
  }

  const dial = (from: ServerId, to: ServerId): void => {
    const link = linkKey(from, to)
    const attempt = (dialCount += 1)
    const former = ends.get(endKey(from, to, 'leader'))
    if (former !== undefined) hangUp(former)
    dials.set(link, attempt)
    const answer = (): void => {
      if (dials.get(link) !== attempt) return
      dials.delete(link)
      if (host.isUp(to) && !isCut(from, to) && !isCut(to, from)) connect(from, to)
      else host.receive(from, { kind: 'Disconnected', from: to, side: 'leader' })
    }
    host.schedule(isCut(from, to) || isCut(to, from) ? DIAL_TIMEOUT_MS : delay() + delay(), answer)
  }

  const close = (from: ServerId, peer: ServerId, side: ConnectionSide): void => {
    if (side === 'leader') dials.delete(linkKey(from, peer))
    const end = ends.get(endKey(from, peer, side))
    if (end !== undefined) hangUp(end)
  }

  const notify = (from: ServerId, to: ServerId, notification: Notification): void => {
    const link = linkKey(from, to)
    const at = Math.max(notifiedAtMs.get(link) ?? 0, host.nowMs() + delay())
    notifiedAtMs.set(link, at)
    host.schedule(at - host.nowMs(), () => {
      if (!isCut(from, to) && host.isUp(to)) host.receive(to, { kind: 'Notified', from, notification })
    })
  }

  const lose = (server: ServerId): void => {
    for (const link of [...dials.keys()]) if (Math.floor(link / 1024) === server) dials.delete(link)
    for (const end of [...others.keys()]) if (end.server === server && end.isOpen) hangUp(end)
    for (const [end, other] of [...others]) if (!end.isOpen && !other.isOpen) others.delete(end)
  }

  const reset = (first: ServerId, second: ServerId): void => {
    for (const end of [...others.keys()]) {
      const isBetween = (end.server === first && end.peer === second) || (end.server === second && end.peer === first)
      if (!isBetween || !end.isOpen) continue
      end.incoming.length = 0
      post(end, 'closed')
    }
  }

  return {
    dial,
    send: (from, to, side, packet) => {
      const end = ends.get(endKey(from, to, side))
      const other = end === undefined ? undefined : others.get(end)
      if (other?.isOpen === true) post(other, packet)
    },
    close,
    notify,
    lose,
    reset,
    cut: (from, to) => {
      cuts.add(linkKey(from, to))
    },
    isCutAnywhere: () => cuts.size > 0,
    healAll: () => {
      cuts.clear()
      for (const end of others.keys()) {
        const missed = end.heldBack
        end.heldBack = 0
        for (let count = 0; count < missed; count += 1) {
          end.freeAtMs = Math.max(end.freeAtMs, host.nowMs() + delay())
          host.schedule(end.freeAtMs - host.nowMs(), () => {
            arrive(end)
          })
        }
      }
    },
  }
}
