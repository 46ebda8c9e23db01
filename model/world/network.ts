/**
 * Channels between servers. A quorum connection is FIFO and loses nothing while it lasts, as TCP; a cut link holds back
 * what is under way until it heals, and the ends learn nothing. Notifications may be lost, never reordered.
 *
 * What is under way is packets, or with codecs bytes: they arrive in pieces, and a connection may break between any two.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { ConnectionSide, Notification } from '../../src/core/message.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import { keepsItsPlace } from '../../src/server/admission.js'
import type { Codec, PacketDecoder } from './codec.js'
import type { Port } from './command.js'
import { makeLinks } from './links.js'
import type { Random } from './random.js'

export interface NetworkHost {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  readonly isUp: (server: ServerId) => boolean
  readonly receive: (server: ServerId, event: ServerEvent) => void
  /** Runs it now, or when the server's pause is over. */
  readonly whenAwake?: (server: ServerId, run: () => void) => void
  /** May somebody speak to the server in that name? RECFG-10. */
  readonly admits?: (server: ServerId, claimed: ServerId) => boolean
  /** A connection that was heard from so lately keeps its place, where strangers come (DISC-9). */
  readonly aliveMs?: number
  /** Packets travel as bytes. */
  readonly codec?: Codec | undefined
}

export interface Network {
  readonly dial: (from: ServerId, to: ServerId) => void
  readonly send: (from: ServerId, to: ServerId, side: ConnectionSide, packet: Packet) => void
  /** This end closes; what it sent before still arrives. */
  readonly close: (from: ServerId, peer: ServerId, side: ConnectionSide) => void
  /** Somebody who is no server opens a connection to the quorum port, in that name. */
  readonly visit: (to: ServerId, claimed: ServerId) => Visitor
  readonly hasLearner: (server: ServerId, learner: ServerId) => boolean
  /** Is that learner of the server such a one? */
  readonly isVisited: (server: ServerId, learner: ServerId) => boolean
  readonly notify: (from: ServerId, to: ServerId, notification: Notification) => void
  /** The process has died: every connection of it closes. */
  readonly lose: (server: ServerId) => void
  /** Both connections between the two break; what is under way is lost, or all but a first part. */
  readonly reset: (first: ServerId, second: ServerId, isPartial?: boolean) => void
  /** The connections between the two break at the end of the first; the second goes on talking to nobody. */
  readonly halfOpen: (first: ServerId, second: ServerId) => void
  readonly cut: (from: ServerId, to: ServerId, port?: Port) => void
  readonly slow: (from: ServerId, to: ServerId, factor: number) => void
  readonly healAll: () => void
  /** True when a link is cut or slow. */
  readonly isCutAnywhere: () => boolean
}

export interface Visitor {
  /** False when it was not let in, or is hung up on. */
  readonly isOpen: () => boolean
  readonly say: (packet: Packet) => void
  readonly leave: () => void
}

type Item = Packet | Uint8Array | 'closed'

/** One end of a connection; `incoming` is under way to it. */
interface End {
  readonly server: ServerId
  readonly peer: ServerId
  /** What the other end is to this one. */
  readonly side: ConnectionSide
  readonly incoming: Item[]
  readonly decoder: PacketDecoder | undefined
  /** Between a server and a stranger: of no line that could be cut. */
  readonly isStranger: boolean
  isOpen: boolean
  /** When something came last. */
  heardAtMs: number
  /** The acceptor knows of the connection from its first packet on. */
  isKnown: boolean
  freeAtMs: number
  /** Arrivals that a cut has held back. */
  heldBack: number
}

const isOpen = (end: End): boolean => end.isOpen

const DIAL_TIMEOUT_MS = 200
/** Whom no machine of the world stands for: what is sent there is heard by nobody. */
const NOBODY: ServerId = 0

const endKey = (server: ServerId, peer: ServerId, side: ConnectionSide): number =>
  (server * 1024 + peer) * 2 + (side === 'leader' ? 0 : 1)
const linkKey = (from: ServerId, to: ServerId): number => from * 1024 + to

