/** Historical bugs as other values of the rules. The core itself knows nothing of them. */
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import * as Z from '../../src/core/zxid.js'

const withPremises = (changed: Partial<Rules['premises']>): Rules => ({ ...rules, premises: { ...rules.premises, ...changed } })
const withPlans = (changed: Partial<Rules['plans']>): Rules => ({ ...rules, plans: { ...rules.plans, ...changed } })

/** Any non-empty set of servers will do. */
const anybody = (systems: readonly QuorumSystem[], isIn: (server: number) => boolean): boolean =>
  systems.every((system) => (system.kind === 'Majority' ? system.voters : []).some(isIn))

export const mutants: Readonly<Record<string, Rules>> = {
  'ZK-335 zxid decides alone': withPremises({
    'ELEC-3.better': (offered, current) =>
      Z.isAfter(offered.zxid, current.zxid) || (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader),
    'DISC-5.followerAhead': (reported, own) => Z.isAfter(reported.lastZxid, own.lastZxid),
  }),
  'ZK-1154 range instead of membership': withPremises({ 'SYNC-4.member': () => true }),
  'ZK-1291 epoch offered before it is durable': withPlans({ 'DISC-3': ['acknowledge', 'persistAcceptedEpoch'] }),
  'ZK-1282 currentEpoch after the ACK': withPlans({ 'SYNC-2': ['persistHistory', 'acknowledge', 'persistCurrentEpoch'] }),
  'ZK-3911 NEWLEADER acknowledged before the history is durable': withPlans({
    'SYNC-2': ['acknowledge', 'persistHistory', 'persistCurrentEpoch'],
  }),
  'ZK-4643 currentEpoch before the history': withPlans({ 'SYNC-2': ['persistCurrentEpoch', 'persistHistory', 'acknowledge'] }),
  'promise answered before it is durable': withPlans({ 'DISC-4': ['acknowledge', 'persistAcceptedEpoch'] }),
  'ACK before the log': withPlans({ 'BCAST-3': ['acknowledge', 'persistEntry'] }),
  'follower ahead ignored': withPremises({ 'DISC-5.followerAhead': () => false, 'ELEC-3.better': (o, c) => o.leader > c.leader }),
  'ZK-2959 observers counted': withPremises({ 'OBS-1.counted': () => true, 'DISC-2.quorum': anybody, 'DISC-5.quorum': anybody }),
  'commit without a quorum': withPremises({ 'BCAST-5.quorum': anybody }),
  'established without a quorum': withPremises({ 'SYNC-3.quorum': anybody }),
  'an older epoch is accepted': withPremises({ 'DISC-4.newer': () => true }),
}
