/**
 * Connections that have not said yet who they are. There is room for so many, and less for those of one address: the oldest
 * one makes room for the next, for a member speaks at once, and silence must not keep it out.
 */
import { limits } from '../server/limits.js'

export interface Pending<A> {
  readonly add: (connection: A, address: string | undefined) => void
  /** True when it was there. */
  readonly delete: (connection: A) => boolean
  readonly all: () => readonly A[]
}

/** @param evict closes one that makes room; it is not pending any more */
export const makePending = <A>(evict: (connection: A, reason: string) => void): Pending<A> => {
  /** A Map keeps the order in which its keys were set: the oldest is the first. */
  const addresses = new Map<A, string>()
  const makeRoom = (candidates: readonly A[], limit: number, reason: string): void => {
    const [oldest] = candidates
    if (oldest === undefined || candidates.length < limit) return
    addresses.delete(oldest)
    evict(oldest, reason)
  }
  return {
    add: (connection, address = '') => {
      const fromThere = [...addresses].flatMap(([other, itsAddress]) => (itsAddress === address ? [other] : []))
      makeRoom(fromThere, limits.pendingPerAddress, 'too many connections of that address are silent')
      makeRoom([...addresses.keys()], limits.pendingConnections, 'too many connections are silent')
      addresses.set(connection, address)
    },
    delete: (connection) => addresses.delete(connection),
    all: () => [...addresses.keys()],
  }
}
