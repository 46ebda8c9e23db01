/** When a server that found its directory empty warns: at its start, and once more when somebody has history. */
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../../src/core/message.js'
import * as S from '../../../src/core/sequence.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import { defaultSettings } from '../../../src/shell/configuration/render.js'
import type { LostDiskAlarm } from '../../../src/shell/server/lost-disk.js'
import { makeLostDiskAlarm } from '../../../src/shell/server/lost-disk.js'
import type { LastEnsemble } from '../../../src/shell/storage/last-ensemble.js'
import type { Found, Recovered } from '../../../src/shell/storage/recovery.js'
import { configurationOf } from '../storage/support/harness.js'

const THREE: LastEnsemble = { kind: 'Ensemble', configuration: configurationOf(Z.ZERO, [1, 2, 3]) }

interface Options {
  readonly belongsTo?: LastEnsemble
  readonly trusted?: boolean
  readonly self?: number
}

const alarm = (
  state: Found['state'],
  { belongsTo = THREE, trusted = true, self = 1 }: Options = {},
): { readonly alarm: LostDiskAlarm; readonly lines: readonly string[] } => {
  const lines: string[] = []
  const recovered: Pick<Recovered, 'durable' | 'found'> = {
    durable: { acceptedEpoch: 0, currentEpoch: 0, base: Z.ZERO, entries: S.empty(), trusted },
    found: { state, acceptedEpoch: 0, lastEnsemble: undefined },
  }
  const configuration = { ...defaultSettings('/data'), standalone: false, self }
  return {
    alarm: makeLostDiskAlarm(configuration, belongsTo, recovered, { warn: (text) => void lines.push(text) }),
    lines,
  }
}

const vote = (
  leader: number,
  zxid: Zxid,
  peerEpoch: number,
  state: Notification['state'] = 'LOOKING',
): Notification => ({
  state,
  vote: { leader, zxid, peerEpoch },
  round: 1,
  configurationVersion: Z.ZERO,
})

describe('at its start', () => {
  it('a server that found its directory empty, and was not told that it may be', () => {
    expect(alarm('Empty').lines).toEqual([
      expect.stringContaining('/data is empty. If this server is new, all is well'),
    ])
    const [untrusted] = alarm('Empty', { trusted: false }).lines
    expect(untrusted).toContain('takes no part in elections until a leader has given it the data')
  })

  it('none that has a history, is new, alone, or does not vote', () => {
    expect(alarm('History').lines).toEqual([])
    expect(alarm('EmptyInitialized').lines).toEqual([])
    expect(alarm('Empty', { belongsTo: { kind: 'Alone' } }).lines).toEqual([])
    const one: LastEnsemble = { kind: 'Ensemble', configuration: configurationOf(Z.ZERO, [1]) }
    expect(alarm('Empty', { belongsTo: one }).lines).toEqual([])
    expect(alarm('Empty', { self: 9 }).lines).toEqual([])
  })
})

describe('once more', () => {
  it.each([
    ['a voter with records', vote(3, Z.zxid(1, 4), 0)],
    ['a voter of a later epoch', vote(3, Z.ZERO, 2)],
    ['a voter that follows', vote(1, Z.zxid(1, 4), 1, 'FOLLOWING')],
  ])('when it hears of %s', (_, notification) => {
    const { alarm: one, lines } = alarm('Empty')
    one.hears(3, notification)
    one.hears(2, notification)
    expect(lines.slice(1)).toEqual([expect.stringContaining('server 3 has history, and /data was empty at the start')])
  })

  it('when the leader sends an image', () => {
    const { alarm: one, lines } = alarm('Empty')
    one.persists({ kind: 'Snapshot', zxid: Z.zxid(1, 4), entries: [] })
    expect(lines.slice(1)).toEqual([expect.stringContaining('the leader has history')])
  })

  it('and not for others that are as new, for strangers, or in the course of things', () => {
    const { alarm: one, lines } = alarm('Empty')
    one.hears(2, vote(2, Z.ZERO, 0))
    one.hears(2, vote(2, Z.UNTRUSTED, 0))
    one.hears(9, vote(9, Z.zxid(5, 5), 5))
    one.hears(1, vote(1, Z.zxid(1, 1), 1))
    one.persists({ kind: 'AcceptedEpoch', epoch: 1 })
    one.persists({ kind: 'Snapshot', zxid: Z.ZERO, entries: [] })
    expect(lines).toHaveLength(1)
  })
})
