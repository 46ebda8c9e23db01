/**
 * A reconfiguration: from what a client asks for to the transaction that writes /zookeeper/config. RECFG-1, RECFG-2.
 * The order of the checks decides which error a client sees, so it is ZooKeeper's.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Z from '../core/zxid.js'
import { votersOf } from '../core/quorum.js'
import { isAllowed, permission } from './acl.js'
import { decodeConfiguration, encodeConfiguration } from './configuration/data.js'
import { canonicalHost } from './configuration/host.js'
import { allAddressesOf, hasSameAddresses, parseId, parseMemberLine } from './configuration/server-line.js'
import {
  MAXIMUM_MEMBERS,
  MAXIMUM_PROPOSED_TEXT_BYTES,
  parseConfigurationText,
  renderConfigurationText,
} from './configuration/text.js'
import { errorCode } from './error.js'
import { CONFIGURATION_PATH } from './path.js'
import { sessionError } from './session.js'
import { find } from './tree.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Configuration, Member } from '../core/configuration.js'
import type { Zxid } from '../core/zxid.js'
import type { Id } from './acl.js'
import type { Database } from './database.js'
import type { ErrorCode } from './error.js'
import type { ReconfigRequest } from './request.js'
import type { SimpleRecord } from './transaction.js'

/** What the leader knows of its ensemble. */
export interface EnsembleView {
  /** The configuration that a request changes. */
  readonly committed: Configuration
  /** RECFG-1: is none under way? RECFG-2: is a quorum of the proposed one here, and up to date? */
  readonly check: (proposed: Configuration) => 'Possible' | 'InProgress' | 'NoQuorum'
}

export interface ReconfigurationContext {
  /** The zxid of the transaction, and the version of its configuration. */
  readonly zxid: Zxid
  readonly ids: readonly Id[]
  readonly session: 'valid' | 'expired' | 'moved'
  /** undefined: reconfiguration is disabled. */
  readonly ensemble?: EnsembleView
}

type ReconfigRecord = Extract<SimpleRecord, { readonly type: 'setData' | 'reconfig' }>

/** ZooKeeper writes this version, not the one after the last: the configuration's own is in the text. */
const NODE_VERSION = -1

/** The record, or the first check that failed. */
export const reconfiguration = (
  database: Database,
  { ensemble, ids, session, zxid }: ReconfigurationContext,
  request: ReconfigRequest,
): Either<ErrorCode, ReconfigRecord> => {
  // 1, 2: the switch comes before the session.
  if (ensemble === undefined) return E.left(errorCode.RECONFIGDISABLED)
  if (session !== 'valid') return E.left(sessionError(session))
  // 3: RECFG-1.
  const { committed, check } = ensemble
  if (check(committed) === 'InProgress') return E.left(errorCode.RECONFIGINPROGRESS)
  // 4: the client may have looked at an older one.
  const { fromConfig } = request
  if (!Z.equals(fromConfig, Z.UNTRUSTED) && !Z.equals(fromConfig, committed.version))
    return E.left(errorCode.BADVERSION)
  // 5: the request itself.
  const proposed = proposedConfiguration(committed, request, zxid)
  if (E.isLeft(proposed)) return proposed
  // 6: RECFG-2.
  if (check(proposed.right) !== 'Possible') return E.left(errorCode.NEWCONFIGNOQUORUM)
  // 7: permission, last of all.
  const node = find(database.tree, CONFIGURATION_PATH)
  if (node === undefined) return E.left(errorCode.NONODE)
  if (!isAllowed(node.acl, permission.WRITE, ids)) return E.left(errorCode.NOAUTH)
  const data = encodeConfiguration(proposed.right)
  return E.right({ type: 'reconfig', path: CONFIGURATION_PATH, data, version: NODE_VERSION })
}

/** The configuration that the request makes of the committed one; its version is `zxid`. Left: BADARGUMENTS. */
export const proposedConfiguration = (
  committed: Configuration,
  { joining, leaving, newMembers }: ReconfigRequest,
  zxid: Zxid,
): Either<ErrorCode, Configuration> => {
  // ZooKeeper passes over the changes when there are new members too. Two wishes that contradict each other are a mistake.
  const isBoth = newMembers !== null && itemsOf(joining).length + itemsOf(leaving).length > 0
  const wanted = newMembers === null ? changed(committed, joining, leaving) : replaced(newMembers)
  if (isBoth || wanted === undefined) return E.left(errorCode.BADARGUMENTS)
  const proposed: Configuration = { ...wanted, version: zxid }
  return isSound(proposed) && keepsAddresses(committed, proposed) && keepsToOneAddress(committed, proposed)
    ? E.right(proposed)
    : E.left(errorCode.BADARGUMENTS)
}

