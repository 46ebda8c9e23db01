/** The pure parts of `--hostile`: aims, table, exit code, names, colliding hashes, counting of answers, the menu. */
import { describe, expect, it } from 'vitest'
import { missed } from '../../../src/cli/bench/hostile/aims.js'
import { AnswerCounter } from '../../../src/cli/bench/hostile/answer-counter.js'
import { fnvCollisions, FNV_OFFSET, fnvOf, javaCollisions } from '../../../src/cli/bench/hostile/collisions.js'
import type { Figures } from '../../../src/cli/bench/hostile/figures.js'
import { chosen, describeMenu, itemOf, MENU } from '../../../src/cli/bench/hostile/menu.js'
import { parsePeak } from '../../../src/cli/bench/hostile/peak.js'
import { exitCodeOf, renderHostile } from '../../../src/cli/bench/hostile/report.js'
import { COLUMNS, renderMarkdown, renderText } from '../../../src/cli/bench/hostile/table.js'
import { makeRandom } from '../../../src/cli/bench/hostile/tools.js'
import { chooseNames } from '../../../src/cli/bench/names.js'

const MIB = 1024 * 1024

const waits = (longestMs: number, isUnanswered = false) => ({ longestMs, answers: 500, lost: 0, isUnanswered })

const good: Figures = {
  innocent: { attacked: waits(200), other: waits(20), ownDelayMs: 5 },
  residentBeforeBytes: 100 * MIB,
  residentPeakBytes: 130 * MIB,
  storedBytes: 1 * MIB,
  deaths: [],
  epochs: 0,
  logBytes: 0,
  restart: { withoutMs: 700, afterMs: 800, isUnfinished: false },
  checks: [],
  seen: 'something was sent',
  ended: 'done',
}

const missedBy = (change: Partial<Figures>, theirs?: Partial<Figures>): readonly string[] =>
  missed({ item: 'item', ours: { ...good, ...change }, theirs: theirs && { ...good, ...theirs } })

const slow = (longestMs: number): Partial<Figures> => ({
  innocent: { attacked: waits(20), other: waits(longestMs), ownDelayMs: 5 },
})

describe('aims', () => {
  it('hold when nothing happens', () => {
    expect(missedBy({})).toEqual([])
  })

  it.each<readonly [string, Partial<Figures>, string]>([
    ['a wait, at either server', slow(300), 'a wait of 300 ms, over 250 ms'],
    ['memory beyond the data', { residentPeakBytes: 600 * MIB }, '599 MiB beyond the data, over 512 MiB'],
    ['a death', { deaths: ['server 2: exit code 14'] }, 'died: server 2: exit code 14'],
    ['a lost quorum', { epochs: 1 }, '1 new epochs: the quorum was lost'],
    ['a flooded log', { logBytes: 20 * MIB }, '20 MiB of log'],
    [
      'a slow restart',
      { restart: { withoutMs: 700, afterMs: 5000, isUnfinished: false } },
      'a restart of 5000 ms, 700 ms without',
    ],
    [
      'a restart that never ends',
      { restart: { withoutMs: 700, afterMs: 120_000, isUnfinished: true } },
      'no service 120 s after a restart',
    ],
    [
      'an aim of its own',
      { checks: [{ aim: 'all answers come', held: false, seen: '3 of 71' }] },
      'not so: all answers come (3 of 71)',
    ],
  ])('miss %s', (_, change, what) => {
    expect(missedBy(change)).toEqual([what])
  })

  it('allow a wait and an epoch that the other has too, and nothing else', () => {
    expect(missedBy(slow(300), slow(400))).toEqual([])
    expect(missedBy(slow(300), slow(200))).toHaveLength(1)
    expect(missedBy({ epochs: 2 }, { epochs: 2 })).toEqual([])
    expect(missedBy({ deaths: ['server 1: exit code 1'] }, { deaths: ['server 1: exit code 1'] })).toHaveLength(1)
  })

  it('do not count what the machine itself may have added, nor data that is legitimately there', () => {
    expect(missedBy({ innocent: { attacked: waits(300), other: waits(0), ownDelayMs: 60 } })).toEqual([])
    expect(missedBy({ residentPeakBytes: 600 * MIB, storedBytes: 100 * MIB })).toEqual([])
    expect(
      missedBy({ storedBytes: 100 * MIB, restart: { withoutMs: 700, afterMs: 7000, isUnfinished: false } }),
    ).toEqual([])
  })
})

