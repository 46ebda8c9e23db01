// An address that is not there yet is waited for: for so many attempts, with two lines, and until the server is stopped.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Listener, ListenProblem } from '../../../src/shell/network/listener.js'
import { listenPatiently } from '../../../src/shell/network/patience.js'
import { limits } from '../../../src/shell/server/limits.js'

const notYet: E.Either<ListenProblem, Listener> = E.left({ kind: 'NotYet', reason: 'no address' })
const never: E.Either<ListenProblem, Listener> = E.left({ kind: 'Never', reason: 'in use' })
const there: E.Either<ListenProblem, Listener> = E.right({ port: 7, hosts: ['127.0.0.1'], close: () => undefined })

const run = async (
  outcomeOf: (attempt: number) => E.Either<ListenProblem, Listener>,
  slept: (attempt: number, stop: () => void) => void = () => undefined,
) => {
  const stopping = new AbortController()
  const lines: string[] = []
  const say = (text: string): void => void lines.push(text)
  let attempts = 0
  const result = await listenPatiently(
    () => Promise.resolve(outcomeOf(++attempts)),
    stopping.signal,
    { info: say, warn: say, error: say },
    () => {
      slept(attempts, () => stopping.abort())
      return Promise.resolve()
    },
  )
  return { result, attempts, lines }
}

describe('listening on an address that is not there yet', () => {
  it('goes on as soon as it is there, with one line before and one after', async () => {
    const { result, attempts, lines } = await run((attempt) => (attempt < 5 ? notYet : there))
    expect({ result, attempts }).toEqual({ result: there, attempts: 5 })
    expect(lines).toEqual([expect.stringContaining('no address; trying again'), 'listening on 127.0.0.1, port 7'])
  })

  it('is given up after so many attempts', async () => {
    const { result, attempts, lines } = await run(() => notYet)
    expect(attempts).toBe(limits.listenWaitMs / limits.listenAgainMs + 1)
    expect(result).toMatchObject({ left: { kind: 'Refused', reason: expect.stringContaining('given up after') } })
    expect(lines).toHaveLength(1)
  })

  it('ends with the server', async () => {
    const { result, attempts } = await run(
      () => notYet,
      (attempt, stop) => (attempt === 3 ? stop() : undefined),
    )
    expect({ result, attempts }).toEqual({ result: E.left({ kind: 'Stopped' }), attempts: 3 })
  })

  it('ends with the server while a name server does not answer', async () => {
    const stopping = new AbortController()
    const silence = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const waiting = listenPatiently(() => new Promise(() => undefined), stopping.signal, silence)
    stopping.abort()
    expect(await waiting).toEqual(E.left({ kind: 'Stopped' }))
  })

  it('a port that is taken is no reason to wait', async () => {
    const { result, attempts, lines } = await run(() => never)
    expect({ result, attempts, lines }).toEqual({
      result: E.left({ kind: 'Refused', reason: 'in use' }),
      attempts: 1,
      lines: [],
    })
  })
})
