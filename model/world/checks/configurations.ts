/**
 * Who decides, as the logs and the committed sequence tell it; never as servers believe. RECFG-3.
 *
 * C is the last configuration in the committed sequence. An entry of that sequence needs a quorum of the C that stands before
 * it; a reconfiguration needs one of its own too. What follows a reconfiguration commits behind it, so that by then its own
 * configuration is C: "both, from the proposal until the activation" comes to just that.
 *
 * A leader needs a quorum of C, and of the last configuration in its initial history when that is not committed yet (RECFG-6).
 */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Configuration } from '../../../src/core/configuration.js'
import type { Entry } from '../../../src/core/message.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import { configurationOf } from '../../../src/service/configuration/data.js'
import { renderConfigurationText } from '../../../src/service/configuration/text.js'
import type { Transaction } from '../../../src/service/transaction.js'
import type { Report } from './host.js'

/** More than half of them decide: the world knows no other quorums. */
export type Voters = readonly ServerId[]

export interface Configurations {
  /** A server logs the entry. */
  readonly logged: (server: ServerId, entry: Entry<Transaction>) => void
  /** The entry is committed, behind all those before it. */
  readonly committed: (entry: Entry<Transaction>) => void
  /** C. */
  readonly current: () => Voters
  /** Version of C; zero before the first reconfiguration. */
  readonly version: () => Zxid
  /** Who must agree to the commit of that entry, which is the next one. */
  readonly askedFor: (entry: Pick<Entry<Transaction>, 'zxid'>) => readonly Voters[]
  /** Who must agree to the leader of an epoch with that initial history. */
  readonly askedForLeader: (history: readonly Zxid[]) => readonly Voters[]
  /** Who decided before the committed reconfiguration of that zxid; undefined for any other entry. */
  readonly before: (zxid: Zxid) => Voters | undefined
  /** What the entry of that zxid proposes. */
  readonly proposedAt: (zxid: Zxid) => Configuration | undefined
  /** The last proposal among these. */
  readonly lastIn: (history: readonly Zxid[]) => Configuration | undefined
  /** Everyone who has a vote in any configuration that has been proposed so far. */
  readonly everVoters: () => Voters
}

export const makeConfigurations = (first: Voters, isReconfigurable: boolean, report: Report): Configurations => {
  const proposals = new Map<string, Configuration>()
  const befores = new Map<string, Voters>()
  let current = first
  let version = Z.ZERO
  let everVoters = first

  const logged = (server: ServerId, { zxid, transaction, configuration }: Entry<Transaction>): void => {
    const proposed = isReconfigurable ? configurationOf(transaction) : undefined
    if ((configuration === undefined) !== (proposed === undefined))
      report(
        'RECFG-1',
        `server ${server} takes ${Z.show(zxid)} for ${proposed === undefined ? 'a' : 'no'} reconfiguration`,
      )
    if (proposed === undefined) return
    if (configuration !== undefined && renderConfigurationText(configuration) !== renderConfigurationText(proposed))
      report('RECFG-1', `server ${server} reads another configuration from ${Z.show(zxid)} than was proposed`)
    proposals.set(Z.show(zxid), proposed)
    everVoters = [...new Set([...everVoters, ...votersIn(proposed)])]
  }

  const committed = ({ zxid }: Entry<Transaction>): void => {
    const proposed = proposals.get(Z.show(zxid))
    if (proposed === undefined) return
    befores.set(Z.show(zxid), current)
    current = votersIn(proposed)
    version = zxid
  }

  const askedFor = ({ zxid }: Pick<Entry<Transaction>, 'zxid'>): readonly Voters[] => {
    const proposed = proposals.get(Z.show(zxid))
    return proposed === undefined ? [current] : [current, votersIn(proposed)]
  }

  const lastIn = (history: readonly Zxid[]): Configuration | undefined =>
    proposals.size === 0
      ? undefined
      : history.reduceRight<Configuration | undefined>((last, zxid) => last ?? proposals.get(Z.show(zxid)), undefined)

  const askedForLeader = (history: readonly Zxid[]): readonly Voters[] => {
    const last = lastIn(history)
    return last === undefined || befores.has(Z.show(last.version)) ? [current] : [current, votersIn(last)]
  }

  return {
    logged,
    committed,
    current: () => current,
    version: () => version,
    askedFor,
    askedForLeader,
    before: (zxid) => befores.get(Z.show(zxid)),
    proposedAt: (zxid) => proposals.get(Z.show(zxid)),
    lastIn,
    everVoters: () => everVoters,
  }
}

const votersIn = ({ members }: Configuration): Voters =>
  members.filter(({ role }) => role === 'participant').map(({ id }) => id)
