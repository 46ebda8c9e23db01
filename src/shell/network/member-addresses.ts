/** Where the members of configurations are reached. RECFG-5: the present one decides, and it changes. */
import type { Configuration, ServerId } from '../../core/configuration.js'
import type { Address } from './address.js'

/**
 * That port of a server, in the first configuration that lists it; undefined when none does.
 *
 * @param configurations those of this moment, the one that counts most first
 */
export const memberAddresses =
  (configurations: () => readonly Configuration[]) =>
  (port: 'quorumPort' | 'electionPort') =>
  (server: ServerId): Address | undefined => {
    for (const { members } of configurations()) {
      const member = members.find(({ id }) => id === server)
      if (member !== undefined) return { host: member.host, port: member[port] }
    }
    return undefined
  }
