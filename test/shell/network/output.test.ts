// Outputs: one write a turn whatever was encoded, nothing lost or re-ordered around a stream, and bounded memory.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Output, type Sink } from '../../../src/shell/network/output.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeTurn } from '../../../src/shell/server/turn.js'

/** A socket that takes bytes at once, or keeps them until it is told to drain. */
class FakeSocket implements Sink {
  readonly writes: Uint8Array[] = []
  writableLength = 0
  destroyed = false
  stuck = false
  private drained: () => void = () => undefined

  on(_event: 'drain', listener: () => void): void {
    this.drained = listener
  }

  write(bytes: Uint8Array | string): boolean {
    // A copy when it is taken at once: the kernel has one too. Otherwise the memory itself.
    this.writes.push(typeof bytes === 'string' ? Buffer.from(bytes) : this.stuck ? bytes : bytes.slice())
    if (this.stuck) this.writableLength += bytes.length
    return !this.stuck
  }

  drain(): void {
    this.writableLength = 0
    this.drained()
  }

  get text(): string {
    return Buffer.concat(this.writes).toString()
  }
}

const setup = (maximumBytes = 1000) => {
  const turns: (() => void)[] = []
  const turn = makeTurn((run) => turns.push(run))
  const socket = new FakeSocket()
  const seen = { exceeded: 0, relieved: 0 }
  const output = new Output(socket, {
    turn,
    maximumBytes,
    exceeded: () => {
      seen.exceeded += 1
    },
    relieved: () => {
      seen.relieved += 1
    },
  })
  const say = (text: string): void => {
    output.writer.raw(Buffer.from(text))
    output.added()
  }
  const endTurn = (): void => turns.shift()?.()
  return { turns, socket, output, seen, say, endTurn }
}

describe('an output', () => {
  it('makes one write of all messages of a turn', () => {
    const { socket, say, endTurn, turns } = setup(1_000_000)
    for (let message = 0; message < 1000; message++) say('message ')
    expect(turns).toHaveLength(1)
    endTurn()
    expect(socket.writes.map((bytes) => bytes.length)).toEqual([8000])
    say('next')
    endTurn()
    expect(socket.writes).toHaveLength(2)
  })

  it('does not touch bytes that the socket still holds', () => {
    const { socket, say, endTurn } = setup()
    socket.stuck = true
    say('first')
    endTurn()
    say('second')
    endTurn()
    expect(socket.text).toBe('firstsecond')
  })

  it('says once that there is too much, and each time that there is room again', () => {
    const { socket, say, endTurn, seen } = setup(10)
    socket.stuck = true
    say('12345678')
    endTurn()
    expect(seen.exceeded).toBe(0)
    say('9ab')
    say('cde')
    expect(seen.exceeded).toBe(1)
    const before = seen.relieved
    socket.drain()
    expect(seen.relieved).toBe(before + 1)
  })

  it('writes a stream where it was put, while the socket has room', () => {
    const { socket, output, say, endTurn } = setup(10_000_000)
    const large = limits.streamSocketBytes
    socket.stuck = true
    say('before ')
    output.stream([new Uint8Array(large).fill(0x61), Buffer.from(' end ')])
    say('after')
    endTurn()
    // The first chunk has filled the socket.
    expect(socket.writes.map((bytes) => bytes.length)).toEqual([7, large])
    socket.drain()
    expect(socket.writes.slice(2).map((bytes) => Buffer.from(bytes).toString())).toEqual([' end ', 'after'])
  })

  it('gives a long stream only a part of each turn', () => {
    const { socket, output, endTurn, turns } = setup(10_000_000)
    const chunk = new Uint8Array(limits.streamTurnBytes)
    output.stream([chunk, chunk, chunk])
    endTurn()
    expect(socket.writes).toHaveLength(1)
    expect(turns).toHaveLength(1)
    for (let turn = 0; turn < 4; turn++) endTurn()
    expect(socket.writes).toHaveLength(3)
  })

  it('keeps the order of bytes, whatever is streamed, stuck or drained', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('say' as const), text: fc.string({ maxLength: 8 }) }),
      fc.record({ do: fc.constant('stream' as const), texts: fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 }) }),
      fc.record({ do: fc.constantFrom('stick' as const, 'drain' as const, 'turn' as const) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const { socket, output, say, endTurn } = setup(1_000_000)
        let expected = ''
        for (const one of actions) {
          if (one.do === 'say') {
            say(one.text)
            expected += one.text
          } else if (one.do === 'stream') {
            output.stream(one.texts.map((text) => Buffer.from(text)))
            expected += one.texts.join('')
          } else if (one.do === 'stick') socket.stuck = true
          else if (one.do === 'drain') {
            socket.stuck = false
            socket.drain()
          } else endTurn()
        }
        socket.stuck = false
        socket.drain()
        for (let turn = 0; turn < 3; turn++) endTurn()
        expect(socket.text).toBe(Buffer.from(expected).toString())
      }),
      { numRuns: 200 },
    )
  })
})
