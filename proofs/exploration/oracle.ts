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
import type { ServerId } from '../../src/core/server-id.js'
import * as Z from '../../src/core/zxid.js'
import type { Grain } from './grain.js'
import { canonical } from './site.js'

/** ELEC-5 and ELEC-7 accept what the oracle says, and no vote is ever unanimous, so that nothing else decides. */
const obeyed = (rules: Rules): Rules => ({
  ...rules,
  premises: {
    ...rules.premises,
    'ELEC-5.quorum': () => true,
    'ELEC-5.unanimous': () => false,
    'ELEC-7.leads': () => true,
  },
})

/** The configuration of one server among voters that are all alike. */
export const configurationOf = (
  rules: Rules,
  self: ServerId,
  servers: readonly ServerId[],
  voters: readonly ServerId[] = servers,
  window: number = defaultLimits.committedWindow,
): CoreConfig => ({
  self,
  ensemble: {
    version: Z.ZERO,
    members: servers.map((id) => ({
      id,
      role: voters.includes(id) ? 'participant' : 'observer',
      host: `server-${id}`,
      quorumPort: 2888,
      electionPort: 3888,
    })),
    quorums: { kind: 'Majority', voters },
  },
  timing: defaultTiming,
  limits: { ...defaultLimits, committedWindow: window },
  rules: obeyed(rules),
})

/** What the oracle says. The round is that of `canonical` (site.ts). */
export const named = (leader: ServerId): Event<never> => ({
  kind: 'Notified',
  from: leader,
  notification: {
    state: 'LEADING',
    vote: { leader, zxid: Z.ZERO, peerEpoch: 0 },
    round: 0,
    configurationVersion: Z.ZERO,
  },
})

export const oracle: Grain = { hasElections: false, step, configurationOf, canonical, objectTo: () => undefined }
