/** What servers do and what is done to them, but for elections: each of it is one successor of a state. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Objection } from './abstraction.js'
import type { Spending } from './budget.js'
import { unitOf, used } from './budget.js'
import type { Channels } from './channels.js'
import { EMPTY, NO_ITEM } from './channels.js'
import { transactionFor } from './configurations.js'
import type { Events } from './events.js'
import type { Happened } from './happening.js'
import type { Layout } from './layout.js'
import type { Menu } from './menu.js'
import { isLeader } from './menu.js'
import type { Network } from './network.js'
import type { Reductions } from './reductions.js'

/** `next` is the state after it, until the visit ends; it means nothing if there is an objection. */
export type Visit = (next: Int32Array, objection: Objection | undefined) => void

/** How something happens. */
export interface Doing {
  /** The state after it, while it is being made. */
  readonly next: Int32Array
  readonly note: (kind: Happened['kind'], server: ServerId, other: number, item: number) => void
  /** The event at the server, in `next` as prepared, and what follows from it at once. */
  readonly happen: (server: ServerId, event: number, visit: Visit) => void
  /** Something that a server does of itself. `unit`: what it costs. */
  readonly act: (state: Int32Array, server: ServerId, event: number, unit: number, visit: Visit) => void
  readonly isLeft: (state: Int32Array, what: Exclude<Spending, 'elections'>) => boolean
}

export interface Surroundings {
  readonly servers: readonly ServerId[]
  /** Whom the oracle may name. */
  readonly nameable: readonly ServerId[]
  readonly hasElections: boolean
  readonly reductions: Reductions
  readonly layout: Layout
  readonly channels: Channels
  readonly network: Network
  readonly events: Events
  readonly menuOf: (site: number) => Menu
}

/** Each visits all of its kind that may happen at the server. */
export interface Moves {
  readonly look: (state: Int32Array, server: ServerId, menu: Menu, visit: Visit) => void
  readonly connect: (state: Int32Array, server: ServerId, leader: ServerId, visit: Visit) => void
  readonly follow: (state: Int32Array, server: ServerId, visit: Visit) => void
  readonly lead: (state: Int32Array, server: ServerId, menu: Menu, visit: Visit) => void
  readonly sync: (state: Int32Array, server: ServerId, menu: Menu, visit: Visit) => void
  readonly crash: (state: Int32Array, server: ServerId, menu: Menu, visit: Visit) => void
  readonly receive: (state: Int32Array, server: ServerId, from: ServerId, isFromLearner: boolean, visit: Visit) => void
}