describe('report', () => {
  const row = { item: 'some-item', ours: good, theirs: undefined }
  const both = {
    item: 'some-item',
    ours: { ...good, ...slow(300) },
    theirs: { ...good, innocent: { attacked: waits(9000, true), other: waits(0), ownDelayMs: 0 } },
  }

  it('has every column, and a line for each side', () => {
    const [head = '', ours = '', theirs = ''] = renderText([both], 'Other').split('\n')
    for (const column of COLUMNS) expect(head).toContain(column)
    expect(ours).toMatch(
      /^some-item +zab +20 ms +300 ms +0 +130 MiB +30 MiB +1\.0 MiB +0\.0 MiB +- +0 +800 ms +700 ms$/,
    )
    expect(theirs).toMatch(/^ +Other +≥ 9,000 ms/)
    const markdown = renderMarkdown([both], 'Other').split('\n')
    expect(markdown).toContain(`| ${COLUMNS.join(' | ')} |`)
  })

  it('says what was missed, and that the machine is shared', () => {
    const text = renderText([{ ...row, ours: { ...good, epochs: 1 } }], 'Other')
    expect(text).toContain('MISSED by some-item: 1 new epochs')
    expect(text).toContain('share the machine')
  })

  it('is JSON with the same figures', () => {
    const machine = { date: '2024-05-06', cores: 2, processor: 'p', memoryGiB: 8, system: 's', node: 'n' }
    const { items } = JSON.parse(renderHostile([both], machine, 'Other', false).json)
    expect(items[0].ours).toEqual(both.ours)
    expect(items[0].longestWaitMs).toBe(300)
    expect(items[0].missed).toEqual([])
  })

  it.each<readonly [number, Partial<Figures>]>([
    [0, {}],
    [1, { epochs: 1 }],
    [1, { epochs: 1, ended: 'budget' }],
    [3, { ended: 'budget' }],
    [3, { ended: 'failed' }],
  ])('ends with %i', (code, change) => {
    expect(exitCodeOf([row, { ...row, ours: { ...good, ...change } }])).toBe(code)
  })
})

describe('names', () => {
  it('come in the order of the list, each once', () => {
    expect(chooseNames('c,a,c', ['a', 'b', 'c'])).toMatchObject({ right: ['a', 'c'] })
    expect(chooseNames('a,d', ['a', 'b'])).toMatchObject({ left: 'There is no "d"; there are a, b.' })
  })
})

describe('menu', () => {
  it('has one item of each name, found by it, each with a sentence and a report', () => {
    expect(new Set(MENU.map(({ name }) => name)).size).toBe(MENU.length)
    for (const item of MENU) {
      expect(itemOf(item.name)).toBe(item)
      expect(item.does).toMatch(/^[A-Z].*\.$|\?$/)
      expect(describeMenu()).toContain(`After: ${item.after}.`)
    }
  })

  it('runs no control unless it is named', () => {
    expect(chosen(false).some(({ isControl }) => isControl)).toBe(false)
    expect(chosen(true).every(({ isQuick }) => isQuick)).toBe(true)
    expect(chosen(true).length).toBeLessThan(chosen(false).length)
  })
})

describe('collisions', () => {
  it('are distinct names of one hash', () => {
    for (const start of [FNV_OFFSET, fnvOf('/parent/')]) {
      const names = fnvCollisions(64, start)
      expect(new Set(names).size).toBe(64)
      const hashes = names.map((name) => fnvOf(start === FNV_OFFSET ? name : `/parent/${name}`))
      expect(new Set(hashes).size).toBe(1)
    }
    const java = javaCollisions(64)
    const hashOf = (name: string): number =>
      [...name].reduce((hash, letter) => (31 * hash + letter.charCodeAt(0)) | 0, 0)
    expect(new Set(java).size).toBe(64)
    expect(new Set(java.map(hashOf)).size).toBe(1)
  })
})

describe('answers', () => {
  const frame = (xid: number, error: number, body: number): Buffer => {
    const bytes = Buffer.alloc(20 + body)
    bytes.writeInt32BE(16 + body)
    bytes.writeInt32BE(xid, 4)
    bytes.writeInt32BE(error, 16)
    return bytes
  }

  it.each([1, 3, 7, 20, 1000])('are counted in pieces of %i bytes', (size) => {
    const greeting = Buffer.concat([Buffer.from([0, 0, 0, 37]), Buffer.alloc(37, 0xff)])
    const input = Buffer.concat([greeting, frame(1, 0, 100), frame(-1, 0, 30), frame(2, -101, 0), frame(3, 0, 5)])
    const counter = new AnswerCounter()
    expect(counter.answers).toBe(-1)
    for (let offset = 0; offset < input.length; offset += size) counter.take(input.subarray(offset, offset + size))
    expect(counter).toMatchObject({ answers: 3, notifications: 1, errors: 1, lastError: 0, bytes: input.length })
  })
})

describe('peak', () => {
  it('is what Linux keeps of a process', () => {
    expect(parsePeak('VmPeak:  9 kB\nVmHWM:\t  1234 kB\nVmRSS: 3 kB\n')).toBe(1234 * 1024)
    expect(parsePeak('')).toBe(0)
  })
})

describe('random bytes', () => {
  it('are equal for equal seeds', () => {
    const draw = (seed: number): readonly number[] => Array.from({ length: 5 }, makeRandom(seed))
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