/** Between commas, without blanks around them; empty ones are passed over, as ZooKeeper does. */
const itemsOf = (list: string | null): readonly string[] =>
  (list ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

// --- what is asked for

/** First those who leave, then those who join: a server that does both is there, and anew. Majorities only. */
const changed = (
  { members, quorums, version }: Configuration,
  joining: string | null,
  leaving: string | null,
): Configuration | undefined => {
  const leavers = itemsOf(leaving)
  const arrivals = itemsOf(joining)
  // More than an ensemble may have: looked at no further, as these texts come from anybody.
  if (leavers.length > MAXIMUM_MEMBERS || arrivals.length > MAXIMUM_MEMBERS) return undefined
  const gone = leavers.map(parseId)
  const joiners = arrivals.map(parseMemberLine)
  if (quorums.kind !== 'Majority' || gone.includes(undefined) || !joiners.every(E.isRight)) return undefined
  const come = joiners.map(({ right }) => right)
  if (!come.every(hasClientAddress)) return undefined
  const left = new Set(gone)
  const next = new Map([...members.filter(({ id }) => !left.has(id)), ...come].map((member) => [member.id, member]))
  const all = [...next.values()].toSorted((first, second) => first.id - second.id)
  const voters = all.filter(({ role }) => role === 'participant').map(({ id }) => id)
  return { version, members: all, quorums: { kind: 'Majority', voters } }
}

/** A whole configuration, groups and weights too. A version in it says nothing. Line ends part it as well as commas. */
const replaced = (newMembers: string): Configuration | undefined => {
  const parsed = parseConfigurationText(newMembers.replaceAll(',', '\n'))
  return E.isRight(parsed) && parsed.right.members.every(hasClientAddress) ? parsed.right : undefined
}

/** Each server needs its three ports: a static file, where the third might stand, is of no help to the others. */
const hasClientAddress = ({ clientAddress }: Member): boolean => clientAddress !== undefined

// --- what is allowed

/** One that can decide, whose members can listen side by side, and that every server will read as it was meant. */
const isSound = (proposed: Configuration): boolean => {
  const addresses = proposed.members.flatMap(listenersOf)
  return votersOf(proposed.quorums).length > 0 && new Set(addresses).size === addresses.length && isReadable(proposed)
}

/** Hosts that do not tell machines apart, in one spelling. */
const ON_EVERY_MACHINE: ReadonlySet<string> = new Set(
  ['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'].map(canonicalHost),
)

/** Where a member listens. A client address that does not tell machines apart is one on the member's own. */
const listenersOf = (member: Member): readonly string[] => {
  const own = allAddressesOf(member).flatMap(({ electionPort, host, quorumPort }) => [
    `${quorumPort} ${canonicalHost(host)}`,
    `${electionPort} ${canonicalHost(host)}`,
  ])
  const { clientAddress } = member
  if (clientAddress === undefined) return own
  const host = canonicalHost(clientAddress.host)
  return [...own, `${clientAddress.port} ${ON_EVERY_MACHINE.has(host) ? canonicalHost(member.host) : host}`]
}

/** The leader acts on the value, all others on its text: a host with, say, a line end in it would part them. */
const isReadable = (proposed: Configuration): boolean => {
  const data = encodeConfiguration(proposed)
  const read = data.length > MAXIMUM_PROPOSED_TEXT_BYTES ? undefined : decodeConfiguration(data)
  return read !== undefined && renderConfigurationText(read) === renderConfigurationText(proposed)
}

/**
 * ZooKeeper lets a member move. Here it keeps its host and ports, since connections that stand, and the choice of the
 * leader that goes on (RECFG-5), go by its id. To move a server: let it leave, and join in a second step.
 */
const keepsAddresses = (committed: Configuration, proposed: Configuration): boolean => {
  const before = new Map(committed.members.map((member) => [member.id, member]))
  return proposed.members.every((member) => {
    const old = before.get(member.id)
    return old === undefined || hasSameAddresses(old, member)
  })
}

/**
 * ZooKeeper's servers refuse several addresses of one server unless all are told to look for them (multiAddress.enabled), and
 * then cannot read the configuration. So they come in by zoo.cfg, on all servers, before a reconfiguration may name them.
 */
const keepsToOneAddress = (committed: Configuration, proposed: Configuration): boolean =>
  committed.members.some(hasSeveral) || !proposed.members.some(hasSeveral)

const hasSeveral = ({ otherAddresses }: Member): boolean => otherAddresses !== undefined
