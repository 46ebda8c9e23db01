// The parts of the world, one by one: chance, time, disk, network.
import { describe, expect, it } from 'vitest'
import { makeClock } from '../../../model/world/clock.js'
import { makeDisk } from '../../../model/world/disk.js'
import { makeNetwork } from '../../../model/world/network.js'
import { makeRandom } from '../../../model/world/random.js'
import * as S from '../../../src/core/sequence.js'
import { show, zxid } from '../../../src/core/zxid.js'
import type { ServerEvent } from '../../../src/server/event.js'
import { database, entry } from './fixtures.js'

describe('random', () => {
  it('repeats itself for one seed and differs for another', () => {
    const draw = (seed: number): readonly number[] => {
      const random = makeRandom(seed)
      return Array.from({ length: 20 }, () => random.below(1000))
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('reaches every value of a range, and no other', () => {
    const random = makeRandom(3)
    const seen = new Set(Array.from({ length: 300 }, () => random.between(4, 9)))
    expect([...seen].sort()).toEqual([4, 5, 6, 7, 8, 9])
  })
})

describe('clock', () => {
  it('runs what is due in order of time, then of making', () => {
    const clock = makeClock()
    const done: string[] = []
    for (const [after, name] of [
      [5, 'e'],
      [1, 'a'],
      [3, 'c'],
      [1, 'b'],
      [3, 'd'],
      [9, 'late'],
    ] as const)
      clock.schedule(after, () => done.push(`${name}${clock.nowMs()}`))
    while (clock.runNext(6)) continue
    expect(done).toEqual(['a1', 'b1', 'c3', 'd3', 'e5'])
    expect(clock.nowMs()).toBe(6)
  })

  it('keeps the order of a thousand random times', () => {
    const clock = makeClock()
    const random = makeRandom(5)
    const times: number[] = []
    for (let count = 0; count < 1000; count += 1) clock.schedule(random.below(100), () => times.push(clock.nowMs()))
    while (clock.runNext(100)) continue
    expect(times).toEqual([...times].sort((first, second) => first - second))
    expect(times).toHaveLength(1000)
  })
})

describe('disk', () => {
  const append = (token: number, ...counters: readonly number[]) =>
    ({
      kind: 'persist',
      token,
      durable: { kind: 'Append', entries: counters.map((counter) => entry(1, counter)) },
      image: undefined,
    }) as const
  const epoch = (token: number, value: number) =>
    ({ kind: 'persist', token, durable: { kind: 'CurrentEpoch', epoch: value }, image: undefined }) as const
  const zxids = (disk: ReturnType<typeof makeDisk>): readonly string[] =>
    S.toArray(disk.recover().durable.entries).map((each) => show(each.zxid))

  it('has nothing until it is synced, then in order', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1, 2))
    disk.write(epoch(2, 4))
    disk.write(append(3, 3))
    expect(disk.has(zxid(1, 1))).toBe(false)
    expect(disk.sync(2)).toBe(2)
    expect([disk.has(zxid(1, 2)), disk.has(zxid(1, 3)), disk.currentEpoch()]).toEqual([true, false, 4])
    disk.crash(0)
    expect(zxids(disk)).toEqual(['1:1', '1:2'])
  })

  it('keeps in a crash what had reached it, record by record', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1, 2, 3))
    disk.write(epoch(2, 4))
    disk.crash(2)
    expect(zxids(disk)).toEqual(['1:1', '1:2'])
    expect(disk.currentEpoch()).toBe(0)
  })

  it('truncates the log and the images after the point', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1, 2, 3))
    disk.write({ kind: 'image', image: { zxid: zxid(1, 2), database: database(1, 2) } })
    disk.sync(2)
    expect(zxids(disk)).toEqual(['1:3'])
    disk.write({ kind: 'persist', token: 2, durable: { kind: 'Truncate', zxid: zxid(1, 1) }, image: undefined })
    disk.sync(1)
    expect(zxids(disk)).toEqual(['1:1'])
    expect(show(disk.recover().durable.base)).toBe('0:0')
  })

  it('takes an image as its whole history', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1))
    disk.write({
      kind: 'persist',
      token: 2,
      durable: { kind: 'Snapshot', zxid: zxid(2, 5), entries: [] },
      image: database(2, 5),
    })
    disk.sync(2)
    expect([show(disk.lastZxid()), zxids(disk).length, disk.has(zxid(2, 4))]).toEqual(['2:5', 0, true])
  })

  it('goes back to what it was after any of its writes, and goes on from there', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1, 2))
    disk.write(epoch(2, 4))
    disk.write({ kind: 'image', image: { zxid: zxid(1, 2), database: database(1, 2) } })
    disk.write({ kind: 'persist', token: 3, durable: { kind: 'Truncate', zxid: zxid(1, 1) }, image: undefined })
    disk.write(append(4, 2, 3))
    disk.sync(4)
    // Of the last write a crash leaves the first record.
    disk.crash(1)
    disk.flip('log')
    const seen = Array.from({ length: 6 }, (_, lost) => {
      const copy = makeDisk(database(0, 0), undefined, disk.stored())
      copy.revert(disk.stored().length - lost)
      return `${show(copy.recover().durable.base)} ${zxids(copy).join(' ')} epoch ${copy.currentEpoch()}`
    })
    expect(seen).toEqual([
      '0:0 1:1 1:2 epoch 4',
      '0:0 1:1 epoch 4',
      '1:2  epoch 4',
      '0:0 1:1 1:2 epoch 4',
      '0:0 1:1 1:2 epoch 0',
      '0:0  epoch 0',
    ])
    disk.revert(1)
    disk.write(append(5, 3))
    disk.sync(1)
    expect([disk.damage(), zxids(disk).join(' '), disk.stored().length]).toEqual([undefined, '1:1 1:2 1:3', 2])
  })
})

