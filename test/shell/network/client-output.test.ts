// What a client is sent is encoded when the socket takes it: order kept, little memory, nothing done for a dead socket.
import type { Socket } from 'node:net'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { ClientMessage } from '../../../src/service/response.js'
import { zxid } from '../../../src/core/zxid.js'
import { FrameCutter } from '../../../src/wire/frame.js'
import { ClientOutput } from '../../../src/shell/network/client-output.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeTurn } from '../../../src/shell/server/turn.js'
import { replyOf } from './support.js'

/** A socket that takes bytes at once, or keeps them until it is told to drain. */
class FakeSocket {
  destroyed = false
  ended = false
  stuck = false
  writableLength = 0
  bytesWritten = 0
  readonly xids: number[] = []
  private drained: () => void = () => undefined
  private readonly cutter = new FrameCutter(0x7fffffff)

  on(_event: string, listener: () => void): void {
    this.drained = listener
  }

  once(): void {
    // Nobody closes it.
  }

  write(bytes: Uint8Array): boolean {
    const cut = this.cutter.cut(bytes)
    if (E.isLeft(cut)) throw new Error('no frames')
    for (const frame of cut.right) this.xids.push(new DataView(frame.buffer, frame.byteOffset, 4).getInt32(0))
    this.bytesWritten += bytes.length
    if (this.stuck) this.writableLength += bytes.length
    return !this.stuck
  }

  drain(): void {
    this.writableLength = 0
    this.drained()
  }

  end(): void {
    this.ended = true
  }

  resume(): void {
    // It reads nothing.
  }

  destroy(): void {
    this.destroyed = true
  }
}

const setup = () => {
  const turns: (() => void)[] = []
  const socket = new FakeSocket()
  const seen = { refused: [] as string[], holds: 0, mostHeld: 0 }
  // The test needs no more of a socket than this.
  const output = new ClientOutput(socket as unknown as Socket, {
    turn: makeTurn((run) => turns.push(run)),
    refused: (reason) => {
      seen.refused.push(reason)
      socket.destroy()
    },
    relieved: () => undefined,
    holds: (bytes) => {
      seen.holds = bytes
      seen.mostHeld = Math.max(seen.mostHeld, bytes)
    },
  })
  const endTurns = (): void => {
    for (let run = turns.shift(); run !== undefined; run = turns.shift()) run()
  }
  return { output, socket, seen, endTurns }
}

const MIB = 1 << 20
const long = replyOf(new Uint8Array(MIB))
const event: ClientMessage = { kind: 'WatchNotification', type: 'NodeCreated', path: '/a', zxid: zxid(-1, 0xffffffff) }
const numbered = (xid: number, length: number): ClientMessage => ({ ...replyOf(new Uint8Array(length)), xid })

describe('the output of a client', () => {
  it('encodes no more than the socket has room for, and one answer', () => {
    const { output, socket, seen, endTurns } = setup()
    socket.stuck = true
    for (let count = 0; count < 200; count += 1) output.send(long)
    endTurns()
    expect(socket.bytesWritten).toBeLessThan(limits.clientOutputPauseBytes + 2 * MIB)
    expect(seen.refused).toEqual([])
    let most = 0
    for (let round = 0; round < 400 && socket.xids.length < 200; round += 1) {
      const before = socket.bytesWritten
      socket.drain()
      endTurns()
      most = Math.max(most, socket.bytesWritten - before)
    }
    expect(socket.xids).toHaveLength(200)
    expect(most).toBeLessThan(limits.clientOutputPauseBytes + 2 * MIB)
    socket.drain()
    expect(seen.holds).toBe(0)
  })

  it('keeps the order of messages, however long they are and whenever the socket drains', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('send' as const), length: fc.nat(2 * MIB) }),
      fc.record({ do: fc.constantFrom('stick' as const, 'drain' as const, 'turn' as const) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        const { output, socket, seen, endTurns } = setup()
        let sent = 0
        for (const one of actions) {
          if (one.do === 'send') output.send(numbered((sent += 1), one.length))
          else if (one.do === 'turn') endTurns()
          else if (one.do === 'stick') socket.stuck = true
          else {
            socket.stuck = false
            socket.drain()
          }
        }
        socket.stuck = false
        output.end()
        for (let round = 0; round < 60 && !socket.ended; round += 1) {
          socket.drain()
          endTurns()
        }
        expect(socket.xids).toEqual(Array.from({ length: sent }, (_, index) => index + 1))
        expect([socket.ended, socket.destroyed, seen.refused]).toEqual([true, false, []])
        output.drop()
        expect(seen.holds).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('closes a client that lets events pile up, counted without those it has room for', () => {
    const { output, socket, seen, endTurns } = setup()
    socket.stuck = true
    output.send(long)
    output.send(long)
    endTurns()
    for (let count = 0; count < 400_000 && seen.refused.length === 0; count += 1) output.send(event)
    expect(seen.refused).toEqual(['it does not read what it is sent'])
    expect(seen.mostHeld).toBeLessThan(limits.clientOutputBytes + 8 * MIB)
  })

  it('does nothing for a socket that is gone', () => {
    const { output, socket, seen, endTurns } = setup()
    socket.destroyed = true
    output.send(long)
    endTurns()
    output.drop()
    output.send(long)
    output.end()
    endTurns()
    expect([socket.bytesWritten, socket.ended, seen.holds]).toEqual([0, false, 0])
  })

  it('refuses an answer that nothing can hold, and goes on living', () => {
    const { output, seen, socket } = setup()
    const data = new Proxy(new Uint8Array(1), {
      get: (target, key): unknown => {
        if (key === 'length') throw new RangeError('more than any buffer has')
        return Reflect.get(target, key)
      },
    })
    const { body } = long
    if (body?.op !== 'getData') throw new Error('no data')
    output.send({ ...long, body: { ...body, data } })
    expect(seen.refused).toHaveLength(1)
    expect(seen.refused[0]).toMatch(/cannot be encoded/)
    expect(socket.destroyed).toBe(true)
  })
})
