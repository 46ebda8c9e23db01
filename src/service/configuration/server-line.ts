/**
 * The value of a `server.N` line:
 * `host:quorumPort:electionPort[:participant|:observer][|host:…]…[;[[clientHost:]clientPort]]`, IPv6 hosts in brackets.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Member, MemberAddress, MemberRole, ServerId } from '../../core/configuration.js'
import { parseNatural } from '../whole-number.js'
import { ANY_HOST, canonicalHost, parseHostAndPort, parsePort, showAddress, splitHost, withBrackets } from './host.js'
import type { Address } from './host.js'

export { ANY_HOST, isPort, showAddress, type Address } from './host.js'

/** Reason and remedy. */
export interface Complaint {
  readonly reason: string
  readonly remedy: string
}

/** Of one server. Each costs a listener on that server and an attempt to connect on all others. */
export const MAXIMUM_ADDRESSES = 16

const REMEDY = 'write host:quorumPort:electionPort[:participant|:observer][;[clientHost:]clientPort]'

const complain = (reason: string): Either<Complaint, never> => left({ reason, remedy: REMEDY })

/** A server number, or any other whole number that is not negative, as Java reads it. */
export const parseId = (text: string): number | undefined => parseNatural(text)

/** `server.N=` and the value of a server line: a member as clients name it. */
export const parseMemberLine = (line: string): Either<Complaint, Member> => {
  const equals = line.indexOf('=')
  const key = line.slice(0, Math.max(0, equals)).trim()
  const id = key.startsWith(KEY) ? parseId(key.slice(KEY.length)) : undefined
  return id === undefined ? complain(`"${line}" names no server`) : parseServerLine(id, line.slice(equals + 1).trim())
}

export const parseServerLine = (id: ServerId, value: string): Either<Complaint, Member> => {
  const [server = '', client = '', ...rest] = partsOf(value, ';')
  if (rest.length > 0) return complain(`"${value}" is not a server line`)
  const texts = partsOf(server, '|')
  if (texts.length > MAXIMUM_ADDRESSES) return complain(`more than ${MAXIMUM_ADDRESSES} addresses of one server`)
  const parsed = (texts.length === 0 ? [''] : texts).map((text) => parseMemberAddress(text))
  const wrong = parsed.find(isLeft)
  if (wrong !== undefined) return wrong
  const places = parsed.flatMap((place) => (isLeft(place) ? [] : [place.right]))
  const [first, ...others] = distinct(places.map(({ address }) => address))
  if (first === undefined) return complain(`"${value}" is not a server line`)
  // Of several roles the last one counts, as in ZooKeeper.
  const role = places.findLast((place) => place.role !== undefined)?.role ?? 'participant'
  const member: Member = { id, role, ...first, ...(others.length === 0 ? {} : { otherAddresses: others }) }
  if (client === '') return right(member)
  const clientAddress = parseClient(client)
  return clientAddress === undefined
    ? complain(`"${client}" is no client address`)
    : right({ ...member, clientAddress })
}

/** The text that parseServerLine reads; the role is always written. */
export const renderServerLine = (member: Member): string => {
  const { clientAddress, role } = member
  const client = clientAddress === undefined ? '' : `;${showAddress(clientAddress)}`
  return `${allAddressesOf(member).map(renderMemberAddress).join('|')}:${role}${client}`
}

/** Where the other servers reach a member at that port, in the order of its line. Never empty. */
export const addressesOf = (member: Member, port: 'quorumPort' | 'electionPort'): readonly Address[] =>
  allAddressesOf(member).map((address) => ({ host: address.host, port: address[port] }))

/** The first, and all others. */
export const allAddressesOf = ({
  electionPort,
  host,
  otherAddresses = [],
  quorumPort,
}: Member): readonly MemberAddress[] => [{ host, quorumPort, electionPort }, ...otherAddresses]

/** Are both where the other servers reach one and the same server? Spelling apart. */
export const hasSameAddresses = (one: Member, other: Member): boolean => placesOf(one) === placesOf(other)

// --- parts

const KEY = 'server.'

/** More than two or sixteen parts are too many anyway. Empty ones at the end are dropped, as Java's split drops them. */
const partsOf = (text: string, separator: string): readonly string[] => {
  const parts = text.split(separator, MAXIMUM_ADDRESSES + 2).map((part) => part.trim())
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1)
}

interface Place {
  readonly address: MemberAddress
  readonly role: MemberRole | undefined
}

const parseMemberAddress = (text: string): Either<Complaint, Place> => {
  const split = splitHost(text)
  const [quorum, election, roleText = '', ...rest] = split?.rest ?? []
  if (split === undefined || quorum === undefined || election === undefined || rest.length > 0)
    return complain(`"${text}" is not a server line`)
  const role = ROLES.get(roleText.toLowerCase())
  if (role === undefined && roleText !== '') return complain(`"${roleText}" is no role`)
  const quorumPort = parsePort(quorum)
  const electionPort = parsePort(election)
  if (quorumPort === undefined || electionPort === undefined) return complain('a port must lie between 1 and 65535')
  if (quorumPort === electionPort) return complain(`quorum and election port are both ${quorumPort}`)
  return right({ address: { host: split.host, quorumPort, electionPort }, role })
}

const ROLES: ReadonlyMap<string, MemberRole> = new Map([
  ['participant', 'participant'],
  ['observer', 'observer'],
])

/** A port, or a host and a port. */
const parseClient = (text: string): Address | undefined => {
  const alone = parsePort(text)
  return alone === undefined ? parseHostAndPort(text) : { host: ANY_HOST, port: alone }
}

const renderMemberAddress = ({ electionPort, host, quorumPort }: MemberAddress): string =>
  `${withBrackets(host)}:${quorumPort}:${electionPort}`

const placeOf = ({ electionPort, host, quorumPort }: MemberAddress): string =>
  `${canonicalHost(host)} ${quorumPort} ${electionPort}`

const placesOf = (member: Member): string => allAddressesOf(member).map(placeOf).join('|')

/** The first of each. */
const distinct = (addresses: readonly MemberAddress[]): readonly MemberAddress[] =>
  [...new Map(addresses.toReversed().map((address) => [placeOf(address), address])).values()].toReversed()
