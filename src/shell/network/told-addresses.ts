/**
 * Where servers are reached that no configuration lists: a joiner says so when it calls. RECFG-10.
 *
 * Anyone can call and say anything, so few are kept, and the oldest one makes room for the next.
 */
import type { ServerId } from '../../core/configuration.js'
import type { Address } from './address.js'

export interface ToldAddresses {
  readonly tell: (server: ServerId, address: Address) => void
  readonly of: (server: ServerId) => Address | undefined
  readonly forget: (server: ServerId) => void
}

/** @param limit so many are kept; 0: none */
export const makeToldAddresses = (limit: number): ToldAddresses => {
  /** A Map keeps the order in which its keys were set: the oldest is the first. */
  const addresses = new Map<ServerId, Address>()
  return {
    tell: (server, address) => {
      addresses.delete(server)
      addresses.set(server, address)
      const [oldest] = addresses.keys()
      if (oldest !== undefined && addresses.size > limit) addresses.delete(oldest)
    },
    of: (server) => addresses.get(server),
    forget: (server) => void addresses.delete(server),
  }
}
