/**
 * Whom a data directory belongs to, and whom zoo.cfg says that it does. Pure.
 *
 * A member's directory never starts alone by a slip: the others may hold writes that this server has not seen, and what it
 * would write alone, in an epoch of its own, would win against them once the configuration is put right.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Configuration, ServerId } from '../../core/configuration.js'
import type { QuorumSystem } from '../../core/quorum.js'
import { isQuorum, votersOf } from '../../core/quorum.js'
import * as Z from '../../core/zxid.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import type { LastEnsemble } from '../storage/last-ensemble.js'
import type { Recovered } from '../storage/recovery.js'

export interface Membership {
  /** What the directory is marked with from now on. */
  readonly mark: LastEnsemble
  /** Those voters could forget what the former ones have acknowledged: the old mark stays until they have served. */
  readonly isMarkedLater: boolean
  readonly warnings: readonly string[]
}

/** Left: why this server must not start, and what to do. */
export const judgeMembership = (
  configuration: ServerConfiguration,
  { durable, found }: Pick<Recovered, 'durable' | 'found'>,
): Either<string, Membership> => {
  const { self } = configuration
  const now = effective(configuration, durable.configuration)
  const isAlone = configuration.standalone || isQuorum(now.quorums, (id) => id === self)
  if (isAlone && !durable.trusted) return left(nobodyToAsk(configuration))
  const before = lastKnown(found.lastEnsemble, durable.configuration)
  const others = before?.kind === 'Ensemble' ? votersOf(before.configuration.quorums).filter((id) => id !== self) : []
  const isForeign = before === undefined && found.acceptedEpoch > 0
  if (isAlone && !configuration.startAlone && (others.length > 0 || isForeign))
    return left(refusal(configuration, others))
  // Told to give up what the others have: that is over with this start, and the key may go.
  const isOnItsOwn = configuration.standalone || (isAlone && configuration.startAlone)
  const mark: LastEnsemble = isOnItsOwn ? { kind: 'Alone' } : { kind: 'Ensemble', configuration: now }
  const isForgetful = !isAlone && before?.kind === 'Ensemble' && mayForget(before.configuration.quorums, now.quorums)
  return right({
    mark,
    isMarkedLater: isForgetful,
    warnings: isForgetful ? [changed(votersOf(before.configuration.quorums), now)] : [],
  })
}

/** RECFG-4: the newer of what is stored and what zoo.cfg says, where reconfiguration is enabled. */
const effective = (
  { ensemble, reconfigEnabled, standalone }: ServerConfiguration,
  stored: Configuration | undefined,
): Configuration =>
  reconfigEnabled && !standalone && stored !== undefined && Z.isAfter(stored.version, ensemble.version)
    ? stored
    : ensemble

/** A configuration that was agreed on after the mark was made counts more: the ensemble itself has changed. */
const lastKnown = (
  marked: LastEnsemble | undefined,
  committed: Configuration | undefined,
): LastEnsemble | undefined => {
  if (committed === undefined || marked?.kind === 'Alone') return marked
  return marked === undefined || Z.isAfter(committed.version, marked.configuration.version)
    ? { kind: 'Ensemble', configuration: committed }
    : marked
}

/** Beyond so many voters in common the answer is the cautious one. */
const MOST_IN_COMMON = 16

/**
 * Is there a quorum of `later` and one of `earlier` without a server in common? Then the later ensemble may decide without
 * having heard of what the earlier one has acknowledged.
 */
export const mayForget = (earlier: QuorumSystem, later: QuorumSystem): boolean => {
  const before = new Set<ServerId>(votersOf(earlier))
  const common = votersOf(later).filter((id) => before.has(id))
  if (common.length > MOST_IN_COMMON) return !isSameSet(before, new Set(votersOf(later)))
  // Servers of one of the two are of use to that one only; those in common go to either, in every way.
  for (let split = 0; split < 2 ** common.length; split += 1) {
    const toLater = new Set(common.filter((_, index) => ((split >> index) & 1) === 1))
    const isCommon = new Set(common)
    const hasLater = isQuorum(later, (id) => (isCommon.has(id) ? toLater.has(id) : true))
    const hasEarlier = isQuorum(earlier, (id) => (isCommon.has(id) ? !toLater.has(id) : true))
    if (hasLater && hasEarlier) return true
  }
  return false
}

const isSameSet = (one: ReadonlySet<ServerId>, other: ReadonlySet<ServerId>): boolean =>
  one.size === other.size && [...one].every((id) => other.has(id))

const KEY = 'startAloneThoughOthersMayHaveNewerWrites'

const refusal = ({ dataDir }: ServerConfiguration, others: readonly ServerId[]): string =>
  `${dataDir} belongs to a member of an ensemble${others.length === 0 ? '' : ` with server ${others.join(', ')}`}, and this ` +
  'configuration lets it decide alone: writes that the others have acknowledged may be missing here, and would be lost. ' +
  `Remedy: put the server lines of the ensemble back into zoo.cfg; to give up what the others have, write ${KEY}=yes`

const nobodyToAsk = ({ dataDir, dataLogDir }: ServerConfiguration): string =>
  `${dataDir} is empty, db.autocreate is false, and there is no other server to get the data from. Remedy: if this is a ` +
  `new server, create the empty file ${dataLogDir}/initialize; otherwise restore a backup`

const changed = (before: readonly ServerId[], now: Configuration): string =>
  `this server last ran with voters ${before.join(', ')}; voters ${votersOf(now.quorums).join(', ')} can decide without ` +
  'having heard of all that those have acknowledged: such writes may be lost. Remedy: change voters one at a time, each ' +
  'time with a majority of the old ones running, or by reconfiguration (reconfigEnabled=true)'
