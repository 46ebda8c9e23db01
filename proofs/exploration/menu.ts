/** What may happen at one server, by itself. */
import { isRight } from 'fp-ts/lib/Either.js'
import type { CoreConfig } from '../../src/core/config.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { countedWith, isLeading } from '../../src/core/leader/learners.js'
import { allVoters, quorumSystems } from '../../src/core/membership.js'
import type { Peer } from '../../src/core/peer.js'
import { canReconfigure } from '../../src/core/peer.js'
import { areSame } from '../../src/core/quorum.js'
import type { Rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Voters } from './configurations.js'
import { configurationWith } from './configurations.js'
import { waitingWrites } from './local.js'
import type { Reductions } from './reductions.js'
import type { Site, Transaction } from './site.js'
import { isLinked } from './site.js'

/** What may happen at a server, read off once. */
export interface Menu {
  readonly role: 'Looking' | 'Connecting' | 'Following' | 'Preparing' | 'Broadcasting' | 'Stopped'
  readonly leader: ServerId
  readonly isLinked: boolean
  /** It looks, and a quorum stands behind its proposal. */
  readonly isFinalizing: boolean
  readonly hasQuorum: boolean
  readonly learners: readonly ServerId[]
  readonly writes: number
  /** How many writes a sync may take. */
  readonly syncs: readonly number[]
  /** Where configurations change. */
  readonly known?: Known
}

/** What a server knows of configurations. */
interface Known {
  /** Whose word on elections it takes. */
  readonly voters: readonly ServerId[]
  readonly committed: Zxid
  /** What others may hear from it. */
  readonly told: readonly Configuration[]
  /** What it may propose now. RECFG-1, RECFG-2. */
  readonly proposable: readonly Voters[]
}

/** What is asked of a server where configurations change. */
export interface Asking {
  readonly config: CoreConfig
  readonly candidates: readonly Voters[]
}

export const isLeader = (role: Menu['role']): boolean => role === 'Preparing' || role === 'Broadcasting'

export const readMenu = (rules: Rules, site: Site, reductions: Reductions, asking?: Asking): Menu => {
  const { peer, writes } = site
  const { role } = peer
  const awaited = waitingWrites(site)
  const counts = writes.map((_, index) => index + 1)
  const base = {
    leader: 0,
    isLinked: isLinked(peer),
    isFinalizing: role.kind === 'Looking' && role.finalizing,
    hasQuorum: false,
    learners: [],
    writes: writes.length,
    // A write that nothing waits for changes nothing in memory when it becomes durable, and a crash may find it durable or
    // not all the same: it may as well become so together with the next one that matters, or never. And the core does the
    // same for two that become durable at once as for one after the other.
    syncs: reductions.syncWhatIsAwaited ? counts.filter((synced) => synced - 1 === awaited.indexOf(true)) : counts,
    ...(asking === undefined ? {} : { known: knownTo(peer, asking) }),
  }
  switch (role.kind) {
    case 'Stopped':
    case 'Looking':
      return { ...base, role: role.kind }
    case 'Following':
    case 'Observing':
      return { ...base, role: role.phase.kind === 'Connecting' ? 'Connecting' : 'Following', leader: role.leader }
    case 'Leading':
      return {
        ...base,
        role: role.phase.kind === 'Broadcasting' ? 'Broadcasting' : 'Preparing',
        learners: role.learners.map(({ id }) => id),
        hasQuorum:
          isLeading(peer) &&
          rules.premises['BCAST-8.quorum'](
            quorumSystems(peer),
            countedWith(peer, ({ stage }) => stage.kind === 'Synced'),
          ),
      }
  }
}

const knownTo = (peer: Peer<Transaction>, { config, candidates }: Asking): Known => {
  const { committed } = peer.configuration
  return {
    voters: allVoters(peer),
    committed: committed.version,
    told: toldBy(peer),
    proposable: candidates.filter(
      (voters) =>
        !areSame([committed.quorums], [{ kind: 'Majority', voters }]) &&
        isRight(canReconfigure(config, peer, configurationWith(voters))),
    ),
  }
}

/** RECFG-7: what is committed, and what it knows to have been before: a notification may have been long on its way. */
const toldBy = ({ configuration: { committed }, history }: Peer<Transaction>): readonly Configuration[] => [
  committed,
  ...S.slice(history.entries, 0, history.delivered).flatMap(({ configuration }) =>
    configuration !== undefined && Z.isBefore(configuration.version, committed.version) ? [configuration] : [],
  ),
]
