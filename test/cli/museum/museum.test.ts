// `zab museum ID`: any case will do, the story goes to stdout, an unknown bug is wrong usage and told what there is.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../../src/cli/exit-code.js'
import { museum } from '../../../src/cli/museum/museum.js'

const flags = { seed: 1, root: '.' }

const written = (stream: 'stdout' | 'stderr'): (() => string) => {
  const spy = vi.spyOn(process[stream], 'write').mockReturnValue(true)
  return () => spy.mock.calls.map(([text]) => String(text)).join('')
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('zab museum', () => {
  it('tells of one bug, as exploration finds it', () => {
    const out = written('stdout')
    expect(museum('zk-4643', flags)).toBe(EXIT.held)
    expect(out()).toMatch(/^ZK-4643: currentEpoch is on disk before the history \(also 4785\)\n/)
    expect(out()).toContain('SYNC-2    History first, epoch second, word last')
    expect(out()).toContain('No way within these bounds is shorter')
    expect(out()).toMatch(
      /\ncode: src\/core\/learner\/\S+:\d+ \w+ \(SYNC-2\)\nby fuzzing: zab museum ZK-4643 --by fuzzing\n$/,
    )
  })

  it('or as fuzzing finds it', () => {
    const out = written('stdout')
    expect(museum('ZK-4643', { ...flags, by: 'fuzzing' })).toBe(EXIT.held)
    expect(out()).toContain('What is done to the ensemble (seed')
    expect(out()).toMatch(/\nby exploration: zab museum ZK-4643\n$/)
  })

  it('says why exploration cannot see a bug', () => {
    const out = written('stdout')
    expect(museum('ZK-1367', flags)).toBe(EXIT.held)
    expect(out()).toContain('What is done to the ensemble (seed')
    expect(out()).toMatch(/\nexploration cannot see it: sessions .*\n$/)
  })

  it('says which bugs there are', () => {
    const error = written('stderr')
    expect(museum('ZK-1', flags)).toBe(EXIT.usage)
    expect(error()).toMatch(/^error: there is no ZK-1 in the museum, but ZK-335, /)
  })

  it('records only in a checkout', () => {
    expect(() => museum('ZK-4643', { ...flags, record: true, root: '/nowhere' })).toThrow('run in a checkout')
  })
})
