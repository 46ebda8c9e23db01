// Three real servers among kills, pauses and partitions: what their clients saw is consistent, and the judge is not blind.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answered, Call } from '../../../model/consistency/history.js'
import { isAnswered, isWrite } from '../../../model/consistency/history.js'
import * as Z from '../../../src/core/zxid.js'
import { alarmsIn } from './alarms.js'
import type { Sight } from './client.js'
import type { Recording } from './judge.js'
import { judge } from './judge.js'
import { committedSequence } from './committed.js'
import type { Report } from './run.js'
import { run } from './run.js'

const SEED = 1
const SECONDS = 25

let directory = ''
let result: Report

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zab-chaos-'))
  result = await run({ seed: SEED, seconds: SECONDS, directory, say: () => undefined })
}, 170_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe(`${SECONDS} seconds of faults, seed ${SEED}`, () => {
  it('leaves nothing to complain about', () => {
    expect(result.findings, result.story.join('\n')).toEqual([])
  })

  it('has seen something', () => {
    const { calls, entries, sights } = result.recording
    expect(calls.filter(isAnswered).length).toBeGreaterThan(100)
    expect(calls.some(({ outcome }) => outcome.kind === 'unknown')).toBe(true)
    expect(new Set(entries.map(({ zxid }) => zxid.epoch)).size).toBeGreaterThan(1)
    expect(sights.some(([, seen]) => seen.some(({ kind }) => kind === 'Notified'))).toBe(true)
    expect(sights.some(([, seen]) => seen.filter(({ kind }) => kind === 'Connected').length > 1)).toBe(true)
  })
})

describe('the judge finds what is planted in that recording', () => {
  const found = (change: (recording: Recording) => Recording): readonly string[] => {
    const clauses: string[] = []
    judge(change(result.recording), (clause) => clauses.push(clause))
    return clauses
  }
  const replaced = (calls: readonly Call[], call: Call, by: Call): readonly Call[] =>
    calls.map((each) => (each === call ? by : each))
  const answeredWrite = ({ calls }: Recording): Answered =>
    the(
      calls
        .filter(isAnswered)
        .find(({ operation, outcome }) => operation.op === 'setData' && outcome.result.error === 'OK'),
    )

  it('nothing in the recording itself', () => {
    expect(found((recording) => recording)).toEqual([])
  })

  it('an acknowledged write that is lost', () => {
    const clauses = found((recording) => {
      const { session, xid } = answeredWrite(recording)
      const isOther = ({ transaction }: Recording['entries'][number]): boolean =>
        transaction.sessionId !== session || transaction.cxid !== xid
      return { ...recording, entries: recording.entries.filter(isOther) }
    })
    expect(clauses).toContain('COMMITTED-DURABLE')
  })

  it.each(['answered', 'of unknown outcome'])('a write that was done twice, %s', (kind) => {
    const clauses = found((recording) => {
      const call = answeredWrite(recording)
      const { session, xid } = call
      const twice = the(
        recording.entries.find((e) => e.transaction.sessionId === session && e.transaction.cxid === xid),
      )
      const last = the(recording.entries[recording.entries.length - 1])
      return {
        ...recording,
        calls:
          kind === 'answered'
            ? recording.calls
            : replaced(recording.calls, call, { ...call, outcome: { kind: 'unknown' } }),
        entries: [...recording.entries, { ...twice, zxid: Z.next(last.zxid) }],
      }
    })
    // To have been done again long after its answer is against real time, too, and that is found first.
    expect(clauses).toContain(kind === 'answered' ? 'WRITE-LINEARIZABLE' : 'FWD-4')
  })

  it('a stale read', () => {
    const clauses = found((recording) => {
      // An ephemeral node might be one of an ended session: found as well, but under another name.
      const isLasting = ({ operation, outcome }: Answered): boolean =>
        operation.op === 'getData' && outcome.result.stat?.ephemeralOwner === 0n
      const reads = recording.calls.filter(isAnswered).filter(isLasting)
      const pathOf = ({ operation }: Answered): string => ('path' in operation ? operation.path : '')
      const former = the(reads[0])
      const later = the(
        reads.findLast(
          (read) =>
            pathOf(read) === pathOf(former) && String(read.outcome.result.data) !== String(former.outcome.result.data),
        ),
      )
      const stale = { ...later, outcome: { ...later.outcome, result: former.outcome.result } }
      return { ...recording, calls: replaced(recording.calls, later, stale) }
    })
    expect(clauses).toContain('READ-1')
  })

  it('a session that goes back in time', () => {
    const clauses = found((recording) => {
      const reads = recording.calls.filter(isAnswered).filter((call) => !isWrite(call))
      const late = the(
        reads.find((read) =>
          recording.calls.some((call) => call.session === read.session && call.xid < read.xid && isAnswered(call)),
        ),
      )
      return {
        ...recording,
        calls: replaced(recording.calls, late, { ...late, outcome: { ...late.outcome, zxid: Z.zxid(1, 1) } }),
      }
    })
    expect(clauses).toContain('SESS-3')
  })

  it('two writes in an order against real time', () => {
    const clauses = found((recording) => {
      const write = answeredWrite(recording)
      // It claims to have begun after everything was over.
      return {
        ...recording,
        calls: replaced(recording.calls, write, {
          ...write,
          invoked: 1e9,
          outcome: { ...write.outcome, returned: 2e9 },
        }),
      }
    })
    expect(clauses).toContain('WRITE-LINEARIZABLE')
  })

  it('a session that is expired too early', () => {
    const clauses = found((recording) => {
      const expiry = the(
        recording.entries.find(({ transaction: { record, cxid } }) => record.type === 'closeSession' && cxid === 0),
      )
      const { sessionId, timeMs } = expiry.transaction
      return { ...recording, alive: [{ session: sessionId, sinceMs: timeMs - 500, timeoutMs: 1000 }] }
    })
    expect(clauses).toEqual(['SESS-2'])
  })

  const withSights = (recording: Recording, change: (seen: readonly Sight[]) => readonly Sight[]): Recording => ({
    ...recording,
    sights: recording.sights.map(([session, seen]) => [session, change(seen)] as const),
  })

  it('a watch event that never came', () => {
    expect(
      found((recording) => withSights(recording, (seen) => seen.filter(({ kind }) => kind !== 'Notified'))),
    ).toContain('SESS-6')
  })

  it('a watch event that came twice', () => {
    expect(
      found((recording) =>
        withSights(recording, (seen) =>
          seen.flatMap<Sight>((sight) => (sight.kind === 'Notified' ? [sight, sight] : [sight])),
        ),
      ),
    ).toContain('SESS-6')
  })
})

