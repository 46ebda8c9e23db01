/** A client connection as its client sees it: what it sends, what comes back, and in which order. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Request } from '../../src/service/request.js'
import type { ClientMessage, ConnectResponse, Reply } from '../../src/service/response.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'

/** What each request counts for here. */
export const BYTES_A_REQUEST = 100

/** The ensemble behind the connection. */
export interface Surroundings {
  /** Puts an event at the end of what is to happen to a server. */
  post(to: ServerId, event: ServerEvent): void
  /** Lets everything happen that happens without time passing. */
  run(): void
}

/** One client connection, as its client sees it. */
export class Client {
  readonly received: ClientMessage[] = []
  isClosed = false
  isPaused = false
  /** Sent while it was paused. */
  readonly held: ServerEvent[] = []
  private nextXid = 1

  constructor(
    private readonly ensemble: Surroundings,
    readonly serverId: ServerId,
    readonly connection: ConnectionId,
  ) {}

  /** Sends a request without waiting; answers its xid. */
  send(request: Request, xid = this.nextXid): number {
    this.nextXid = Math.max(this.nextXid, xid) + 1
    this.ensemble.post(this.serverId, {
      kind: 'ClientRequested',
      connection: this.connection,
      request: { xid, request },
      bytes: BYTES_A_REQUEST,
    })
    return xid
  }

  /** Sends, lets the ensemble come to rest, and answers the reply, if there is one. */
  ask(request: Request): Reply | undefined {
    const xid = this.send(request)
    this.ensemble.run()
    return this.replyTo(xid)
  }

  replyTo(xid: number): Reply | undefined {
    return this.received.find((message): message is Reply => message.kind === 'Reply' && message.xid === xid)
  }

  get session(): ConnectResponse | undefined {
    return this.received.find((message): message is ConnectResponse => message.kind === 'ConnectResponse')
  }

  /** What came, in one word each: `connected`, `reply 3`, `NodeCreated /a`. */
  get story(): readonly string[] {
    return this.received.map((message) => {
      switch (message.kind) {
        case 'ConnectResponse':
          return message.timeoutMs > 0 ? 'connected' : 'rejected'
        case 'Reply':
          return `reply ${message.xid}`
        case 'WatchNotification':
          return `${message.type} ${message.path}`
      }
    })
  }

  /** The client's process dies, or its network. */
  hangUp(): void {
    this.isClosed = true
    this.ensemble.post(this.serverId, { kind: 'ClientClosed', connection: this.connection })
    this.ensemble.run()
  }
}