export const makeMoves = (
  { servers, nameable, hasElections, reductions, layout, channels, network, events, menuOf }: Surroundings,
  { next, note, happen, act, isLeft }: Doing,
): Moves => {
  const { budget: BUDGET, toLeader, toLearner } = layout
  const CLOSED = channels.itemNumber({ kind: 'Closed' })

  /** A server that follows refuses the connection, and nobody is the wiser. One that looks lets it wait until it leads. */
  const isDialled = (state: Int32Array, leader: ServerId): boolean => {
    const { role } = menuOf(state[leader - 1] ?? 0)
    return isLeader(role) || (role === 'Looking' && !reductions.dialLeadersOnly)
  }

  /**
   * Where configurations change, a server may be named that has no vote where it is named, or where it names itself: others may know
   * better (RECFG-7), and of what elections name safety must not depend (ELEC-12).
   */
  const look = (state: Int32Array, server: ServerId, { known }: Menu, visit: Visit): void => {
    const nameOf = (leader: ServerId): number => {
      const through = known === undefined || known.voters.includes(leader) ? leader : (known.voters[0] ?? leader)
      return events.named(through, leader)
    }
    if (nameable.includes(server) && isLeft(state, 'leaderships')) {
      note('Lead', server, 0, 0)
      act(state, server, nameOf(server), unitOf.leaderships, visit)
    }
    for (const leader of nameable) {
      if (leader === server || !isDialled(state, leader)) continue
      note('Follow', server, leader, 0)
      act(state, server, nameOf(leader), 0, visit)
    }
    if (known !== undefined)
      for (const other of servers) if (other !== server) hear(state, server, other, known.committed, visit)
  }

  /**
   * RECFG-7: what any other server has committed, which the core takes from any notification of it. It costs nothing: versions
   * grow, so it happens a few times at most. Notifications that name a leader too do no more than this and that after it.
   */
  const hear = (state: Int32Array, server: ServerId, from: ServerId, committed: Zxid, visit: Visit): void => {
    for (const configuration of menuOf(state[from - 1] ?? 0).known?.told ?? []) {
      if (!Z.isAfter(configuration.version, committed)) continue
      const number = events.numberOf(configuration)
      note('Told', server, from, number)
      act(state, server, events.told(number, from), 0, visit)
    }
  }

  const connect = (state: Int32Array, server: ServerId, leader: ServerId, visit: Visit): void => {
    if (isDialled(state, leader)) {
      note(hasElections ? 'Dial' : 'Redial', server, leader, 0)
      act(state, server, events.reconnect, 0, visit)
    }
    // Attempts at connecting run out.
    note('GiveUp', server, 0, 0)
    act(state, server, events.phaseLimit, 0, visit)
  }

  const follow = (state: Int32Array, server: ServerId, visit: Visit): void => {
    if (!isLeft(state, 'timeouts')) return
    note('GiveUp', server, 0, 0)
    act(state, server, events.phaseLimit, unitOf.timeouts, visit)
  }

  const lead = (state: Int32Array, server: ServerId, menu: Menu, visit: Visit): void => {
    const { role, hasQuorum, learners, known } = menu
    const mayTimeOut = isLeft(state, 'timeouts')
    if (role === 'Preparing' && mayTimeOut) {
      note('GiveUp', server, 0, 0)
      act(state, server, events.phaseLimit, unitOf.timeouts, visit)
    }
    if (role === 'Broadcasting' && !hasQuorum) {
      // Its followers have gone, which has been paid for.
      note('GiveUp', server, 0, 0)
      act(state, server, events.leaderPing, 0, visit)
    }
    if (role === 'Broadcasting' && isLeft(state, 'transactions')) {
      const transaction = 1 + used(state[BUDGET] ?? 0, 'transactions')
      note('Submit', server, transaction, 0)
      act(state, server, events.submitted(transaction), unitOf.transactions, visit)
    }
    if (known !== undefined && isLeft(state, 'reconfigurations'))
      for (const wanted of known.proposable) {
        const transaction = transactionFor(wanted)
        note('Reconfigure', server, transaction, 0)
        act(state, server, events.reconfigured(transaction), unitOf.reconfigurations, visit)
      }
    if (!mayTimeOut) return
    for (const learner of learners) {
      note('Drop', server, learner, 0)
      next.set(state)
      next[BUDGET] = (state[BUDGET] ?? 0) + unitOf.timeouts
      network.leaderCloses(next, learner, server)
      happen(server, events.lostLearner(learner), visit)
    }
  }

  const sync = (state: Int32Array, server: ServerId, { syncs: counts }: Menu, visit: Visit): void => {
    for (const count of counts) {
      note('Sync', server, count, 0)
      act(state, server, events.synced(count), 0, visit)
    }
  }

  const crash = (state: Int32Array, server: ServerId, { writes }: Menu, visit: Visit): void => {
    if (!isLeft(state, 'restarts')) return
    for (let kept = 0; kept <= writes; kept += 1) {
      note('Crash', server, kept, 0)
      next.set(state)
      next[BUDGET] = (state[BUDGET] ?? 0) + unitOf.restarts
      network.closeAll(next, server)
      happen(server, events.crashed(kept), visit)
    }
  }

  /** The first in the channel; or the end of the connection, with everything before it lost. */
  const receive = (state: Int32Array, server: ServerId, from: ServerId, isFromLearner: boolean, visit: Visit): void => {
    const place = isFromLearner ? toLeader(from, server) : toLearner(server, from)
    const channel = state[place] ?? EMPTY
    const item = channels.head(channel)
    if (item === NO_ITEM) return
    note('Arrive', server, from, item)
    next.set(state)
    next[place] = channels.rest(channel)
    happen(server, events.arrived(item, from, isFromLearner), visit)
    if (item === CLOSED || !channels.isClosed(channel)) return
    note('Lost', server, from, 0)
    next.set(state)
    next[place] = channels.afterClosed(channel)
    happen(server, events.arrived(CLOSED, from, isFromLearner), visit)
  }

  return { look, connect, follow, lead, sync, crash, receive }
}
