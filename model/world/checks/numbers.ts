/** What anybody's word may raise stays where a run of this world can have brought it. DISC-9, ELEC-13. */
import { isRound } from '../../../src/core/bounds.js'
import type { ServerId } from '../../../src/core/configuration.js'
import type { Epoch } from '../../../src/core/zxid.js'
import type { Report } from './host.js'

export interface Numbers {
  readonly numbered: (server: ServerId, numbers: { readonly round: number; readonly acceptedEpoch: Epoch }) => void
}

/** More than all elections of a run bring, and all that strangers can add in the small steps that they take. */
const LAST_EPOCH = 10_000

export const makeNumbers = (report: Report): Numbers => ({
  numbered: (server, { round, acceptedEpoch }) => {
    if (acceptedEpoch > LAST_EPOCH) report('DISC-9', `server ${server} has promised epoch ${acceptedEpoch}`)
    if (!isRound(round)) report('ELEC-13', `server ${server} is in round ${round}`)
  },
})
