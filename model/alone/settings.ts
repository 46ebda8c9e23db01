/** What a core alone is started with. */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { DurableState } from '../../src/core/effect.js'
import * as S from '../../src/core/sequence.js'
import * as Z from '../../src/core/zxid.js'

/** The disk of a new server. */
export const emptyDisk: DurableState<never> = {
  acceptedEpoch: 0,
  currentEpoch: 0,
  base: Z.ZERO,
  entries: S.empty(),
  trusted: true,
}

/** Majorities of these voters; addresses that nobody dials. */
export const ensembleOf = (voters: readonly ServerId[], observers: readonly ServerId[] = []): Configuration => ({
  version: Z.ZERO,
  members: [
    ...voters.map((id) => ({ id, role: 'participant' as const, host: 'h', quorumPort: 1, electionPort: 2 })),
    ...observers.map((id) => ({ id, role: 'observer' as const, host: 'h', quorumPort: 1, electionPort: 2 })),
  ],
  quorums: { kind: 'Majority', voters },
})
