/** What is printed: table, Markdown and JSON, a doubt that must not be hidden, and progress. */
import { describe, expect, it } from 'vitest'
import { makeProgress } from '../../src/cli/bench/progress.js'
import { render } from '../../src/cli/bench/render.js'
import { renderMarkdown, renderText } from '../../src/cli/bench/table.js'

const machine = {
  date: '2024-05-06',
  cores: 2,
  processor: 'Some CPU',
  memoryGiB: 8,
  system: 'linux 6.1.0',
  node: 'v20.19.0',
}

const setting = {
  servers: 3,
  sessions: 8,
  outstanding: 64,
  size: 100,
  write: 'create',
  seconds: 10,
  operations: 1000,
  markdown: false,
} as const

const both = {
  ours: { writesPerSecond: [20_000, 30_000, 25_000], latencyP50Ms: [1.234] },
  theirs: { name: 'other', samples: { writesPerSecond: [50_000], failoverMs: [800] } },
}

describe('table', () => {
  it('has a row for whatever was measured on either side', () => {
    expect(renderText(both)).toBe(
      [
        '                                            zab     other  zab / other',
        'writes, pipelined                      25,000/s  50,000/s   0.50 worse',
        'one write at a time, median             1.23 ms         -            -',
        'no writes after kill -9 of the leader         -    800 ms            -',
        '',
      ].join('\n'),
    )
  })

  it('has one column of figures when nothing stands beside ours', () => {
    expect(renderText({ ours: { startMs: [600] }, theirs: undefined })).toBe(
      ['                                    zab', 'from nothing to the first write  600 ms', ''].join('\n'),
    )
  })

  it('is Markdown on demand', () => {
    expect(renderMarkdown(both, ['A note.']).split('\n').slice(0, 5)).toEqual([
      'A note.',
      '',
      '|  | zab | other | zab / other |',
      '|---|---:|---:|---:|',
      '| writes, pipelined | 25,000/s | 50,000/s | 0.50 worse |',
    ])
  })
})

describe('report', () => {
  const report = (zxidGrowth: number, isInMemory = false) => ({
    ...both,
    written: [{ acknowledged: 1000, zxidGrowth }],
    isInMemory,
  })

  it('says on what it was measured', () => {
    const { text } = render(report(1000), machine, setting)
    expect(text).toContain('2024-05-06; 2 cores (Some CPU), 8 GiB of memory')
    expect(text).toContain('8 sessions with 64 requests')
    expect(text).not.toContain('Doubtful')
  })

  it('says so when the servers have not logged what was counted', () => {
    expect(render(report(999), machine, setting).text).toContain('Doubtful: 1000 writes')
    expect(render(report(999), machine, { ...setting, markdown: true }).text).toContain('Doubtful: 1000 writes')
  })

  it('says so when fsync did nothing', () => {
    expect(render(report(1000, true), machine, setting).text).toContain('Doubtful: the data was on a file system')
  })

  it('has every sample in its JSON', () => {
    const json = JSON.parse(render(report(1000), machine, setting).json)
    expect(json.ours.samples.writesPerSecond).toEqual([20_000, 30_000, 25_000])
    expect(json.ours.medians.writesPerSecond).toBe(25_000)
    expect(json.theirs.name).toBe('other')
    expect(json.machine.node).toBe('v20.19.0')
  })
})

describe('progress', () => {
  const record = (isTerminal: boolean): string => {
    let written = ''
    const progress = makeProgress({ write: (text) => (written += text), columns: 20 }, isTerminal)
    progress.step('writes')
    progress.tick('1,000 done and a long rest')
    progress.note('round 2')
    progress.end()
    return written
  }

  it('is a line for each step, and nothing else, in a log', () => {
    expect(record(false)).toBe('writes\nround 2\n')
  })

  it('is one line on a terminal, never wider than it', () => {
    const erased = '\r\u001b[K'
    expect(record(true)).toBe(`${erased}writes${erased}writes: 1,000 done ${erased}round 2\n${erased}writes${erased}`)
  })
})
