/**
 * Every number that another server can send, at its extremes, in every role and phase: what is durable, and what decides
 * who counts, moves no further than a named step and stays within its size (DISC-9, ELEC-13); afterwards an election still
 * comes to its end.
 */
import { describe, expect, it } from 'vitest'
import { bounds } from '../../src/core/bounds.js'
import type { Event } from '../../src/core/event.js'
import { lastZxid } from '../../src/core/history.js'
import type { ConnectionSide, Notification, QuorumMessage } from '../../src/core/message.js'
import type { Peer } from '../../src/core/peer.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as Z from '../../src/core/zxid.js'
import {
  ack,
  ackEpoch,
  broadcasting,
  configuration,
  diskOf,
  elected,
  enabled,
  entry,
  established,
  followerInfo,
  following,
  promised,
  Server,
  sync,
  synchronizing,
  vote,
  z,
} from './server.js'

type Messages = { readonly [Type in QuorumMessage<string>['type']]: Extract<QuorumMessage<string>, { type: Type }> }

const told = configuration([1, 2, 3], '1:1')
const reconfiguration = { ...entry('1:1'), configuration: told }

/** One of each, with every field: a new type does not compile until it is here, and each of its numbers is tried. */
const messages: Messages = {
  FOLLOWERINFO: { type: 'FOLLOWERINFO', role: 'participant', acceptedEpoch: 0, configurationVersion: Z.ZERO },
  ACKEPOCH: { type: 'ACKEPOCH', currentEpoch: 0, lastZxid: Z.ZERO },
  ACK: { type: 'ACK', zxid: z('1:1') },
  PING: { type: 'PING', zxid: z('1:1') },
  LEADERINFO: { type: 'LEADERINFO', epoch: 1 },
  DIFF: { type: 'DIFF', zxid: Z.ZERO },
  TRUNC: { type: 'TRUNC', zxid: Z.ZERO },
  SNAP: { type: 'SNAP', zxid: z('1:1'), configuration: told },
  PROPOSAL: { type: 'PROPOSAL', entry: reconfiguration },
  COMMIT: { type: 'COMMIT', zxid: z('1:1') },
  INFORM: { type: 'INFORM', entry: reconfiguration },
  COMMITANDACTIVATE: { type: 'COMMITANDACTIVATE', zxid: z('1:1'), leader: 2 },
  INFORMANDACTIVATE: { type: 'INFORMANDACTIVATE', entry: reconfiguration, leader: 2 },
  NEWLEADER: { type: 'NEWLEADER', epoch: 1, configuration: told },
  UPTODATE: { type: 'UPTODATE' },
}

const notification: Notification = {
  state: 'LOOKING',
  vote: vote(2, '1:1', 1),
  round: 1,
  configurationVersion: told.version,
  configuration: told,
}

const EXTREMES = (own: number): readonly number[] => [
  -(2 ** 63),
  -0x80000000,
  -1,
  0,
  own - 1,
  own + 1,
  own + bounds.epochStep,
  own + bounds.epochStep + 1,
  0x7ffffffe,
  0x7fffffff,
  bounds.lastRound,
  bounds.lastRound + 1,
  2 ** 53,
  2 ** 63 - 1,
]

/** The value once for each number in it, with that number replaced. Configurations are taken whole: members are no numbers. */
const variants = <A>(value: A, replacement: number): readonly A[] => {
  if (typeof value === 'number') return [replacement as A]
  if (typeof value !== 'object' || value === null || 'quorums' in value)
    return typeof value === 'object' && value !== null && 'version' in value
      ? variants(value.version, replacement).map((version) => ({ ...value, version }))
      : []
  return Object.entries(value).flatMap(([key, field]) =>
    variants(field, replacement).map((changed) => ({ ...value, [key]: changed })),
  )
}

type Situation = (using: Rules) => Server

const disk = diskOf(1, 1, '1:1')

const situations: Readonly<Record<string, Situation>> = {
  looking: (using) => new Server(3, { rules: using, ...enabled, disk }),
  'collecting epochs': (using) => elected({ rules: using, ...enabled, disk }).connects(2, 'learner'),
  'storing its promise': (using) =>
    elected({ rules: using, ...enabled })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0)),
  'collecting ACKEPOCHs': (using) =>
    elected({ rules: using, ...enabled })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0))
      .syncs(),
  'storing its epoch': (using) =>
    elected({ rules: using, ...enabled })
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0))
      .syncs()
      .receives(2, 'learner', ackEpoch(0, '0:0')),
  synchronizing: (using) => synchronizing({ rules: using, ...enabled }).connects(1, 'learner'),
  established: (using) =>
    established({ rules: using, ...enabled })
      .submits('a')
      .syncs()
      .connects(1, 'learner'),
  'established, a stranger': (using) => established({ rules: using, ...enabled }).connects(9, 'learner'),
  following: (using) => following({ rules: using, ...enabled, disk }),
  promised: (using) => promised({ rules: using, ...enabled }),
  receiving: (using) => promised({ rules: using, ...enabled }).receives(3, 'leader', sync('DIFF', '0:0')),
  acknowledging: (using) =>
    promised({ rules: using, ...enabled }).receives(3, 'leader', sync('DIFF', '0:0'), messages.NEWLEADER),
  broadcasting: (using) => broadcasting({ rules: using, ...enabled }),
}

