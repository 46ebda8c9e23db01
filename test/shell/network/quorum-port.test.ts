// The quorum port between two ends on loopback: what is opened, replaced, refused and closed, and which events say so.
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerId } from '../../../src/core/configuration.js'
import { zxid, ZERO } from '../../../src/core/zxid.js'
import type { ServerEvent } from '../../../src/server/event.js'
import type { Packet } from '../../../src/server/packet.js'
import { empty } from '../../../src/service/database.js'
import { makeQuorumPort, type QuorumPort, type QuorumPortOptions } from '../../../src/shell/network/quorum-port.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeTurn } from '../../../src/shell/server/turn.js'
import { Mailbox, recordingLog, type RecordingLog } from './support.js'

interface End {
  readonly port: QuorumPort
  readonly number: number
  readonly events: Mailbox<ServerEvent>
  readonly log: RecordingLog
}

const ends: End[] = []
const numbers = new Map<ServerId, number>()

/** `handle` sees each event before it is kept. */
const start = async (
  self: ServerId,
  handle: (event: ServerEvent, port: QuorumPort) => void = () => undefined,
  choices: Partial<Pick<QuorumPortOptions, 'doorkeeper' | 'aliveMs'>> = {},
): Promise<End> => {
  const events = new Mailbox<ServerEvent>()
  const log = recordingLog()
  const port: QuorumPort = makeQuorumPort({
    self,
    address: { host: '127.0.0.1', port: 0 },
    addressOf: (server) => {
      const number = numbers.get(server)
      return number === undefined ? undefined : { host: '127.0.0.1', port: number }
    },
    doorkeeper: { judge: () => ({ kind: 'Member' }) },
    aliveMs: 0,
    firstPacketTimeoutMs: 10_000,
    configurationText: 'version=0',
    ...choices,
    dispatch: (event) => {
      handle(event, port)
      events.put(event)
    },
    turn: makeTurn(),
    log,
  })
  const listener = await port.listen()
  if (E.isLeft(listener)) throw new Error(listener.left.reason)
  numbers.set(self, listener.right.port)
  const end: End = { port, number: listener.right.port, events, log }
  ends.push(end)
  return end
}

afterEach(() => {
  for (const { port } of ends.splice(0)) port.stop()
  numbers.clear()
})

const info: Packet = { type: 'FOLLOWERINFO', role: 'participant', acceptedEpoch: 3, configurationVersion: ZERO }
const validate = (id: number): Packet => ({ type: 'REVALIDATE', sessionId: BigInt(id), timeoutMs: 1000 })
const ack = (counter: number): Packet => ({ type: 'ACK', zxid: zxid(3, counter) })

/** Server 1 as learner of server 2. */
const join = async (learner: End, leader: End): Promise<void> => {
  learner.port.connect(2)
  expect(await learner.events.next()).toEqual({ kind: 'Connected', from: 2, side: 'leader' })
  learner.port.send(2, 'leader', info)
  expect(await leader.events.next()).toEqual({ kind: 'Connected', from: 1, side: 'learner' })
  expect(await leader.events.next()).toEqual({ kind: 'Received', from: 1, side: 'learner', packet: info })
}

