// A server without a quorum says what it waits for: first soon, then every so often, and not at all when it serves.
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/core/configuration.js'
import type { LeaderPhase, Learner, LearnerPhase, LearnerStage, Role } from '../../../src/core/state.js'
import * as S from '../../../src/core/sequence.js'
import { MINIMAL_VOTE } from '../../../src/core/vote.js'
import { ZERO } from '../../../src/core/zxid.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeWaitingLines, waitingFor, type WaitingPeer } from '../../../src/shell/server/waiting.js'

const ensemble: Configuration = {
  version: ZERO,
  members: [],
  quorums: { kind: 'Majority', voters: [1, 2, 3] },
}

const peer = (role: Role<unknown>, self = 1): WaitingPeer => ({
  self,
  configuration: { committed: ensemble, lastSeen: ensemble },
  role,
})

const finalVote = { vote: MINIMAL_VOTE, round: 1 }
const recorded = { vote: MINIMAL_VOTE, round: 1, state: 'LOOKING' } as const

const looking = (received: readonly number[], outOfElection: readonly number[] = []): Role<unknown> => ({
  kind: 'Looking',
  proposal: MINIMAL_VOTE,
  received: new Map(received.map((id) => [id, recorded])),
  outOfElection: new Map(outOfElection.map((id) => [id, recorded])),
  resendAfterMs: 200,
  finalizing: false,
  waiting: new Map(),
})

const following = (phase: LearnerPhase<unknown>): Role<unknown> => ({
  kind: 'Following',
  leader: 3,
  finalVote,
  phase,
  heard: 'heard',
})

const learner = (id: number, stage: LearnerStage, isCounted = true): Learner => ({
  id,
  isObserver: !isCounted,
  isCounted,
  stage,
  heard: 'heard',
  isLingering: false,
})

const leading = (phase: LeaderPhase, learners: readonly Learner[]): Role<unknown> => ({
  kind: 'Leading',
  finalVote,
  summary: { currentEpoch: 4, lastZxid: ZERO },
  phase,
  learners,
  committedFloor: ZERO,
  ownAck: ZERO,
  lagMark: ZERO,
})

const batch = { image: undefined, entries: S.empty<never>(), committedZxid: ZERO }
const acknowledged: LearnerStage = { kind: 'AcknowledgedEpoch', acceptedEpoch: 5, counts: true, lastZxid: ZERO }
const informed: LearnerStage = { kind: 'Informed', acceptedEpoch: 4 }

describe('what a server waits for', () => {
  it.each<readonly [Role<unknown>, string | undefined]>([
    [{ kind: 'Stopped' }, undefined],
    [looking([]), 'looking for a leader: heard 1 of 3 voters (server 1; not servers 2, 3)'],
    [looking([3, 1]), 'looking for a leader: heard 2 of 3 voters (servers 1, 3; not server 2)'],
    [looking([1, 2], [3]), 'looking for a leader: heard 3 of 3 voters (servers 1, 2, 3)'],
    // Who is no voter helps nobody.
    [looking([1, 9]), 'looking for a leader: heard 1 of 3 voters (server 1; not servers 2, 3)'],
    [following({ kind: 'Connecting', attemptsLeft: 3 }), 'connecting to leader 3'],
    [following({ kind: 'AwaitingLeaderInfo', attemptsLeft: 3 }), 'connected to leader 3, waiting for its epoch'],
    [following({ kind: 'AwaitingSync', epoch: 5 }), 'synchronizing with leader 3, epoch 5'],
    [following({ kind: 'Receiving', epoch: 5, batch }), 'synchronizing with leader 3, epoch 5'],
    [following({ kind: 'AwaitingUptodate', epoch: 5, committedZxid: ZERO }), 'synchronizing with leader 3, epoch 5'],
    [following({ kind: 'Broadcasting', epoch: 5 }), undefined],
    [
      leading({ kind: 'CollectingEpochs' }, [learner(2, informed), learner(3, { kind: 'Connected' })]),
      'leading, epoch not chosen yet, waiting for a quorum: 1 of 2 learners (server 2; not server 3)',
    ],
    [
      leading({ kind: 'CollectingAckEpochs', epoch: 5 }, [learner(2, acknowledged), learner(3, informed)]),
      'leading epoch 5, waiting for a quorum: 1 of 2 learners (server 2; not server 3)',
    ],
    [
      leading({ kind: 'CollectingAcks', epoch: 5 }, [learner(2, acknowledged), learner(9, informed, false)]),
      'leading epoch 5, waiting for a quorum: 0 of 2 learners (not servers 2, 3) synchronized',
    ],
    [
      leading({ kind: 'StoringCurrentEpoch', epoch: 5, plan: [] }, []),
      'leading epoch 5, waiting for the disk to store it',
    ],
    [leading({ kind: 'Broadcasting', epoch: 5, lastProposed: ZERO }, []), undefined],
  ])('%#', (role, text) => {
    expect(waitingFor(peer(role))).toBe(text)
  })
})

describe('the lines', () => {
  const start = () => {
    const lines: string[] = []
    const say = (level: string) => (text: string) => void lines.push(`${level} ${text}`)
    const timers = new Map<number, { readonly run: () => void; readonly afterMs: number }>()
    let next = 0
    const waiting = makeWaitingLines(
      () => peer(looking([1])),
      { info: say('info'), warn: say('warn'), error: say('error') },
      {
        setTimer: (run, afterMs) => {
          timers.set(++next, { run, afterMs })
          return next
        },
        clearTimer: (handle) => void timers.delete(Number(handle)),
      },
    )
    /** Fires the one timer that is set; how long it was. */
    const fire = (): number => {
      const [[id, timer] = []] = [...timers]
      if (id === undefined || timer === undefined) throw new Error('no timer is set')
      timers.delete(id)
      timer.run()
      return timer.afterMs
    }
    return { lines, timers, waiting, fire }
  }

  it('come first soon and as information, then rarely and as warnings', () => {
    const { lines, waiting, fire } = start()
    waiting.changed({ kind: 'NotServing' })
    expect([fire(), fire(), fire()]).toEqual([limits.waitingFirstMs, limits.waitingAgainMs, limits.waitingAgainMs])
    expect(lines.map((line) => line.slice(0, 25))).toEqual([
      'info looking for a leader',
      'warn looking for a leader',
      'warn looking for a leader',
    ])
  })

  it('are not put off by another word of the same wait, and end when it serves or stops', () => {
    const { timers, waiting, fire } = start()
    waiting.changed({ kind: 'NotServing' })
    waiting.changed({ kind: 'NotServing' })
    expect(timers.size).toBe(1)
    waiting.changed({ kind: 'Leader', epoch: 1 })
    expect(timers.size).toBe(0)
    waiting.changed({ kind: 'NotServing' })
    expect(fire()).toBe(limits.waitingFirstMs)
    waiting.stop()
    expect(timers.size).toBe(0)
  })
})
