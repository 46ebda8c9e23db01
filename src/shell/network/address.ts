/** Addresses as they stand in configurations and election handshakes: read and written as everywhere. */
import { isWildcardHost, parseHostAndPort } from '../../service/configuration/host.js'
import type { Address } from '../../service/configuration/host.js'

export { showAddress, type Address } from '../../service/configuration/host.js'

export const isWildcard = (address: Address): boolean => isWildcardHost(address.host)

/** `host:port` of another machine, which says so itself; undefined when it is not an address that can be dialled. */
export const parseAddress = (text: string): Address | undefined =>
  text === text.trim() && !NO_HOST.some((beginning) => text.startsWith(beginning)) ? parseHostAndPort(text) : undefined

/** No host stands for this machine, which is never meant. */
const NO_HOST = [':', '[]']
