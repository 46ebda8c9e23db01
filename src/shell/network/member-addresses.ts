/** Where the members of configurations are reached. RECFG-5: the present one decides, and it changes. */
import type { Configuration, ServerId } from '../../core/configuration.js'
import { addressesOf } from '../../service/configuration/server-line.js'
import type { Address } from './address.js'

/** Where that port of a server is reached; nowhere when it is no member. */
export type AddressesOf = (server: ServerId) => readonly Address[]

/**
 * That port of a server, in the first configuration that lists it.
 *
 * @param configurations those of this moment, the one that counts most first
 */
export const memberAddresses =
  (configurations: () => readonly Configuration[]) =>
  (port: 'quorumPort' | 'electionPort'): AddressesOf =>
  (server) => {
    for (const { members } of configurations()) {
      const member = members.find(({ id }) => id === server)
      if (member !== undefined) return addressesOf(member, port)
    }
    return []
  }

/** One of a server's addresses, another one each time that it is asked for: whoever fails to connect comes again. */
export const inTurn = (addressesOfServer: AddressesOf): ((server: ServerId) => Address | undefined) => {
  const turns = new Map<ServerId, number>()
  return (server) => {
    const addresses = addressesOfServer(server)
    if (addresses.length < 2) return addresses[0]
    const turn = turns.get(server) ?? 0
    turns.set(server, turn + 1)
    return addresses[turn % addresses.length]
  }
}
