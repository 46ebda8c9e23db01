/** Access control lists and the identities of a connection. */
import { compile, permits } from './access.js'
import { contains, isRange } from './address.js'
import type { Access } from './access.js'

export interface Id {
  readonly scheme: string
  readonly id: string
}

/** `permissions`: READ 1, WRITE 2, CREATE 4, DELETE 8, ADMIN 16. */
export interface Acl {
  readonly permissions: number
  readonly id: Id
}

// --- constructors

export const permission = { READ: 1, WRITE: 2, CREATE: 4, DELETE: 8, ADMIN: 16, ALL: 31 } as const

export const ANYONE: Id = { scheme: 'world', id: 'anyone' }

/** Everybody may do everything: the list of almost every node, so all nodes share this one. */
export const OPEN: readonly Acl[] = [{ permissions: permission.ALL, id: ANYONE }]

export const READ_ONLY: readonly Acl[] = [{ permissions: permission.READ, id: ANYONE }]

/** Whoever has this identity may do everything. It stands in no list. */
export const SUPER: Id = { scheme: 'super', id: '' }

/** The identity that every connection has from the start: its literal address. */
export const addressId = (address: string): Id => ({ scheme: 'ip', id: address })

// --- operations

/** May someone with these identities do what needs one of the `needed` permissions? No list: yes. Scheme super: yes. */
export const isAllowed = (acl: readonly Acl[], needed: number, ids: readonly Id[]): boolean => {
  const first = acl[0]
  if (first === undefined) return true
  if ((first.permissions & needed) !== 0 && isAnyone(first.id)) return true
  return isGranted(acl, needed, ids) || ids.some((id) => id.scheme === SUPER.scheme)
}

/**
 * The list as it is stored: duplicates dropped, `auth` replaced by the identities that the requester has proved.
 * undefined (INVALIDACL): no list, an empty one, or an entry that is not valid.
 */
export const expand = (acl: readonly Acl[] | null, ids: readonly Id[]): readonly Acl[] | undefined => {
  if (acl === null || acl.length === 0) return undefined
  if (isOpen(acl)) return OPEN
  const unique = [...new Map(acl.map((entry) => [keyOf(entry), entry])).values()]
  const expanded = unique.map((entry) => expandEntry(entry, ids))
  return expanded.some((entries) => entries.length === 0) ? undefined : expanded.flat()
}

/**
 * The list as a node keeps it: the shared constant for an open one, so that a million nodes do not keep a million copies. A
 * long one is made ready for questions now, while its length is being paid for anyway, and not when it is first asked.
 */
export const shared = (acl: readonly Acl[]): readonly Acl[] => {
  if (isOpen(acl)) return OPEN
  if (!isShort(acl)) accessOf(acl)
  return acl
}

// --- parts

const isOpen = (acl: readonly Acl[]): boolean => {
  const only = acl.length === 1 ? acl[0] : undefined
  return only !== undefined && only.permissions === permission.ALL && isAnyone(only.id)
}

const isAnyone = (id: Id): boolean => id.scheme === 'world' && id.id === 'anyone'

/** Longer lists, and lists with longer identities, are compiled: a question must not cost what a stranger's list is long. */
const SHORT_LIST = 8
const SHORT_ID = 64

const isShort = (acl: readonly Acl[]): boolean =>
  acl.length <= SHORT_LIST && acl.every(({ id }) => id.id.length <= SHORT_ID)

const isGranted = (acl: readonly Acl[], needed: number, ids: readonly Id[]): boolean =>
  isShort(acl)
    ? acl.some((entry) => (entry.permissions & needed) !== 0 && (isAnyone(entry.id) || ids.some(matches(entry.id))))
    : permits(accessOf(acl), needed, ids)

/** By the identity of the list, which never changes. */
const compiled = new WeakMap<readonly Acl[], Access>()

const accessOf = (acl: readonly Acl[]): Access => {
  const known = compiled.get(acl)
  if (known !== undefined) return known
  const access = compile(acl)
  compiled.set(acl, access)
  return access
}

/**
 * Equal for equal entries only: a scheme of the client's choice cannot hide in the id, nor the other way round. Never a mere
 * number, whose hash some engines do not seed.
 */
const keyOf = ({ permissions, id }: Acl): string => `${permissions},${id.scheme.length},${id.scheme}${id.id}`

/** The entries that stand for this one; none when it is not valid. */
const expandEntry = (entry: Acl, ids: readonly Id[]): readonly Acl[] => {
  switch (entry.id.scheme) {
    case 'world':
      return entry.id.id === 'anyone' ? [entry] : []
    case 'auth':
      return ids.filter(isProof).map((id) => ({ permissions: entry.permissions, id }))
    case 'digest':
      return isDigest(entry.id.id) ? [entry] : []
    case 'ip':
      return isRange(entry.id.id) ? [entry] : []
    default:
      return []
  }
}

/** An address proves nothing, and `super` stands in no list. */
const isProof = (id: Id): boolean => id.scheme === 'digest' || id.scheme === 'sasl' || id.scheme === 'x509'

/** `user:hash`: two parts, as Java splits, which drops empty parts at the end. */
const isDigest = (id: string): boolean => {
  let end = id.length
  while (end > 0 && id[end - 1] === ':') end--
  const colon = id.indexOf(':')
  return colon >= 0 && colon < end && id.lastIndexOf(':', end - 1) === colon
}

const matches =
  (entry: Id) =>
  (id: Id): boolean =>
    id.scheme === entry.scheme && (entry.scheme === 'ip' ? contains(entry.id, id.id) : entry.id === id.id)
