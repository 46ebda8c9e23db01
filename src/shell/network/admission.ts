/**
 * Who may speak on the ports of servers. DISC-9, RECFG-10.
 *
 * Nobody proves who he is. What can be asked without that is asked: whether a configuration lists the server that somebody
 * says he is, and whether he comes from an address of that member. A server that no configuration lists is a stranger: let
 * in only where the ensemble may change, and counted apart, so that strangers take no member's place.
 */
import { lookup } from 'node:dns/promises'
import type { ServerId } from '../../core/configuration.js'
import { type Admission, admissionOf } from '../../server/admission.js'
import { limits } from '../server/limits.js'
import type { Log } from '../server/log.js'
import { isWildcard } from './address.js'
import { plainIp } from './listener.js'
import type { AddressesOf } from './member-addresses.js'

export type { Admission }

export interface AdmissionOptions {
  /** Where a member is reached; nowhere for a server that no configuration lists. */
  readonly addressesOf: AddressesOf
  /** May servers come that no configuration lists? Where the ensemble may change (RECFG-10). */
  readonly strangers: boolean
  readonly log: Log
  readonly nowMs: () => number
  /** The addresses of a name; none while it cannot be resolved. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

export interface Doorkeeper {
  /** @param server who it says it is; undefined: a learner of the old form, which does not say */
  readonly judge: (server: ServerId | undefined, remoteAddress: string | undefined) => Admission
}

export const makeDoorkeeper = ({ addressesOf, strangers, log, nowMs, resolve }: AdmissionOptions): Doorkeeper => {
  const names = makeNames(resolve ?? resolveAll, nowMs, log)
  return {
    judge: (server, remoteAddress) => {
      const addresses = server === undefined ? [] : addressesOf(server)
      const admission = admissionOf(server, addresses.length > 0, strangers)
      // Where a member says only that it listens everywhere, nothing tells where it comes from.
      if (addresses.length === 0 || addresses.some(isWildcard) || remoteAddress === undefined) return admission
      const known = addresses.map(({ host }) => names.of(host))
      return known.some((ips) => ips === undefined || ips.some((ip) => isSameHost(ip, remoteAddress)))
        ? admission
        : {
            kind: 'Refused',
            reason: `it says that it is server ${server}, whose address ${addresses.map(({ host }) => host).join(', ')} is ${known.flat().join(', ')}`,
          }
    },
  }
}

/** Loopback addresses are all this machine's, whichever family. */
export const isSameHost = (first: string, second: string): boolean => {
  const [one, other] = [plainIp(first), plainIp(second)]
  return one === other || (isLoopback(one) && isLoopback(other))
}

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.')

interface Resolved {
  readonly ips: readonly string[] | undefined
  readonly atMs: number
}

/**
 * The addresses of names, as last resolved. A name is asked for again when it is looked at after a while: members of
 * containers change their addresses. Who comes from the new one before it is known is refused, and comes again.
 */
const makeNames = (
  resolve: (host: string) => Promise<readonly string[]>,
  nowMs: () => number,
  log: Log,
): { readonly of: (host: string) => readonly string[] | undefined } => {
  const resolved = new Map<string, Resolved>()
  const asking = new Set<string>()
  const ask = (host: string): void => {
    if (asking.has(host)) return
    asking.add(host)
    void resolve(host).then((ips) => {
      asking.delete(host)
      const former = resolved.get(host)
      if (ips.length === 0 && former === undefined)
        log.warn(`${host} cannot be resolved: who says that it comes from there is let in`)
      // What cannot be resolved now keeps the addresses it had.
      resolved.set(host, { ips: ips.length === 0 ? former?.ips : ips, atMs: nowMs() })
    })
  }
  return {
    of: (host) => {
      const known = resolved.get(host)
      if (known === undefined || nowMs() - known.atMs >= limits.resolvedAgainMs) ask(host)
      return known?.ips
    },
  }
}

const resolveAll = (host: string): Promise<readonly string[]> =>
  lookup(host, { all: true, verbatim: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  )
