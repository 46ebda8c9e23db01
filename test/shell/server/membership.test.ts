/** A member's directory never starts alone by a slip, and a change of voters that may forget is told of. */
import * as fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import { isQuorum } from '../../../src/core/quorum.js'
import * as S from '../../../src/core/sequence.js'
import * as Z from '../../../src/core/zxid.js'
import { defaultSettings } from '../../../src/shell/configuration/render.js'
import type { ServerConfiguration } from '../../../src/shell/configuration/server-configuration.js'
import { judgeMembership, mayForget } from '../../../src/shell/server/membership.js'
import type { LastEnsemble } from '../../../src/shell/storage/last-ensemble.js'
import type { Recovered } from '../../../src/shell/storage/recovery.js'
import { configurationOf } from '../storage/support/harness.js'

interface Directory {
  readonly last?: LastEnsemble
  readonly committed?: Configuration
  readonly acceptedEpoch?: number
  readonly trusted?: boolean
}

const found = (directory: Directory): Pick<Recovered, 'durable' | 'found'> => ({
  durable: {
    acceptedEpoch: directory.acceptedEpoch ?? 0,
    currentEpoch: 0,
    base: Z.ZERO,
    entries: S.empty(),
    trusted: directory.trusted ?? true,
    ...(directory.committed === undefined ? {} : { configuration: directory.committed }),
  },
  found: { state: 'History', acceptedEpoch: directory.acceptedEpoch ?? 0, lastEnsemble: directory.last },
})

const voters = (ids: readonly ServerId[], version = Z.ZERO): Configuration => configurationOf(version, ids)

const ensemble = (...ids: readonly ServerId[]): LastEnsemble => ({ kind: 'Ensemble', configuration: voters(ids) })

const server = (ids: readonly ServerId[], changes: Partial<ServerConfiguration> = {}): ServerConfiguration => ({
  ...defaultSettings('/data'),
  self: 1,
  ensemble: voters(ids),
  standalone: false,
  ...changes,
})

const refusal = (configuration: ServerConfiguration, directory: Directory): string => {
  const judged = judgeMembership(configuration, found(directory))
  return isLeft(judged) ? judged.left : ''
}

const warnings = (configuration: ServerConfiguration, directory: Directory): readonly string[] => {
  const judged = judgeMembership(configuration, found(directory))
  if (isLeft(judged)) throw new Error(judged.left)
  return judged.right.warnings
}

const standalone = { standalone: true }

describe('a server that decides alone', () => {
  it.each<[string, Directory]>([
    ['the mark of an ensemble', { last: ensemble(1, 2, 3) }],
    ['an agreed configuration', { committed: voters([1, 2, 3], Z.zxid(1, 0)) }],
    [
      'an agreed configuration that is newer than the mark',
      {
        last: ensemble(1),
        committed: voters([1, 2], Z.zxid(3, 0)),
      },
    ],
    ['a promise of an epoch, which standalone servers of ZooKeeper never make', { acceptedEpoch: 2 }],
  ])('does not start on a directory with %s', (_, directory) => {
    for (const configuration of [server([1]), server([1], standalone)]) {
      expect(refusal(configuration, directory)).toContain('belongs to a member of an ensemble')
      expect(refusal(configuration, directory)).toContain('startAloneThoughOthersMayHaveNewerWrites=yes')
      expect(isRight(judgeMembership({ ...configuration, startAlone: true }, found(directory)))).toBe(true)
    }
  })

  it('names the others', () => {
    expect(refusal(server([1]), { last: ensemble(1, 2, 7) })).toContain('with server 2, 7')
  })

  it.each<[string, Directory]>([
    ['a new directory', {}],
    ['one that it ran alone on', { last: { kind: 'Alone' }, acceptedEpoch: 9 }],
    ['one of an ensemble of one', { last: ensemble(1), acceptedEpoch: 9 }],
    [
      'one of an ensemble that was made smaller by agreement',
      {
        last: ensemble(1, 2, 3),
        committed: voters([1], Z.zxid(4, 1)),
      },
    ],
  ])('starts on %s', (_, directory) => {
    expect(refusal(server([1]), directory)).toBe('')
    expect(refusal(server([1], standalone), directory)).toBe('')
  })

  it('does not start on a directory that has lost its data, with nobody to ask', () => {
    expect(refusal(server([1]), { trusted: false })).toContain('db.autocreate is false')
    expect(refusal(server([1], { startAlone: true }), { trusted: false })).toContain('db.autocreate is false')
    expect(refusal(server([1, 2, 3]), { trusted: false })).toBe('')
  })

  it('is one that zoo.cfg does not make so when the ensemble has agreed on more', () => {
    const committed = voters([1, 2, 3], Z.zxid(1, 0))
    expect(refusal(server([1], { reconfigEnabled: true }), { committed, last: ensemble(1, 2, 3) })).toBe('')
  })
})

describe('the mark', () => {
  const markOf = (configuration: ServerConfiguration, directory: Directory = {}): LastEnsemble | undefined => {
    const judged = judgeMembership(configuration, found(directory))
    return isRight(judged) ? judged.right.mark : undefined
  }

  it('is what the server runs with from now on', () => {
    expect(markOf(server([1], standalone))).toEqual({ kind: 'Alone' })
    expect(markOf(server([1, 2, 3]), { last: ensemble(1, 2) })).toEqual(ensemble(1, 2, 3))
    const committed = voters([1, 2], Z.zxid(1, 0))
    expect(markOf(server([1, 2, 3], { reconfigEnabled: true }), { committed })).toEqual({
      kind: 'Ensemble',
      configuration: committed,
    })
  })
})

describe('a change of the voters', () => {
  it('is told of when the new ones may not have heard of what the old ones acknowledged', () => {
    const [line = ''] = warnings(server([1, 2, 3]), { last: ensemble(1, 2, 3, 4, 5) })
    expect(line).toContain('last ran with voters 1, 2, 3, 4, 5; voters 1, 2, 3 can decide without')
  })

  it('is not when it is by one', () => {
    expect(warnings(server([1, 2, 3]), { last: ensemble(1, 2) })).toEqual([])
    expect(warnings(server([1, 2, 3, 4]), { last: ensemble(1, 2, 3) })).toEqual([])
    expect(warnings(server([1, 2, 3]), { last: ensemble(1, 2, 3, 4) })).toEqual([])
    expect(warnings(server([1, 2, 3]), { last: ensemble(1, 2, 3) })).toEqual([])
  })

  it('may forget exactly when two quorums without a common server exist', () => {
    const system = fc
      .uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })
      .map((ids): QuorumSystem => ({ kind: 'Majority', voters: ids }))
    fc.assert(
      fc.property(system, system, (earlier, later) => {
        const sets = Array.from({ length: 64 }, (_, set) => (id: ServerId) => ((set >> (id - 1)) & 1) === 1)
        const disjoint = sets.some((isIn) => isQuorum(later, isIn) && isQuorum(earlier, (id) => !isIn(id)))
        expect(mayForget(earlier, later)).toBe(disjoint)
      }),
    )
  })

  it('of more voters than can be tried is told of unless they are the same', () => {
    const many = (count: number): QuorumSystem => ({
      kind: 'Majority',
      voters: Array.from({ length: count }, (_, index) => index + 1),
    })
    expect(mayForget(many(40), many(40))).toBe(false)
    expect(mayForget(many(40), many(41))).toBe(true)
  })
})
