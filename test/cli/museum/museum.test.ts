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
  it('tells of one bug', async () => {
    const out = written('stdout')
    expect(await museum('zk-4643', flags)).toBe(EXIT.held)
    expect(out()).toMatch(/^ZK-4643: currentEpoch is on disk before the history\n/)
    expect(out()).toContain('SYNC-2    History first, epoch second, word last')
  })

  it('says which bugs there are', async () => {
    const error = written('stderr')
    expect(await museum('ZK-1', flags)).toBe(EXIT.usage)
    expect(error()).toMatch(/^error: there is no ZK-1 in the museum, but ZK-335, /)
  })

  it('records only in a checkout', async () => {
    await expect(museum('ZK-4643', { ...flags, record: true, root: '/nowhere' })).rejects.toThrow('run in a checkout')
  })
})
