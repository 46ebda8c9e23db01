/**
 * An access list made ready for questions: whatever its length, an answer costs one look-up for each identity, and for an
 * address one for each length of prefix that the list names.
 */
import { network4, network6, parseAddress, parseRange } from './address.js'
import type { Acl, Id } from './acl.js'
import type { Range } from './address.js'

export interface Access {
  /** Permissions that everybody has. */
  readonly anyone: number
  /** Permissions by scheme and identity, of all schemes whose identities are compared as texts. */
  readonly exact: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly networks4: readonly Networks4[]
  readonly networks6: readonly Networks6[]
}

/** Networks of one length of prefix, ascending. Searched, not hashed: numbers of a stranger's choice may collide. */
interface Networks4 {
  readonly bits: number
  readonly networks: Uint32Array
  readonly permissions: Uint8Array
}

interface Networks6 {
  readonly bits: number
  readonly permissions: ReadonlyMap<string, number>
}

/** Permissions that anything is asked for: five bits. */
const ALL = 31

// --- constructor

/** Linear in the list, but for the sorting of its ranges. Entries for one and the same identity become one. */
export const compile = (acl: readonly Acl[]): Access => {
  const exact = new Map<string, Map<string, number>>()
  const ranges4 = new Map<number, number[]>()
  const ranges6 = new Map<number, Map<string, number>>()
  let anyone = 0
  for (const { permissions, id } of acl) {
    if (id.scheme === 'ip') {
      const range = parseRange(id.id)
      if (range !== undefined) addRange(ranges4, ranges6, range, permissions & ALL)
      continue
    }
    if (id.scheme === 'world' && id.id === 'anyone') anyone |= permissions
    grant(
      member(exact, id.scheme, () => new Map<string, number>()),
      id.id,
      permissions,
    )
  }
  return {
    anyone,
    exact,
    networks4: Array.from(ranges4, ([bits, packed]) => unpacked(bits, packed)),
    networks6: Array.from(ranges6, ([bits, permissions]) => ({ bits, permissions })),
  }
}

// --- operations

/** Does the list grant one of the `needed` permissions to someone with these identities? */
export const permits = (access: Access, needed: number, ids: readonly Id[]): boolean =>
  ((access.anyone | permissionsOf(access, ids)) & needed) !== 0

const permissionsOf = (access: Access, ids: readonly Id[]): number =>
  ids.reduce(
    (all, { scheme, id }) =>
      all | (scheme === 'ip' ? permissionsAt(access, id) : (access.exact.get(scheme)?.get(id) ?? 0)),
    0,
  )

const permissionsAt = ({ networks4, networks6 }: Access, id: string): number => {
  const address = networks4.length + networks6.length === 0 ? undefined : parseAddress(id)
  if (address === undefined) return 0
  let permissions = 0
  if (address.family === 4) for (const level of networks4) permissions |= permissionsIn(level, address.value)
  else
    for (const level of networks6)
      permissions |= level.permissions.get(nameOf(network6(address.groups, level.bits))) ?? 0
  return permissions
}

const permissionsIn = ({ bits, networks, permissions }: Networks4, value: number): number => {
  const wanted = network4(value, bits)
  let low = 0
  let high = networks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((networks[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return networks[low] === wanted ? (permissions[low] ?? 0) : 0
}

// --- parts

const addRange = (
  ranges4: Map<number, number[]>,
  ranges6: Map<number, Map<string, number>>,
  { address, bits }: Range,
  permissions: number,
): void => {
  if (address.family === 4)
    member(ranges4, bits, () => []).push(network4(address.value, bits) * (ALL + 1) + permissions)
  else
    grant(
      member(ranges6, bits, () => new Map<string, number>()),
      nameOf(network6(address.groups, bits)),
      permissions,
    )
}

/** From network and permissions in one number each, in any order. */
const unpacked = (bits: number, packed: readonly number[]): Networks4 => {
  const networks = new Uint32Array(packed.length)
  const permissions = new Uint8Array(packed.length)
  let count = 0
  for (const each of Float64Array.from(packed).sort()) {
    const network = Math.floor(each / (ALL + 1))
    if (count === 0 || networks[count - 1] !== network) count += 1
    networks[count - 1] = network
    permissions[count - 1] = (permissions[count - 1] ?? 0) | (each % (ALL + 1))
  }
  return { bits, networks: networks.slice(0, count), permissions: permissions.slice(0, count) }
}

/** Never a mere number, whose hash some engines do not seed. */
const nameOf = (groups: readonly number[]): string =>
  groups.reduce((name, group) => name + String.fromCharCode(group), ':')

const grant = (table: Map<string, number>, id: string, permissions: number): void => {
  table.set(id, (table.get(id) ?? 0) | permissions)
}

const member = <K, V>(table: Map<K, V>, key: K, make: () => V): V => {
  const known = table.get(key)
  if (known !== undefined) return known
  const made = make()
  table.set(key, made)
  return made
}
