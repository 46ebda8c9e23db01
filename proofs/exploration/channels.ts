/**
 * One direction of a connection: what is on its way, in order, with the marks that the connection opens and closes. Items
 * have numbers, and so have the contents of channels; 0 is the empty one. Notifications have channels of their own.
 *
 * What was sent before the sender closed may still arrive, or be lost with the connection: TCP promises no more.
 */
import type { Notification, QuorumMessage } from '../../src/core/message.js'
import type { Interner, MakeInterner } from './intern.js'
import { textOf } from './intern.js'
import { makePairs } from './pairs.js'
import type { Transaction } from './site.js'

export type Item =
  | { readonly kind: 'Open' }
  | { readonly kind: 'Closed' }
  | { readonly kind: 'Message'; readonly message: QuorumMessage<Transaction> }
  | { readonly kind: 'Notification'; readonly notification: Notification }

export interface Channels {
  readonly itemNumber: (item: Item) => number
  readonly itemOf: (number: number) => Item
  readonly append: (channel: number, item: number) => number
  /** −1 for the empty one. */
  readonly head: (channel: number) => number
  readonly rest: (channel: number) => number
  /** Notifications of servers that look: those that are answered. */
  readonly questions: (channel: number) => number
  readonly isClosed: (channel: number) => boolean
  /** A connection is in it, open or closed, that its reader does not know of or knows to be another one. */
  readonly isOutdated: (channel: number) => boolean
  /** Without anything up to and including the first end of a connection. */
  readonly afterClosed: (channel: number) => number
  /** With other items in it. */
  readonly map: (channel: number, other: (item: Item) => Item) => number
  readonly contents: Pick<Interner<readonly Item[]>, 'highOf' | 'lowOf' | 'size'>
}

interface Facts {
  readonly head: number
  readonly rest: number
  readonly questions: number
  readonly isClosed: boolean
  readonly isOutdated: boolean
  readonly afterClosed: number
}

export const EMPTY = 0
export const NO_ITEM = -1

export const makeChannels = (make: MakeInterner): Channels => {
  const items = make<Item>('items', textOf)
  const contents = make<readonly Item[]>('channels', textOf)
  const facts: (Facts | undefined)[] = []
  const appended = makePairs()
  contents.numberOf([])

  const factsOf = (channel: number): Facts => {
    const known = facts[channel]
    if (known !== undefined) return known
    const list = contents.valueOf(channel)
    const [head] = list
    const closed = list.findIndex(({ kind }) => kind === 'Closed')
    const questions = list.filter((item) => item.kind === 'Notification' && item.notification.state === 'LOOKING')
    const fresh: Facts = {
      head: head === undefined ? NO_ITEM : items.numberOf(head),
      rest: contents.numberOf(list.slice(1)),
      questions: questions.length === list.length ? channel : contents.numberOf(questions),
      isClosed: closed >= 0,
      isOutdated: list.some(({ kind }) => kind !== 'Message'),
      afterClosed: closed < 0 ? EMPTY : contents.numberOf(list.slice(closed + 1)),
    }
    facts[channel] = fresh
    return fresh
  }

  return {
    itemNumber: items.numberOf,
    itemOf: items.valueOf,
    append: (channel, item) => {
      const known = appended.get(channel, item)
      if (known >= 0) return known
      const fresh = contents.numberOf([...contents.valueOf(channel), items.valueOf(item)])
      appended.set(channel, item, fresh)
      return fresh
    },
    head: (channel) => (channel === EMPTY ? NO_ITEM : factsOf(channel).head),
    rest: (channel) => factsOf(channel).rest,
    questions: (channel) => factsOf(channel).questions,
    isClosed: (channel) => channel !== EMPTY && factsOf(channel).isClosed,
    isOutdated: (channel) => channel !== EMPTY && factsOf(channel).isOutdated,
    afterClosed: (channel) => factsOf(channel).afterClosed,
    map: (channel, other) => {
      const list = contents.valueOf(channel).map(other)
      for (const item of list) items.numberOf(item)
      return contents.numberOf(list)
    },
    contents,
  }
}
