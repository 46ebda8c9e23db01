/** Channels between test servers: each keeps the order of its packets, and among channels any order may be. */
import type { Event } from '../../src/core/event.js'
import type { ServerId } from '../../src/core/configuration.js'

/** One open quorum connection. */
export interface Link {
  readonly dialler: ServerId
  readonly acceptor: ServerId
}

export interface Packet<T> {
  readonly to: ServerId
  /** The connection that carries it; it is lost with the connection. Undefined for notifications and news of a loss. */
  readonly link: Link | undefined
  readonly event: Extract<Event<T>, { readonly from: ServerId }>
}

export class Channels<T> {
  private readonly queues = new Map<string, { readonly number: number; readonly packet: Packet<T> }[]>()
  private sent = 0

  push(packet: Packet<T>): void {
    const { to, event } = packet
    const name = `${event.from}>${to}${event.kind === 'Notified' ? 'e' : 'q'}`
    const queue = this.queues.get(name)
    const numbered = { number: this.sent++, packet }
    if (queue === undefined) this.queues.set(name, [numbered])
    else queue.push(numbered)
  }

  /** The first packet of the channel that `choose` picks among those that are not empty. */
  take(choose: (count: number) => number): Packet<T> | undefined {
    const [name, queue] = [...this.queues][choose(this.queues.size)] ?? []
    return name === undefined || queue === undefined ? undefined : this.shift(name, queue)
  }

  /** The packet that was sent first. */
  takeOldest(): Packet<T> | undefined {
    let oldest: readonly [string, { readonly number: number; readonly packet: Packet<T> }[]] | undefined
    for (const channel of this.queues)
      if ((channel[1][0]?.number ?? 0) < (oldest?.[1][0]?.number ?? Number.POSITIVE_INFINITY)) oldest = channel
    return oldest === undefined ? undefined : this.shift(...oldest)
  }

  /** What travels on a broken connection never arrives. */
  lose(link: Link): void {
    for (const [name, queue] of this.queues) {
      if (!queue.some(({ packet }) => packet.link === link)) continue
      const kept = queue.filter(({ packet }) => packet.link !== link)
      if (kept.length === 0) this.queues.delete(name)
      else this.queues.set(name, kept)
    }
  }

  get isEmpty(): boolean {
    return this.queues.size === 0
  }

  private shift(name: string, queue: { readonly packet: Packet<T> }[]): Packet<T> | undefined {
    const packet = queue.shift()?.packet
    if (queue.length === 0) this.queues.delete(name)
    return packet
  }
}