describe('quorum port', () => {
  it('carries packets in order, both ways', async () => {
    const [learner, leader] = [await start(1), await start(2)]
    await join(learner, leader)
    for (let counter = 1; counter <= 100; counter++) learner.port.send(2, 'leader', validate(counter))
    for (let counter = 1; counter <= 100; counter++) {
      expect(await leader.events.next()).toEqual({
        kind: 'Received',
        from: 1,
        side: 'learner',
        packet: validate(counter),
      })
    }
    leader.port.send(1, 'learner', { type: 'UPTODATE' })
    expect(await learner.events.next()).toMatchObject({ kind: 'Received', from: 2, packet: { type: 'UPTODATE' } })
    expect(leader.port.learners()).toEqual([{ role: 'participant', synced: true }])
  })

  it('sends the image of a SNAP before the packets that follow it', async () => {
    const [learner, leader] = [await start(1), await start(2)]
    await join(learner, leader)
    leader.port.send(1, 'learner', { type: 'SNAP', zxid: zxid(3, 9), image: empty })
    leader.port.send(1, 'learner', { type: 'COMMIT', zxid: zxid(3, 10) })
    expect(await learner.events.next()).toMatchObject({ packet: { type: 'SNAP', zxid: zxid(3, 9) } })
    expect(await learner.events.next()).toMatchObject({ packet: { type: 'COMMIT', zxid: zxid(3, 10) } })
  })

  it('tells both ends when the connection is lost', async () => {
    const [learner, leader] = [await start(1), await start(2)]
    await join(learner, leader)
    learner.port.stop()
    expect(await leader.events.next()).toEqual({ kind: 'Disconnected', from: 1, side: 'learner' })
  })

  it('tells only the other end when it is told to disconnect', async () => {
    const [learner, leader] = [await start(1), await start(2)]
    await join(learner, leader)
    leader.port.disconnect(1, 'learner')
    expect(await learner.events.next()).toEqual({ kind: 'Disconnected', from: 2, side: 'leader' })
    expect(leader.events.waiting).toEqual([])
  })

  it('replaces a learner that connects again: the old connection is lost first, and is not heard any more', async () => {
    const [first, leader, second] = [await start(1), await start(2), await start(1)]
    await join(first, leader)
    second.port.connect(2)
    second.port.send(2, 'leader', info)
    expect(await leader.events.next()).toEqual({ kind: 'Disconnected', from: 1, side: 'learner' })
    expect(await leader.events.next()).toEqual({ kind: 'Connected', from: 1, side: 'learner' })
    expect(await leader.events.next()).toMatchObject({ kind: 'Received', packet: info })
    expect(await first.events.next()).toEqual({ kind: 'Disconnected', from: 2, side: 'leader' })
    first.port.send(2, 'leader', ack(1))
    leader.port.send(1, 'learner', { type: 'UPTODATE' })
    expect(await second.events.next()).toEqual({ kind: 'Connected', from: 2, side: 'leader' })
    expect(await second.events.next()).toMatchObject({ kind: 'Received', packet: { type: 'UPTODATE' } })
    expect(leader.events.waiting).toEqual([])
  })

  it('answers a dial that fails, or that has no address, with Disconnected', async () => {
    const learner = await start(1)
    learner.port.connect(7)
    expect(await learner.events.next()).toEqual({ kind: 'Disconnected', from: 7, side: 'leader' })
    const leader = await start(2)
    leader.port.stop()
    learner.port.connect(2)
    expect(await learner.events.next()).toEqual({ kind: 'Disconnected', from: 2, side: 'leader' })
  })

  it('says nothing of a dial that was given up', async () => {
    const learner = await start(1)
    await start(2)
    learner.port.connect(2)
    learner.port.disconnect(2, 'leader')
    learner.port.connect(2)
    expect(await learner.events.next()).toEqual({ kind: 'Connected', from: 2, side: 'leader' })
    expect(learner.events.waiting).toEqual([])
  })

  it('does not hand on what follows a packet that made the server disconnect', async () => {
    const learner = await start(1)
    const leader = await start(2, (event, port) => {
      if (event.kind === 'Received' && event.packet.type === 'ACK') port.disconnect(event.from, 'learner')
    })
    await join(learner, leader)
    learner.port.send(2, 'leader', ack(1))
    learner.port.send(2, 'leader', validate(2))
    expect(await learner.events.next()).toEqual({ kind: 'Disconnected', from: 2, side: 'leader' })
    expect(await leader.events.next()).toMatchObject({ packet: ack(1) })
    expect(leader.events.waiting).toEqual([])
  })

  it('keeps a learner that speaks: who comes in its name is refused, with a line', async () => {
    const [first, second] = [await start(1), await start(1)]
    const leader = await start(2, undefined, { aliveMs: 60_000 })
    await join(first, leader)
    second.port.connect(2)
    second.port.send(2, 'leader', info)
    expect(await second.events.next()).toMatchObject({ kind: 'Connected' })
    expect(await second.events.next()).toMatchObject({ kind: 'Disconnected' })
    expect(await leader.log.lines.next()).toMatch(/server 1 is connected from .*, and speaks/)
    first.port.send(2, 'leader', ack(1))
    expect(await leader.events.next()).toMatchObject({ kind: 'Received', packet: ack(1) })
  })

  it('refuses whom the doorkeeper refuses, with a line', async () => {
    const learner = await start(1)
    const leader = await start(2, undefined, { doorkeeper: { judge: () => ({ kind: 'Refused', reason: 'unknown' }) } })
    learner.port.connect(2)
    learner.port.send(2, 'leader', info)
    expect(await learner.events.next()).toMatchObject({ kind: 'Connected' })
    expect(await learner.events.next()).toMatchObject({ kind: 'Disconnected' })
    expect(await leader.log.lines.next()).toMatch(/closed: unknown/)
    expect(leader.events.waiting).toEqual([])
  })

  it("lets strangers take only each other's places", async () => {
    const strangers = Array.from({ length: limits.strangerLearners + 1 }, (_, index) => 11 + index)
    const leader = await start(2, undefined, {
      doorkeeper: { judge: (server = 0) => ({ kind: server > 10 ? 'Stranger' : 'Member' }) },
    })
    await join(await start(1), leader)
    for (const id of strangers) {
      const stranger = await start(id)
      numbers.delete(id)
      stranger.port.connect(2)
      stranger.port.send(2, 'leader', info)
      if (id === strangers.at(-1))
        expect(await leader.events.next()).toEqual({ kind: 'Disconnected', from: 11, side: 'learner' })
      expect(await leader.events.next()).toEqual({ kind: 'Connected', from: id, side: 'learner' })
      expect(await leader.events.next()).toMatchObject({ kind: 'Received', from: id })
    }
    expect(leader.port.learners()).toHaveLength(limits.strangerLearners + 1)
  })
})
