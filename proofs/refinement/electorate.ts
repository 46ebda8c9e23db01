/**
 * Whose quorums decide while an ensemble is reconfigured: RECFG-1, 3, 5, 6 and 9 as the judge has them, from what a history
 * holds and what is committed of it. What a server believes of its configuration does not come in.
 *
 * A reconfiguration is a transaction of a history like any other. So a history tells all of them, in their order, the initial
 * configuration before the first; and of each it is known whether it is committed.
 */
import type { Configuration, Member } from '../../src/core/configuration.js'
import { areSame } from '../../src/core/quorum.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'

// --- model

/** A reconfiguration in a history. Its version is the zxid of its transaction. */
export interface Reconfiguration {
  readonly configuration: Configuration
  /** Some epoch has committed it. */
  readonly isCommitted: boolean
}

/** Those of one history, in the order of their zxids. */
export type Reconfigurations = readonly Reconfiguration[]

// --- operations

/**
 * A quorum of each of these decides about the end of the history: of the last reconfiguration, and while that is not committed
 * of the one before as well. For the commit of a transaction it is the history up to there (RECFG-3), for discovery the
 * leader's report, and for establishment the initial history of the epoch (RECFG-6).
 */
export const electorate = (initial: Configuration, reconfigurations: Reconfigurations): readonly Configuration[] => {
  const last = reconfigurations.at(-1)
  if (last === undefined) return [initial]
  if (last.isCommitted) return [last.configuration]
  return [reconfigurations.at(-2)?.configuration ?? initial, last.configuration]
}

/** RECFG-1: another one may be proposed behind those of the history: the last one is committed. */
export const mayPropose = (reconfigurations: Reconfigurations): boolean => reconfigurations.at(-1)?.isCommitted ?? true

/**
 * RECFG-5, RECFG-9: a server may go by this configuration. It is a committed reconfiguration; or the initial one with ⟨e, 0⟩ for
 * a version, once a quorum has agreed to epoch e or a later one. `committed`: of all histories, in any order.
 */
export const mayActivate = (
  initial: Configuration,
  committed: readonly Configuration[],
  isAgreed: (epoch: Epoch) => boolean,
  configuration: Configuration,
): boolean => {
  const { version } = configuration
  return Z.isNewLeaderZxid(version)
    ? isAgreed(version.epoch) && haveSameMembers(initial, configuration)
    : [{ ...initial, version: Z.ZERO }, ...committed].some(
        (known) => Z.equals(known.version, version) && haveSameMembers(known, configuration),
      )
}

/** The same servers in the same roles, deciding by the same quorums. Addresses are nothing to a judge. */
export const haveSameMembers = (first: Configuration, second: Configuration): boolean =>
  areSame([first.quorums], [second.quorums]) && rolesIn(first) === rolesIn(second)

/** `1+2+3` for voters. */
export const describe = (configurations: readonly Configuration[]): string =>
  configurations
    .map((configuration) => `{${rolesIn(configuration)}} (version ${Z.show(configuration.version)})`)
    .join(' and ')

/** The reconfigurations of a history up to a zxid. */
export const upTo = (reconfigurations: Reconfigurations, zxid: Zxid): Reconfigurations =>
  reconfigurations.filter(({ configuration }) => !Z.isAfter(configuration.version, zxid))

const rolesIn = ({ members }: Configuration): string =>
  members
    .toSorted((one, other) => one.id - other.id)
    .map(({ id, role }: Member) => (role === 'observer' ? `${id} observes` : String(id)))
    .join(', ')