export const makeNetwork = (host: NetworkHost): Network => {
  const { codec, random } = host
  const whenAwake = host.whenAwake ?? ((_: ServerId, run: () => void) => run())
  const ends = new Map<number, End>()
  const others = new Map<End, End>()
  const dials = new Map<number, number>()
  const notifiedAtMs = new Map<number, number>()
  const links = makeLinks(random)
  let dialCount = 0

  const isCut = (from: ServerId, to: ServerId): boolean => links.isCut(from, to, 'quorum')

  const forget = (end: End): void => {
    end.isOpen = false
    end.incoming.length = 0
    const key = endKey(end.server, end.peer, end.side)
    if (ends.get(key) === end) ends.delete(key)
  }

  const arrive = (end: End): void => {
    if (!end.isOpen) return
    if (!end.isStranger && isCut(end.peer, end.server)) {
      end.heldBack += 1
      return
    }
    const item = end.incoming.shift()
    if (item === undefined) return
    if (item === 'closed') lost(end)
    else if (!(item instanceof Uint8Array)) deliver(end, item)
    else for (const packet of end.decoder?.feed(item) ?? []) deliver(end, packet)
  }

  const lost = (end: End): void => {
    const { server, peer: from, side, isKnown } = end
    forget(end)
    if (isKnown) host.receive(server, { kind: 'Disconnected', from, side })
  }

  const deliver = (end: End, packet: Packet): void => {
    if (!end.isOpen) return
    if (!end.isKnown) introduce(end, packet)
    end.heardAtMs = host.nowMs()
    // The introduction may have made the server hang up.
    if (isOpen(end)) host.receive(end.server, { kind: 'Received', from: end.peer, side: end.side, packet })
  }

  /**
   * The acceptor reads who has called; an older connection of the same learner is gone then. Where a stranger is one of the two,
   * as the quorum port has it: it must be let in, and a connection that is alive is not replaced (DISC-9, RECFG-10).
   */
  const introduce = (end: End, first: Packet): void => {
    const { server, peer: from, side } = end
    const older = ends.get(endKey(server, from, side))
    const isKept =
      (end.isStranger || older?.isStranger === true) &&
      older !== undefined &&
      keepsItsPlace(older.heardAtMs, host.nowMs(), host.aliveMs ?? 0)
    if (isKept || (end.isStranger && !isLetIn(server, from, first))) return hangUp(end)
    end.isKnown = true
    if (older !== undefined) {
      hangUp(older)
      host.receive(server, { kind: 'Disconnected', from, side })
    }
    ends.set(endKey(server, from, side), end)
    host.receive(server, { kind: 'Connected', from, side })
  }

  const isLetIn = (server: ServerId, claimed: ServerId, first: Packet): boolean =>
    first.type === 'FOLLOWERINFO' && server !== claimed && host.admits?.(server, claimed) === true

  /** Puts something under way to an end, behind all that already is. */
  const post = (end: End, item: Item): void => {
    end.incoming.push(item)
    comeLater(end)
  }

  const comeLater = (end: End): void => {
    end.freeAtMs = Math.max(end.freeAtMs, host.nowMs() + links.delayMs(end.peer, end.server))
    host.schedule(end.freeAtMs - host.nowMs(), () => {
      whenAwake(end.server, () => {
        arrive(end)
      })
    })
  }

  const postPacket = (end: End, packet: Packet, from: ServerId): void => {
    if (codec === undefined) {
      post(end, packet)
      return
    }
    const bytes = codec.encode(packet, from)
    const middle = random.below(2) === 0 ? 0 : random.below(bytes.length)
    if (middle > 0) post(end, bytes.subarray(0, middle))
    post(end, bytes.subarray(middle))
  }

  const hangUp = (end: End): void => {
    const other = others.get(end)
    forget(end)
    if (other?.isOpen === true) post(other, 'closed')
  }

  const makeEnd = (server: ServerId, peer: ServerId, side: ConnectionSide): End => ({
    server,
    peer,
    side,
    incoming: [],
    decoder: codec?.decoderFor(server, peer, side),
    isStranger: false,
    isOpen: true,
    heardAtMs: host.nowMs(),
    isKnown: side === 'leader',
    freeAtMs: 0,
    heldBack: 0,
  })

  const connect = (from: ServerId, to: ServerId): void => {
    const dialer = makeEnd(from, to, 'leader')
    const acceptor = makeEnd(to, from, 'learner')
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
    const afterMs =
      isCut(from, to) || isCut(to, from) ? DIAL_TIMEOUT_MS : links.delayMs(from, to) + links.delayMs(to, from)
    host.schedule(afterMs, () => {
      whenAwake(from, answer)
    })
  }

  const visit = (to: ServerId, claimed: ServerId): Visitor => {
    const acceptor: End = { ...makeEnd(to, claimed, 'learner'), isStranger: true }
    const visitor: End = { ...makeEnd(NOBODY, to, 'leader'), isStranger: true, isKnown: false }
    others.set(visitor, acceptor)
    others.set(acceptor, visitor)
    return {
      isOpen: () => acceptor.isOpen,
      say: (packet) => {
        if (acceptor.isOpen && host.isUp(to)) post(acceptor, packet)
      },
      leave: () => {
        hangUp(visitor)
      },
    }
  }

  const close = (from: ServerId, peer: ServerId, side: ConnectionSide): void => {
    if (side === 'leader') dials.delete(linkKey(from, peer))
    const end = ends.get(endKey(from, peer, side))
    if (end !== undefined) hangUp(end)
  }

  const notify = (from: ServerId, to: ServerId, sent: Notification): void => {
    const link = linkKey(from, to)
    const at = Math.max(notifiedAtMs.get(link) ?? 0, host.nowMs() + links.delayMs(from, to))
    notifiedAtMs.set(link, at)
    const notification = codec === undefined ? sent : codec.notified(sent)
    if (notification === undefined) return
    host.schedule(at - host.nowMs(), () => {
      whenAwake(to, () => {
        if (!links.isCut(from, to, 'election') && host.isUp(to))
          host.receive(to, { kind: 'Notified', from, notification })
      })
    })
  }

  const withoutDead = (): void => {
    for (const [end, other] of [...others]) if (!end.isOpen && !other.isOpen) others.delete(end)
  }

  const lose = (server: ServerId): void => {
    for (const link of [...dials.keys()]) if (Math.floor(link / 1024) === server) dials.delete(link)
    for (const end of [...others.keys()]) if (end.server === server && end.isOpen) hangUp(end)
    withoutDead()
  }

  const openBetween = (first: ServerId, second: ServerId): readonly End[] =>
    [...others.keys()].filter((end) => end.isOpen && end.server === first && end.peer === second)

  const reset = (first: ServerId, second: ServerId, isPartial = false): void => {
    for (const end of [...openBetween(first, second), ...openBetween(second, first)]) {
      keepFirstPart(end, isPartial)
      post(end, 'closed')
    }
  }

  /** A number of items, and some bytes of the next one. */
  const keepFirstPart = (end: End, isPartial: boolean): void => {
    const kept = isPartial ? random.below(end.incoming.length + 1) : 0
    const cutOff = end.incoming[kept]
    end.incoming.length = Math.min(kept, end.incoming.length)
    if (isPartial && cutOff instanceof Uint8Array) end.incoming.push(cutOff.subarray(0, random.below(cutOff.length)))
  }

  const halfOpen = (first: ServerId, second: ServerId): void => {
    for (const end of openBetween(first, second)) {
      end.incoming.length = 0
      post(end, 'closed')
      // The other end stays open, with nobody there.
      others.set(end, { ...end, isOpen: false })
    }
  }

  return {
    dial,
    send: (from, to, side, packet) => {
      const end = ends.get(endKey(from, to, side))
      const other = end === undefined ? undefined : others.get(end)
      if (other?.isOpen === true && !other.isStranger) postPacket(other, packet, from)
    },
    close,
    visit,
    hasLearner: (server, learner) => ends.has(endKey(server, learner, 'learner')),
    isVisited: (server, learner) => ends.get(endKey(server, learner, 'learner'))?.isStranger === true,
    notify,
    lose,
    reset,
    halfOpen,
    cut: links.cut,
    slow: links.slow,
    isCutAnywhere: links.isTroubled,
    healAll: () => {
      links.heal()
      for (const end of others.keys()) {
        const missed = end.heldBack
        end.heldBack = 0
        for (let count = 0; count < missed; count += 1) comeLater(end)
      }
    },
  }
}