describe('the reading of what servers left', () => {
  const clausesOf = (logs: (entries: Recording['entries']) => readonly Recording['entries'][]): readonly string[] => {
    const clauses: string[] = []
    committedSequence(logs(result.recording.entries), (clause) => clauses.push(clause))
    return clauses
  }

  it('finds nothing in equal logs, and puts partial ones together', () => {
    expect(clausesOf((entries) => [entries, entries.slice(0, 10), entries.slice(5)])).toEqual([])
  })

  it('finds two transactions with one zxid', () => {
    expect(
      clausesOf((entries) => {
        const last = the(entries[entries.length - 1])
        const other = {
          ...last,
          transaction: { ...last.transaction, bytes: last.transaction.bytes.map((byte) => byte ^ 1) },
        }
        return [entries, [...entries.slice(0, -1), other]]
      }),
    ).toEqual(['H2'])
  })

  it('leaves out what a fallen leader proposed and nobody committed', () => {
    const { entries } = result.recording
    const next = entries.findIndex(({ zxid }, index) => zxid.epoch !== entries[index + 1]?.zxid.epoch) + 1
    const last = the(entries[next - 1])
    const record = {
      type: 'create',
      path: '/nobody',
      data: null,
      acl: [],
      ephemeral: false,
      parentCversion: -1,
    } as const
    const lost = { zxid: Z.next(last.zxid), transaction: { ...last.transaction, record, digest: undefined } }
    const old = entries.slice(0, next)
    expect(next).toBeLessThan(entries.length)
    // Told by a log that has both epochs, or by the digests alone.
    expect(committedSequence([entries, [...old, lost]], unexpected)).toEqual(entries)
    expect(committedSequence([old, entries.slice(next), [...old, lost]], unexpected)).toEqual(entries)
  })

  it('finds an epoch that goes on from two histories', () => {
    expect(
      clausesOf((entries) => {
        const next = entries.findIndex(({ zxid }, index) => zxid.epoch !== entries[index + 1]?.zxid.epoch) + 1
        return [entries, [the(entries[next - 2]), the(entries[next])]]
      }),
    ).toContain('H4')
  })

  it('finds a digest that fits nothing', () => {
    expect(
      clausesOf((entries) => {
        const other = the(entries.find(({ transaction }) => transaction.digest !== undefined))
        const wrong = { ...other, transaction: { ...other.transaction, digest: 1n } }
        return [entries.map((entry) => (entry === other ? wrong : entry))]
      })[0],
    ).toBe('SM-5')
  })

  it('finds a hole', () => {
    expect(clausesOf((entries) => [entries.filter((_, index) => index !== 3)])).toEqual(['H3'])
  })

  it.each([
    "TypeError: Cannot read properties of undefined (reading 'zxid')",
    '    at step (file:///somewhere/dist/src/server/server.js:88:12)',
    "2026-02-11T09:00:00.000Z WARN  the tree after 0x100000003 has another digest than the leader's",
    '2026-02-11T09:00:00.000Z ERROR this server must stop: its history has diverged',
  ])('takes alarm at: %s', (line) => {
    expect(alarmsIn(`2026-02-11T09:00:00.000Z INFO  leading, epoch 2\n${line}\n`)).toEqual([line])
  })
})

const unexpected = (clause: string, what: string): void => {
  throw new Error(`${clause}: ${what}`)
}

const the = <A>(value: A | undefined): A => {
  if (value === undefined) throw new Error('the recording has none')
  return value
}
