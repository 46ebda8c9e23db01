/**
 * One connection of a simulated client: two ways, each in order. With codecs bytes travel on it, in pieces, and it may
 * break between any two of them.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'
import type { Request } from '../../src/service/request.js'
import type { ClientMessage } from '../../src/service/response.js'
import type { ClientSays, ClientWire } from './client-wire.js'
import type { Random } from './random.js'

export interface LinkHost {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  readonly receive: (server: ServerId, event: ServerEvent) => void
}

export interface ClientLink {
  readonly connection: ConnectionId
  readonly say: (event: ClientSays) => void
  readonly open: () => void
  /** What was said before still arrives. */
  readonly close: () => void
  /** The client is gone, and hears nothing more; the connection stays. */
  readonly abandon: () => void
  /** A first part of what was said still arrives, cut at any byte. */
  readonly breakOff: () => void
  /** From the server, in the order in which it was sent. `oldest`: the request that is answered next. */
  readonly deliver: (
    message: ClientMessage | 'closed',
    oldest: () => Request['op'],
    receive: (message: ClientMessage | 'closed') => void,
  ) => void
  /** The server reads no requests meanwhile. */
  readonly setPaused: (isPaused: boolean) => void
}

export const makeClientLink = (
  host: LinkHost,
  connection: ConnectionId,
  server: ServerId,
  wire: ClientWire | undefined,
): ClientLink => {
  const { random } = host
  const held: ServerEvent[] = []
  let isPaused = false
  let toServerAtMs = 0
  let toClientAtMs = 0
  let underWay = 0
  /** Of a connection that broke: how much of what is under way still arrives. */
  let left = Infinity
  let isAbandoned = false

  const delay = (): number => random.between(1, 3)

  const toServer = (item: ServerEvent | Uint8Array): void => {
    underWay += 1
    toServerAtMs = Math.max(toServerAtMs, host.nowMs() + delay())
    host.schedule(toServerAtMs - host.nowMs(), () => {
      underWay -= 1
      left -= 1
      if (left >= 0 || isEnd(item)) arrive(item)
      else if (left === -1 && item instanceof Uint8Array) arrive(item.subarray(0, random.below(item.length)))
    })
  }

  const arrive = (item: ServerEvent | Uint8Array): void => {
    if (!(item instanceof Uint8Array)) hear(item)
    else for (const event of wire?.atServer(item) ?? []) hear(event)
  }

  const hear = (event: ServerEvent): void => {
    // Nothing overtakes what is held, which goes on a moment after the pause.
    if ((isPaused || held.length > 0) && event.kind === 'ClientRequested') held.push(event)
    else host.receive(server, event)
  }

  /** In two pieces, as often as not. */
  const cut = (bytes: Uint8Array): readonly Uint8Array[] => {
    const middle = random.below(2) === 0 ? 0 : random.below(bytes.length)
    return middle === 0 ? [bytes] : [bytes.subarray(0, middle), bytes.subarray(middle)]
  }

  const toClient = (arriveAtClient: () => void): void => {
    toClientAtMs = Math.max(toClientAtMs, host.nowMs() + delay())
    host.schedule(toClientAtMs - host.nowMs(), () => {
      if (!isAbandoned) arriveAtClient()
    })
  }

  const close = (): void => {
    toServer({ kind: 'ClientClosed', connection })
  }

  return {
    connection,
    open: () => {
      toServer({ kind: 'ClientOpened', connection, address: '127.0.0.1' })
    },
    say: (event) => {
      if (wire === undefined) toServer(event)
      else cut(wire.fromClient(event)).forEach(toServer)
    },
    close,
    abandon: () => {
      isAbandoned = true
    },
    breakOff: () => {
      left = random.below(underWay + 1)
      close()
    },
    deliver: (message, oldest, receive) => {
      if (wire === undefined || message === 'closed') {
        toClient(() => {
          receive(message)
        })
        return
      }
      for (const piece of cut(wire.fromServer(message)))
        toClient(() => {
          wire.atClient(piece, oldest, receive)
        })
    },
    setPaused: (next) => {
      isPaused = next
      host.schedule(0, () => {
        while (!isPaused) {
          const event = held.shift()
          if (event === undefined) return
          host.receive(server, event)
        }
      })
    },
  }
}

const isEnd = (item: ServerEvent | Uint8Array): boolean => !(item instanceof Uint8Array) && item.kind === 'ClientClosed'