describe('network', () => {
  const open = () => {
    const clock = makeClock()
    const got: string[] = []
    const down = new Set<number>()
    const show = (event: ServerEvent): string =>
      event.kind === 'Received'
        ? event.packet.type === 'NEWLEADER'
          ? `${event.packet.epoch}`
          : event.packet.type
        : event.kind
    const network = makeNetwork({
      nowMs: clock.nowMs,
      schedule: clock.schedule,
      random: makeRandom(1),
      isUp: (server) => !down.has(server),
      receive: (server, event) => got.push(`${server} ${show(event)}`),
    })
    const pass = (ms: number): void => {
      const untilMs = clock.nowMs() + ms
      while (clock.runNext(untilMs)) continue
    }
    return { network, got, down, pass }
  }
  const numbered = (epoch: number) => ({ type: 'NEWLEADER', epoch }) as const

  it('introduces the caller with its first packet, and keeps order both ways', () => {
    const { network, got, pass } = open()
    network.dial(1, 2)
    pass(20)
    expect(got).toEqual(['1 Connected'])
    for (let count = 1; count <= 9; count += 1) network.send(1, 2, 'leader', numbered(count))
    pass(50)
    expect(got.slice(1)).toEqual(['2 Connected', ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => `2 ${count}`)])
    network.send(2, 1, 'learner', numbered(10))
    pass(20)
    expect(got[got.length - 1]).toBe('1 10')
  })

  it('holds back what is under way while the link is cut', () => {
    const { network, got, pass } = open()
    network.dial(1, 2)
    pass(20)
    network.send(1, 2, 'leader', numbered(1))
    pass(20)
    network.cut(1, 2)
    network.send(1, 2, 'leader', numbered(2))
    network.send(1, 2, 'leader', numbered(3))
    network.send(2, 1, 'learner', numbered(4))
    pass(50)
    expect(got.slice(3)).toEqual(['1 4'])
    network.healAll()
    network.send(1, 2, 'leader', numbered(5))
    pass(50)
    expect(got.slice(4)).toEqual(['2 2', '2 3', '2 5'])
  })

  it('delivers what was sent before a close, then tells the other end, and not this one', () => {
    const { network, got, pass } = open()
    network.dial(1, 2)
    pass(20)
    network.send(1, 2, 'leader', numbered(1))
    network.close(1, 2, 'leader')
    network.send(1, 2, 'leader', numbered(2))
    pass(50)
    expect(got).toEqual(['1 Connected', '2 Connected', '2 1', '2 Disconnected'])
  })

  it('loses what is under way when a connection breaks, and refuses to reach a server that is down', () => {
    const { network, got, down, pass } = open()
    network.dial(1, 2)
    pass(20)
    network.send(1, 2, 'leader', numbered(1))
    network.reset(1, 2)
    pass(50)
    expect(got).toEqual(['1 Connected', '1 Disconnected'])
    down.add(2)
    network.dial(1, 2)
    pass(50)
    expect(got.slice(2)).toEqual(['1 Disconnected'])
  })

  it('ends the connections of a dead process', () => {
    const { network, got, pass } = open()
    network.dial(1, 2)
    network.dial(2, 3)
    pass(20)
    network.send(1, 2, 'leader', numbered(1))
    pass(20)
    network.lose(2)
    pass(20)
    expect(got.slice(4)).toEqual(['1 Disconnected'])
  })
})
