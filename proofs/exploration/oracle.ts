/**
 * The election replaced by an oracle: whoever looks may be told that anybody leads, itself included, at any time.
 *
 * The shipped code takes the role: it is told so by a notification, and two premises of ELEC accept everything. That is
 * sound and stronger than any election, since ELEC-12 says that safety does not depend on whom elections name: whatever
 * the fast election does is among the things that the oracle may do.
 */
import type { CoreConfig } from '../../src/core/config.js'
import { defaultLimits, defaultTiming } from '../../src/core/config.js'
import type { Event } from '../../src/core/event.js'
import { step } from '../../src/core/peer.js'
import type { Rules } from '../../src/core/rules.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { MINIMAL_VOTE } from '../../src/core/vote.js'
import * as Z from '../../src/core/zxid.js'
import { configurationWith } from './configurations.js'
import type { Grain } from './grain.js'
import { canonical } from './site.js'

/** ELEC-5, 7 and 9 accept what the oracle says, and no vote is ever unanimous, so that nothing else decides. */
const obeyed = (rules: Rules): Rules => ({
  ...rules,
  premises: {
    ...rules.premises,
    'ELEC-5.quorum': () => true,
    'ELEC-5.unanimous': () => false,
    'ELEC-7.leads': () => true,
    'ELEC-9.voters': () => true,
  },
})

/** The configuration of one server among voters that are all alike. `members`: voters and observers. */
export const configurationOf = (
  rules: Rules,
  self: ServerId,
  members: readonly ServerId[],
  voters: readonly ServerId[] = members,
  window: number = defaultLimits.committedWindow,
  reconfiguration: CoreConfig['reconfiguration'] = 'Disabled',
): CoreConfig => ({
  self,
  ensemble: configurationWith(
    voters,
    members.filter((id) => !voters.includes(id)),
  ),
  timing: defaultTiming,
  reconfiguration,
  limits: { ...defaultLimits, committedWindow: window },
  rules: obeyed(rules),
})

/**
 * What the oracle says, through a server that the receiver knows as a voter: the leader itself, unless it is a stranger, as it
 * may be while configurations differ (RECFG-7). The round is that of `canonical` (site.ts).
 */
export const named = (leader: ServerId, through: ServerId = leader): Event<never> => ({
  kind: 'Notified',
  from: through,
  notification: {
    state: 'LEADING',
    vote: { leader, zxid: Z.ZERO, peerEpoch: 0 },
    round: 0,
    configurationVersion: Z.ZERO,
  },
})

/**
 * RECFG-7: who looks hears of a committed configuration, and nothing else. What else a notification says does not count, since
 * its sender neither looks nor leads; whom the receiver then follows, the oracle says.
 */
export const toldOf = (from: ServerId, configuration: Configuration): Event<never> => ({
  kind: 'Notified',
  from,
  notification: {
    state: 'OBSERVING',
    vote: MINIMAL_VOTE,
    round: 0,
    configurationVersion: configuration.version,
    configuration,
  },
})

export const oracle: Grain = { hasElections: false, step, configurationOf, canonical, objectTo: () => undefined }
