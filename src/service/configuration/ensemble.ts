/** Members and quorums from `server.N`, `group.N` and `weight.N`: the part that zoo.cfg and the configuration text share. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Configuration, Member, ServerId } from '../../core/configuration.js'
import type { QuorumGroup, QuorumSystem } from '../../core/quorum.js'
import type { Zxid } from '../../core/zxid.js'
import type { ConfigurationError } from './error.js'
import type { Property } from './properties.js'
import { parseId, parseServerLine, renderServerLine } from './server-line.js'

/** True for the keys that parseEnsemble reads. */
export const isEnsembleKey = (key: string): boolean => KEY.test(key)

const KEY = /^(server|group|weight)\.(.*)$/

/** A number in a key, and the property that holds it. */
interface Numbered {
  readonly number: number
  readonly property: Property
}

/** The configuration that these properties describe; properties with other keys are not looked at. */
export const parseEnsemble = (
  properties: readonly Property[],
  version: Zxid,
  file: string,
): Either<readonly ConfigurationError[], Configuration> => {
  const errors: ConfigurationError[] = []
  const complain = (property: Property, reason: string, remedy: string): void => {
    errors.push({ kind: 'Invalid', file, line: property.line, key: property.key, reason, remedy })
  }
  const servers = numbered(properties, 'server', complain)
  const groups = numbered(properties, 'group', complain)
  const weights = numbered(properties, 'weight', complain)
  const members = parseMembers(servers, complain).toSorted((first, second) => first.id - second.id)
  const quorums = parseQuorums(members, groups, weights, complain)
  return errors.length > 0 ? left(errors) : right({ version, members, quorums })
}

type Complain = (property: Property, reason: string, remedy: string) => void

/** The properties `prefix.N`, each N once. */
const numbered = (properties: readonly Property[], prefix: string, complain: Complain): readonly Numbered[] => {
  const seen = new Map<number, Numbered>()
  for (const property of properties) {
    const match = KEY.exec(property.key)
    if (match?.[1] !== prefix) continue
    const number = parseId(match[2] ?? '')
    const earlier = number === undefined ? undefined : seen.get(number)
    if (number === undefined)
      complain(property, `"${match[2] ?? ''}" is no ${prefix} number`, `write ${prefix}.1, ${prefix}.2 and so on`)
    else if (earlier !== undefined)
      complain(property, `line ${earlier.property.line} has this key already`, 'remove one of the two')
    else seen.set(number, { number, property })
  }
  return [...seen.values()]
}

const parseMembers = (servers: readonly Numbered[], complain: Complain): readonly Member[] =>
  servers.flatMap(({ number, property }) => {
    const member = parseServerLine(number, property.value)
    if (member._tag === 'Right') return [member.right]
    complain(property, member.left.reason, member.left.remedy)
    return []
  })

/** QUO-1 without groups, QUO-2 with them. */
const parseQuorums = (
  members: readonly Member[],
  groups: readonly Numbered[],
  weights: readonly Numbered[],
  complain: Complain,
): QuorumSystem => {
  const voters = members.filter((member) => member.role === 'participant').map((member) => member.id)
  const first = groups[0] ?? weights[0]
  if (first === undefined) return { kind: 'Majority', voters }
  const known: ReadonlySet<ServerId> = new Set(voters)
  const weightOf = parseWeights(weights, known, complain)
  const groupOf = new Map<ServerId, number>()
  const parsed = groups
    .toSorted((one, other) => one.number - other.number)
    .map((group) => parseGroup(group, known, groupOf, weightOf, complain))
  for (const voter of voters)
    if (!groupOf.has(voter))
      complain(first.property, `server ${voter} is in no group`, 'name every participant in exactly one group')
  if (parsed.every((group) => group.members.every((member) => member.weight === 0)))
    complain(first.property, 'all weights are 0, so nothing could ever be decided', 'give some server a weight above 0')
  return { kind: 'Hierarchical', groups: parsed }
}

const parseWeights = (
  weights: readonly Numbered[],
  voters: ReadonlySet<ServerId>,
  complain: Complain,
): ReadonlyMap<ServerId, number> =>
  new Map(
    weights.map(({ number, property }) => {
      const weight = parseId(property.value)
      if (weight === undefined)
        complain(property, `"${property.value}" is no weight`, 'write a whole number, 0 or more')
      if (!voters.has(number))
        complain(property, `server ${number} is no participant`, `remove the line or add server.${number}`)
      return [number, weight ?? 1]
    }),
  )

/** `sid:sid:…`; adds its members to `groupOf`. */
const parseGroup = (
  { number: id, property }: Numbered,
  voters: ReadonlySet<ServerId>,
  groupOf: Map<ServerId, number>,
  weightOf: ReadonlyMap<ServerId, number>,
  complain: Complain,
): QuorumGroup => {
  const members = property.value.split(':').flatMap((text) => {
    const sid = parseId(text.trim())
    const earlier = sid === undefined ? undefined : groupOf.get(sid)
    if (sid === undefined) complain(property, `"${text}" is no server number`, 'write the numbers with : between them')
    else if (earlier !== undefined)
      complain(property, `server ${sid} is in group ${earlier} already`, 'name every participant in exactly one group')
    else if (!voters.has(sid))
      complain(property, `server ${sid} is no participant`, `remove it or add server.${sid} as a participant`)
    else {
      groupOf.set(sid, id)
      return [{ id: sid, weight: weightOf.get(sid) ?? 1 }]
    }
    return []
  })
  return { id, members }
}

/** The properties that parseEnsemble reads back, ascending: members, then groups and weights when there are groups. */
export const ensembleProperties = ({
  members,
  quorums,
}: Configuration): readonly (readonly [key: string, value: string])[] => {
  const servers = members.map((member) => [`server.${member.id}`, renderServerLine(member)] as const)
  switch (quorums.kind) {
    case 'Majority':
      return servers
    case 'Hierarchical': {
      const groups = quorums.groups.map(
        (group) => [`group.${group.id}`, group.members.map((member) => member.id).join(':')] as const,
      )
      const weights = quorums.groups
        .flatMap((group) => group.members)
        .map((member) => [`weight.${member.id}`, String(member.weight)] as const)
      return [...servers, ...groups, ...weights]
    }
  }
}
