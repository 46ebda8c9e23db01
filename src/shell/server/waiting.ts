/** What a server that does not serve waits for: said every so often, so that nobody has to guess. */
import type { ServerId } from '../../core/configuration.js'
import type { Service } from '../../core/effect.js'
import { allVoters } from '../../core/membership.js'
import type { LeaderPhase, Leading, Learner, Learning, Looking, Peer } from '../../core/state.js'
import { limits } from './limits.js'
import type { Log } from './log.js'
import { type Clock, makeTimers, processClock } from './timers.js'

/** What decides what a server waits for. */
export type WaitingPeer = Pick<Peer<unknown>, 'self' | 'configuration' | 'role'>

/** In words; undefined when it serves, or is about to without anybody's help. */
export const waitingFor = (peer: WaitingPeer): string | undefined => {
  switch (peer.role.kind) {
    case 'Stopped':
      return undefined
    case 'Looking':
      return lookingFor(peer, peer.role)
    case 'Following':
    case 'Observing':
      return learningFrom(peer.role)
    case 'Leading':
      return leadingWith(peer, peer.role)
  }
}

const lookingFor = (peer: WaitingPeer, { received, outOfElection }: Looking): string => {
  const voters = allVoters(peer)
  const isHeard = (id: ServerId): boolean => id === peer.self || received.has(id) || outOfElection.has(id)
  return `looking for a leader: heard ${share(voters.filter(isHeard), voters, 'voters')}`
}

const learningFrom = ({ leader, phase }: Learning<unknown>): string | undefined => {
  switch (phase.kind) {
    case 'Connecting':
      return `connecting to leader ${leader}`
    case 'AwaitingLeaderInfo':
      return `connected to leader ${leader}, waiting for its epoch`
    case 'StoringAcceptedEpoch':
    case 'AwaitingSync':
    case 'Receiving':
    case 'Acknowledging':
    case 'AwaitingUptodate':
      return `synchronizing with leader ${leader}, epoch ${phase.epoch}`
    case 'Broadcasting':
      return undefined
  }
}

const leadingWith = (peer: WaitingPeer, { phase, learners }: Leading): string | undefined => {
  const others = allVoters(peer).filter((id) => id !== peer.self)
  const arrived = (hasArrived: (learner: Learner) => boolean): string => {
    const there = learners.filter((learner) => learner.isCounted && hasArrived(learner)).map(({ id }) => id)
    return `waiting for a quorum: ${share(there, others, 'learners')}`
  }
  switch (phase.kind) {
    case 'CollectingEpochs':
      return `leading, epoch not chosen yet, ${arrived(({ stage }) => stage.kind !== 'Connected')}`
    case 'CollectingAckEpochs':
      return `leading epoch ${phase.epoch}, ${arrived(hasAcknowledgedEpoch)}`
    case 'CollectingAcks':
      return `leading epoch ${phase.epoch}, ${arrived(({ stage }) => stage.kind === 'Synced')} synchronized`
    case 'StoringAcceptedEpoch':
    case 'StoringCurrentEpoch':
      return storing(phase)
    case 'Broadcasting':
      return undefined
  }
}

const hasAcknowledgedEpoch = ({ stage }: Learner): boolean =>
  stage.kind === 'AcknowledgedEpoch' || stage.kind === 'Synchronizing' || stage.kind === 'Synced'

const storing = ({
  epoch,
}: Extract<LeaderPhase, { readonly kind: 'StoringAcceptedEpoch' | 'StoringCurrentEpoch' }>): string =>
  `leading epoch ${epoch}, waiting for the disk to store it`

/** `1 of 3 voters (server 2; not servers 1, 3)`. */
const share = (some: readonly ServerId[], all: readonly ServerId[], noun: string): string => {
  const missing = all.filter((id) => !some.includes(id))
  const names = [
    ...(some.length > 0 ? [serversOf(some)] : []),
    ...(missing.length > 0 ? [`not ${serversOf(missing)}`] : []),
  ]
  return `${some.length} of ${all.length} ${noun} (${names.join('; ')})`
}

const serversOf = (ids: readonly ServerId[]): string =>
  `${ids.length === 1 ? 'server' : 'servers'} ${ids.toSorted((one, other) => one - other).join(', ')}`

export interface WaitingLines {
  /** Whether the server serves has changed, or the server has started. */
  readonly changed: (service: Service) => void
  readonly stop: () => void
}

/**
 * Lines of a server that does not serve: the first one, when that has lasted `limits.waitingFirstMs`, is information; a
 * wait of `limits.waitingAgainMs` more is a warning, each time.
 */
export const makeWaitingLines = (peer: () => WaitingPeer, log: Log, clock: Clock = quietClock): WaitingLines => {
  let lines = 0
  const timers = makeTimers<'waiting'>(() => {
    const text = waitingFor(peer())
    if (text !== undefined) log[lines === 0 ? 'info' : 'warn'](text)
    lines += 1
    timers.set('waiting', limits.waitingAgainMs)
  }, clock)
  let isWaiting = false
  return {
    changed: (service) => {
      if (service.kind !== 'NotServing') {
        isWaiting = false
        timers.cancelAll()
      } else if (!isWaiting) {
        isWaiting = true
        lines = 0
        timers.set('waiting', limits.waitingFirstMs)
      }
    },
    stop: () => timers.cancelAll(),
  }
}

/** Does not keep the process alive. */
const quietClock: Clock = {
  ...processClock,
  setTimer: (run, afterMs) => setTimeout(run, afterMs).unref(),
}
