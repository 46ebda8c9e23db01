// Which disks a server may come back with, and what becomes of its vote: each rule of the ballots, from both sides.
import { describe, expect, it } from 'vitest'
import type { Ballots } from '../../../model/world/ballots.js'
import { makeBallots } from '../../../model/world/ballots.js'
import type { Disk } from '../../../model/world/disk.js'
import { makeDisk } from '../../../model/world/disk.js'
import type { Durable } from '../../../src/core/effect.js'
import { zxid } from '../../../src/core/zxid.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { database, entry } from './fixtures.js'

interface Bench {
  readonly ballots: Ballots
  readonly disk: (server: number) => Disk
  readonly store: (server: number, ...writes: readonly Durable<Transaction>[]) => void
}

const OBSERVER = 9

const bench = (voters: readonly number[] = [1, 2, 3], everVoters?: () => readonly number[]): Bench => {
  const disks = new Map([...voters, OBSERVER].map((id) => [id, makeDisk(database(0, 0))]))
  const disk = (server: number): Disk => disks.get(server) ?? makeDisk(database(0, 0))
  return {
    ballots: makeBallots({ voters, disk, everVoters }),
    disk,
    store: (server, ...writes) => {
      for (const durable of writes) disk(server).write({ kind: 'persist', token: 1, durable, image: undefined })
      disk(server).sync(writes.length)
    },
  }
}

const accepted = (epoch: number): Durable<Transaction> => ({ kind: 'AcceptedEpoch', epoch })
const current = (epoch: number): Durable<Transaction> => ({ kind: 'CurrentEpoch', epoch })
const append = (counter: number): Durable<Transaction> => ({ kind: 'Append', entries: [entry(1, counter)] })
const EPOCH_1 = [accepted(1), current(1)] as const

describe('an observer', () => {
  it('may lose whatever it has, whatever it has said, whoever else has lost something', () => {
    const { ballots, store } = bench()
    store(OBSERVER, ...EPOCH_1, append(1))
    ballots.spoke(OBSERVER)
    ballots.replace(1, 0, 'observer')
    expect([0, 1, 2].map((count) => ballots.comebackWith(OBSERVER, count))).toEqual([
      'observer',
      'observer',
      'observer',
    ])
    expect(ballots.hasVote(OBSERVER)).toBe(true)
  })
})

describe('a voter', () => {
  it('keeps its vote while it has told nobody of what is lost, and loses it with more', () => {
    const { ballots, disk, store } = bench()
    store(1, ...EPOCH_1, append(1))
    ballots.spoke(1)
    store(1, append(2), append(3))
    expect([5, 4, 3, 2, 0].map((count) => ballots.comebackWith(1, count))).toEqual([
      'member',
      'member',
      'member',
      'observer',
      'observer',
    ])
    ballots.replace(1, 3, 'member')
    expect(disk(1).lastZxid()).toEqual(zxid(1, 1))
    expect(ballots.hasVote(1)).toBe(true)
  })

  it.each<[string, Durable<Transaction>]>([
    ['a promise', accepted(2)],
    ['an epoch', current(1)],
    ['a truncation', { kind: 'Truncate', zxid: zxid(1, 1) }],
    ['an image', { kind: 'Snapshot', zxid: zxid(1, 1), entries: [] }],
  ])('loses it with %s, be it told or not', (_, durable) => {
    const { ballots, store } = bench()
    store(1, accepted(1), append(1), durable)
    expect(ballots.comebackWith(1, 3)).toBe('member')
    expect(ballots.comebackWith(1, 2)).toBe('observer')
  })

  it('votes again when it has adopted an epoch above all that it had promised, not before', () => {
    const { ballots, disk, store } = bench()
    store(1, ...EPOCH_1, append(1), accepted(2))
    ballots.spoke(1)
    ballots.replace(1, 0, 'observer')
    expect(ballots.hasVote(1)).toBe(false)
    expect(disk(1).acceptedEpoch()).toBe(0)
    // It is in step with a leader, and all that it had logged is there; but it had promised epoch 2 to another one.
    store(1, ...EPOCH_1, append(1))
    expect(ballots.restore(1)).toBe(false)
    store(1, accepted(2), current(2))
    expect(ballots.restore(1)).toBe(false)
    store(1, accepted(3))
    expect(ballots.restore(1)).toBe(false)
    store(1, current(3))
    expect(ballots.restore(1)).toBe(true)
    expect(ballots.hasVote(1)).toBe(true)
    expect(ballots.restore(1)).toBe(false)
    expect(ballots.comebackWith(1, disk(1).stored().length - 1)).toBe('observer')
  })

  it('without a vote stands for what it had at first, however often it loses its disk', () => {
    const { ballots, disk, store } = bench()
    store(1, ...EPOCH_1, append(1))
    ballots.spoke(1)
    ballots.replace(1, 0, 'observer')
    store(1, accepted(2))
    expect(ballots.comebackWith(1, 0)).toBe('observer')
    ballots.replace(1, 0, 'observer')
    expect(ballots.standsFor(1).has(zxid(1, 1))).toBe(true)
    expect(ballots.standsFor(1).currentEpoch()).toBe(1)
    expect(disk(1).has(zxid(1, 1))).toBe(false)
    expect(ballots.standsFor(2)).toBe(disk(2))
  })

  it('may not lose its disk when only half of the voters would be left; a damaged disk counts as lost', () => {
    const { ballots, disk, store } = bench([1, 2, 3, 4, 5])
    for (const id of [1, 2, 3]) {
      store(id, ...EPOCH_1, append(1))
      ballots.spoke(id)
    }
    ballots.replace(1, 0, 'observer')
    disk(2).flip('log')
    expect(ballots.mayLoseDisk(3)).toBe(false)
    expect(ballots.comebackWith(3, 0)).toBeUndefined()
    expect(ballots.comebackWith(3, 3)).toBe('member')
    // Those that have lost theirs may do so again; an empty disk is better than a damaged one.
    expect([1, 2].map((id) => ballots.comebackWith(id, 0))).toEqual(['observer', 'observer'])
    ballots.replace(2, 0, 'observer')
    expect(disk(2).damage()).toBeUndefined()
    expect(ballots.comebackWith(3, 0)).toBeUndefined()
  })
})

describe('where there are reconfigurations', () => {
  it('whoever has or had a vote keeps its disk, but for what it has told nobody of', () => {
    const { ballots, store } = bench([1, 2, 3], () => [1, 2, 3, OBSERVER])
    for (const server of [1, OBSERVER]) {
      store(server, ...EPOCH_1, append(1))
      ballots.spoke(server)
      store(server, append(2))
      expect([0, 2, 3].map((count) => ballots.comebackWith(server, count))).toEqual([undefined, undefined, 'member'])
    }
  })

  it('the others may lose theirs, until they are proposed for a vote', () => {
    const ever = [1, 2, 3]
    const { ballots, store } = bench([1, 2, 3], () => ever)
    store(OBSERVER, ...EPOCH_1)
    ballots.spoke(OBSERVER)
    expect(ballots.comebackWith(OBSERVER, 0)).toBe('observer')
    ever.push(OBSERVER)
    expect(ballots.comebackWith(OBSERVER, 0)).toBeUndefined()
  })

  it('no disk is damaged: who has no vote now may be given one', () => {
    const { ballots } = bench([1, 2, 3], () => [1, 2, 3])
    expect([1, OBSERVER].map(ballots.mayLoseDisk)).toEqual([false, false])
  })
})