const events = (own: number): readonly Event<string>[] =>
  EXTREMES(own).flatMap((extreme): readonly Event<string>[] => [
    ...Object.values(messages).flatMap((message: QuorumMessage<string>) =>
      variants(message, extreme).flatMap((changed) =>
        ([1, 2, 3, 9] as const).flatMap((from) =>
          (['leader', 'learner'] as const).map((side: ConnectionSide) => ({
            kind: 'Received' as const,
            from,
            side,
            message: changed,
          })),
        ),
      ),
    ),
    ...variants(notification, extreme).flatMap((changed) =>
      ([2, 9] as const).map((from) => ({ kind: 'Notified' as const, from, notification: changed })),
    ),
    { kind: 'Persisted', token: extreme },
  ])

/** What is wrong after the step, if anything. */
const excess = (before: Peer<string>, after: Peer<string>): string | undefined => {
  const wrong = [
    after.acceptedEpoch > before.acceptedEpoch + bounds.epochStep + 1 && 'acceptedEpoch moved too far',
    after.acceptedEpoch < before.acceptedEpoch && 'a promise was taken back',
    after.acceptedEpoch >= Z.MAX_EPOCH && 'acceptedEpoch is at its end',
    after.currentEpoch > after.acceptedEpoch && 'currentEpoch is after the promise',
    !(after.round >= before.round && after.round <= bounds.lastRound) && 'the round has left its size',
    !(after.nextToken >= before.nextToken && after.nextToken <= before.nextToken + 9) && 'tokens jump',
    after.pending.length > before.pending.length + 9 && 'too much is written',
    lastZxid(after.history).epoch > after.acceptedEpoch && 'the history is after the promise',
    after.configuration.committed.version.epoch >= Z.MAX_EPOCH && 'a version is at its end',
  ]
  return wrong.find((text) => text !== false)
}

/** Everything that goes wrong, with the event that did it. */
const run = (using: Rules): readonly string[] =>
  Object.entries(situations).flatMap(([name, situation]) => {
    const own = situation(using).peer.acceptedEpoch
    return events(own).flatMap((event) => {
      const server = situation(using)
      const before = server.peer
      const wrong = excess(before, server.on(event).syncs().peer)
      return wrong === undefined ? [] : [`${name}: ${wrong}: ${JSON.stringify(event)}`]
    })
  })

/** The server becomes leader of the next epoch, with voter 2 alone, whatever it was before. */
const electsAgain = (server: Server): boolean => {
  const { peer } = server
  server.fires('phase.limit').loses(2, 'learner').fires('leader.ping')
  const { round, acceptedEpoch } = server.peer
  const own = vote(server.self, Z.show(lastZxid(peer.history)), server.peer.currentEpoch)
  server.hears(2, own, round).hears(1, own, round).fires('election.finalize')
  return server.role === 'Leading' && server.peer.acceptedEpoch === acceptedEpoch
}

describe('numbers of other servers', () => {
  it('stay within their bounds, whatever they are and whenever they come', () => {
    expect(run(rules)).toEqual([])
  })

  it('leave a server that can be elected again', () => {
    const stuck = Object.entries(situations).flatMap(([name, situation]) =>
      events(1)
        .filter((event) => event.kind === 'Notified' || (event.kind === 'Received' && event.side === 'learner'))
        .flatMap((event) => {
          const server = situation(rules).on(event).syncs()
          return server.role === 'Stopped' ? [`${name}: ${JSON.stringify(event)}`] : []
        }),
    )
    expect(stuck).toEqual([])
    expect(electsAgain(new Server(3, { disk }).hears(2, vote(2, '1:1', 1), bounds.lastRound))).toBe(true)
    expect(electsAgain(established().receives(2, 'learner', ack('1:4294967295')))).toBe(true)
  })

  it.each([
    ['DISC-9.believed', /acceptedEpoch moved too far/],
    ['ELEC-13.believed', /the round has left its size/],
    ['RECFG-7.believed', /a version is at its end/],
  ] as const)('leave them when %s believes anything: the check would find it', (premise, what) => {
    const credulous: Rules = { ...rules, premises: { ...rules.premises, [premise]: () => true } }
    expect(run(credulous).join('\n')).toMatch(what)
  })
})
