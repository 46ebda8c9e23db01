/** The IP addresses that a host of a configuration stands for. */
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { isWildcard } from './address.js'
import { problemOf } from './problem.js'

/** All addresses of a name, in the order of the system; rejects as `dns.lookup` does. */
export type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>

export const lookupAll: Lookup = (host) => systemLookup(host, { all: true, order: 'verbatim' })

export type Resolved =
  /** Every address of this machine, of both families. */
  | { readonly kind: 'Everywhere' }
  /** At least one. */
  | { readonly kind: 'Addresses'; readonly addresses: readonly string[] }

/** Left: why the name has no address, in words. It may have one later. */
export const resolve = async (host: string, lookup: Lookup = lookupAll): Promise<E.Either<string, Resolved>> => {
  if (isWildcard({ host, port: 0 })) return E.right({ kind: 'Everywhere' })
  if (isIP(host) !== 0) return E.right({ kind: 'Addresses', addresses: [host] })
  try {
    const addresses = [...new Set((await lookup(host)).map(({ address }) => address))]
    return addresses.length > 0 ? E.right({ kind: 'Addresses', addresses }) : E.left(`${host} has no address`)
  } catch (error) {
    return E.left(`${host} does not resolve: ${problemOf(error)}`)
  }
}
