/**
 * Who may speak on the ports of servers. DISC-9, RECFG-10.
 *
 * Nobody proves who he is. What can be asked without that is asked: whether a configuration lists the server that somebody
 * says he is, and whether he comes from an address of that member. A server that no configuration lists is a stranger: let
 * in only where the ensemble may change, and counted apart, so that strangers take no member's place.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
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
  /** `membersMayComeFromAnyAddress`: where addresses are translated on the way, they tell nothing. */
  readonly fromAnywhere?: boolean
  readonly log: Log
  readonly nowMs: () => number
  /** The addresses of a name; none while it cannot be resolved. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

export interface Doorkeeper {
  /** @param server who it says it is; undefined: a learner of the old form, which does not say */
  readonly judge: (server: ServerId | undefined, remoteAddress: string | undefined) => Admission
  /** Looks up where these servers are, so that it is known when they come. */
  readonly expect: (servers: readonly ServerId[]) => void
}

export const makeDoorkeeper = ({
  addressesOf,
  strangers,
  fromAnywhere = false,
  log,
  nowMs,
  resolve,
}: AdmissionOptions): Doorkeeper => {
  const names = makeNames(resolve ?? resolveAll, nowMs, log)
  return {
    expect: (servers) => {
      for (const server of servers) for (const { host } of addressesOf(server)) names.of(host)
    },
    judge: (server, remoteAddress) => {
      const addresses = server === undefined ? [] : addressesOf(server)
      const admission = admissionOf(server, addresses.length > 0, strangers)
      // Where a member says only that it listens everywhere, nothing tells where it comes from.
      if (fromAnywhere || addresses.length === 0 || addresses.some(isWildcard) || remoteAddress === undefined)
        return admission
      const known = addresses.map(({ host }) => names.of(host))
      if (
        known.some(
          (ips) => ips === 'Unresolvable' || (ips !== 'Asked' && ips.some((ip) => isSameHost(ip, remoteAddress))),
        )
      )
        return admission
      // Where the ensemble may change it counts as a stranger: under their budget, and in no member's place.
      return strangers
        ? { kind: 'Stranger' }
        : {
            kind: 'Refused',
            reason:
              `it says that it is server ${server}, whose address ${addresses.map(({ host }) => host).join(', ')} is ` +
              `${known.flatMap((ips) => (ips === 'Asked' ? 'being looked up' : ips)).join(', ')}; if members come from ` +
              'other addresses (NAT, virtual addresses), write membersMayComeFromAnyAddress=yes',
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

/** `Asked`: not known yet; who comes now is refused, and comes again. `Unresolvable`: nobody can tell. */
type Ips = readonly string[] | 'Asked' | 'Unresolvable'

interface Resolved {
  readonly ips: Ips
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
): { readonly of: (host: string) => Ips } => {
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
      resolved.set(host, { ips: ips.length === 0 ? (former?.ips ?? 'Unresolvable') : ips, atMs: nowMs() })
    })
  }
  return {
    of: (host) => {
      if (isIP(host) !== 0) return [host]
      const known = resolved.get(host)
      if (known === undefined || nowMs() - known.atMs >= limits.resolvedAgainMs) ask(host)
      return known?.ips ?? 'Asked'
    },
  }
}

const resolveAll = (host: string): Promise<readonly string[]> =>
  lookup(host, { all: true, verbatim: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  )
