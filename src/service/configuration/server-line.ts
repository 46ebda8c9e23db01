/**
 * The value of a `server.N` line:
 * `host:quorumPort:electionPort[:participant|:observer][;[clientHost:]clientPort]`, IPv6 hosts in brackets.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Member, MemberRole, ServerId } from '../../core/configuration.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Reason and remedy. */
export interface Complaint {
  readonly reason: string
  readonly remedy: string
}

/** Any address: the host for clients when the server line gives a port only. */
export const ANY_HOST = '0.0.0.0'

const SERVER = /^(\[[^\]]+\]|[^:;[\]]+):(\d+):(\d+)(?::([A-Za-z]+))?$/
const MEMBER = /^\s*server\.(\d+)\s*=(.*)$/s
const CLIENT = /^(?:(\[[^\]]+\]|[^:;[\]]+):)?(\d+)$/

const REMEDY = 'write host:quorumPort:electionPort[:participant|:observer][;[clientHost:]clientPort]'

const complain = (reason: string): Either<Complaint, never> => left({ reason, remedy: REMEDY })

/** Is it a port that can be listened on? */
export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

/** A server number, or any other whole number that is not negative. */
export const parseId = (text: string): number | undefined => {
  const id = /^\d+$/.test(text) ? Number(text) : undefined
  return id !== undefined && Number.isSafeInteger(id) ? id : undefined
}

/** `server.N=` and the value of a server line: a member as clients name it. */
export const parseMemberLine = (line: string): Either<Complaint, Member> => {
  const [, number = '', value = ''] = MEMBER.exec(line) ?? []
  const id = parseId(number)
  return id === undefined ? complain(`"${line}" names no server`) : parseServerLine(id, value.trim())
}

export const parseServerLine = (id: ServerId, value: string): Either<Complaint, Member> => {
  if (value.includes('|')) return complain('several addresses for one server are not supported')
  const [server = '', client, ...rest] = value.split(';').map((part) => part.trim())
  const match = SERVER.exec(server)
  if (match === null || rest.length > 0) return complain(`"${value}" is not a server line`)
  const [, host = '', quorum, election, roleText] = match
  const quorumPort = Number(quorum)
  const electionPort = Number(election)
  const role = roleOf(roleText)
  if (role === undefined) return complain(`"${roleText ?? ''}" is no role`)
  if (!isPort(quorumPort) || !isPort(electionPort)) return complain('a port must lie between 1 and 65535')
  if (quorumPort === electionPort) return complain(`quorum and election port are both ${quorumPort}`)
  const member: Member = { id, role, host: withoutBrackets(host), quorumPort, electionPort }
  if (client === undefined) return right(member)
  const clientAddress = parseClient(client)
  return clientAddress === undefined
    ? complain(`"${client}" is no client address`)
    : right({ ...member, clientAddress })
}

/** The text that parseServerLine reads; the role is always written. */
export const renderServerLine = (member: Member): string => {
  const { clientAddress, electionPort, host, quorumPort, role } = member
  const client = clientAddress === undefined ? '' : `;${showAddress(clientAddress)}`
  return `${withBrackets(host)}:${quorumPort}:${electionPort}:${role}${client}`
}

/** `host:port`, an IPv6 host in brackets. */
export const showAddress = ({ host, port }: Address): string => `${withBrackets(host)}:${port}`

const parseClient = (text: string): Address | undefined => {
  const match = CLIENT.exec(text)
  const port = Number(match?.[2])
  return match === null || !isPort(port) ? undefined : { host: withoutBrackets(match[1] ?? ANY_HOST), port }
}

const roleOf = (text: string | undefined): MemberRole | undefined => {
  const role = text?.toLowerCase() ?? 'participant'
  return role === 'participant' || role === 'observer' ? role : undefined
}

const withoutBrackets = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)

const withBrackets = (host: string): string => (host.includes(':') ? `[${host}]` : host)
