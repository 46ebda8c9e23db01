/** What may happen at one server, by itself. */
import { isLeading } from '../../src/core/leader/discovery.js'
import { countedWith } from '../../src/core/leader/learners.js'
import { quorumSystems } from '../../src/core/membership.js'
import type { Rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/server-id.js'
import { waitingWrites } from './local.js'
import type { Reductions } from './reductions.js'
import type { Site } from './site.js'
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
}

export const isLeader = (role: Menu['role']): boolean => role === 'Preparing' || role === 'Broadcasting'

export const readMenu = (rules: Rules, site: Site, reductions: Reductions): Menu => {
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
