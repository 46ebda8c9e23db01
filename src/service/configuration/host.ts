/**
 * Hosts and ports as texts: the one reader of addresses, wherever one stands. `host:port`, `[host]:port`, an IPv6 literal
 * always in brackets.
 *
 * Spellings were tried with Apache ZooKeeper 3.8.0. Texts may come from strangers: they are read from left to right, once.
 */
import { network6, parseAddress } from '../address.js'
import { parseNatural } from '../whole-number.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** A host, and what stands behind it between colons. */
export interface HostAndRest {
  readonly host: string
  readonly rest: readonly string[]
}

/** Any address: the host for clients when the server line gives a port only. */
export const ANY_HOST = '0.0.0.0'

/** In characters: a name has at most 253, a literal with a zone fewer. */
const LONGEST_HOST = 255
/** Java takes no host for the machine itself. */
const OWN_MACHINE = 'localhost'

// --- operations

/** Is it a port that can be listened on? */
export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

/** Undefined when it is no port. `+1` and `01` are, as in Java. */
export const parsePort = (text: string): number | undefined => {
  const port = parseNatural(text.trim())
  return port !== undefined && isPort(port) ? port : undefined
}

/** Undefined when the host is none. Empty parts at the end are dropped, as Java's split drops them. */
export const splitHost = (text: string): HostAndRest | undefined => {
  const trimmed = text.trim()
  const [named, behind] = trimmed.startsWith('[') ? bracketed(trimmed) : unbracketed(trimmed)
  const host = named === undefined ? undefined : parseHost(named)
  if (host === undefined || behind === undefined) return undefined
  const parts = behind === '' ? [] : behind.slice(1).split(':', MOST_PARTS)
  const last = parts.findLastIndex((part) => part !== '')
  return { host, rest: parts.slice(0, last + 1).map((part) => part.trim()) }
}

/** `host:port`; undefined when it is not an address that can be dialled. */
export const parseHostAndPort = (text: string): Address | undefined => {
  const split = splitHost(text)
  const port = parsePort(split?.rest[0] ?? '')
  return split === undefined || port === undefined || split.rest.length !== 1 ? undefined : { host: split.host, port }
}

/** A host alone, an IPv6 literal with brackets or without; undefined when nothing of the kind can be dialled. */
export const parseHost = (text: string): string | undefined => {
  const trimmed = text.trim()
  const host = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed
  if (host.length > LONGEST_HOST) return undefined
  if (host.includes(':')) return isLiteral6(host) ? host : undefined
  return host === '' ? OWN_MACHINE : NOT_IN_A_NAME.test(host) ? undefined : host
}

/** `host:port`, an IPv6 host in brackets. */
export const showAddress = ({ host, port }: Address): string => `${withBrackets(host)}:${port}`

export const withBrackets = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/**
 * One spelling for all that name the same host without asking anybody: lower case, no dot at the end, an IPv6 literal
 * written out, one that holds an IPv4 address as that.
 */
export const canonicalHost = (host: string): string => {
  const lower = host.toLowerCase()
  if (!lower.includes(':')) return lower.endsWith('.') ? lower.slice(0, -1) : lower
  const address = parseAddress(lower)
  if (address?.family !== 6) return lower
  const groups = network6(address.groups, 128)
  const [high = 0, low = 0] = groups.slice(6)
  if (network6(groups, 96).join(':') === MAPPED) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const zone = lower.indexOf('%')
  return `${groups.map((group) => group.toString(16)).join(':')}${zone < 0 ? '' : lower.slice(zone)}`
}

/** Do both spell one host? Two names of one machine are two. */
export const isSameHost = (one: string, other: string): boolean => canonicalHost(one) === canonicalHost(other)

/** An address on which a server may listen, and that says nothing of where it is. */
export const isWildcardHost = (host: string): boolean => WILDCARDS.has(canonicalHost(host))

// --- parts

const MAPPED = '0:0:0:0:0:65535:0:0'
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '0:0:0:0:0:0:0:0'])
/** More than any address or server line has. */
const MOST_PARTS = 8

/** Blanks and control characters, and what parts addresses, lists of them, and lines, from one another. */
const NOT_IN_A_NAME = /[\p{C}\p{Z}/\\[\]|;,]/u

const isLiteral6 = (host: string): boolean => parseAddress(host)?.family === 6 && !NOT_IN_A_NAME.test(host)

type Split = readonly [host: string | undefined, behind: string | undefined]

/** Behind the closing bracket comes a colon, or nothing. */
const bracketed = (text: string): Split => {
  const end = text.indexOf(']')
  const behind = text.slice(end + 1)
  return end < 0 || (behind !== '' && !behind.startsWith(':'))
    ? [undefined, undefined]
    : [text.slice(0, end + 1), behind]
}

const unbracketed = (text: string): Split => {
  const end = text.indexOf(':')
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)]
}
