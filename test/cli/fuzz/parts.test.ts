/** The parts of `zab fuzz` that only turn values into values: flags, tokens, code lines, annotations, reports, pages. */
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import type { Account } from '../../../model/world/report.js'
import { clausesOf, codeLine } from '../../../src/cli/fuzz/code-line.js'
import type { Failure } from '../../../src/cli/fuzz/failure.js'
import { renderFailure } from '../../../src/cli/fuzz/failure.js'
import { faultsOf, millisecondsOf, shardOf } from '../../../src/cli/fuzz/flags.js'
import { annotation, stepSummary } from '../../../src/cli/fuzz/github.js'
import { renderJunit } from '../../../src/cli/fuzz/junit.js'
import type { Summary } from '../../../src/cli/fuzz/summary.js'
import { renderSummary, summaryToJson } from '../../../src/cli/fuzz/summary.js'
import { makeTicker } from '../../../src/cli/fuzz/ticker.js'
import { packToken, unpackToken } from '../../../src/cli/fuzz/token.js'

describe('flags', () => {
  it('are times, shards and faults', () => {
    expect([millisecondsOf('90s'), millisecondsOf('10m'), millisecondsOf('2h')]).toEqual([90_000, 600_000, 7_200_000])
    expect(shardOf('2/4')).toEqual({ index: 2, count: 4 })
    expect(faultsOf('crash,clock')).toEqual(['crash', 'drift', 'jump', 'stalledTimers'])
    expect(faultsOf('none')).toEqual([])
    expect(faultsOf('operators')).toEqual(['reconfigure'])
  })

  it.each(['60', '0s', '1d', 's', '-1s'])('%j is no time', (text) => {
    expect(() => millisecondsOf(text)).toThrow('such as 90s, 10m or 2h')
  })

  it.each(['0/4', '5/4', '1', '1/0', 'a/b'])('%j is no shard', (text) => {
    expect(() => shardOf(text)).toThrow('such as 2/4')
  })

  it('name the faults there are', () => {
    expect(() => faultsOf('nonsense')).toThrow('There is no fault "nonsense"; there are all, none, the groups network,')
  })
})

const scenario: Scenario = {
  options: { seed: 1, voters: 3, observers: 0, clients: 1 },
  commands: [{ kind: 'crash', server: 1 }, { kind: 'heal' }],
  bug: 'ZK-335',
}

describe('a token', () => {
  it('comes back as the scenario, and is one word', () => {
    const token = packToken(scenario)
    expect(token).toMatch(/^zab1\.[\w-]+$/)
    const back = unpackToken(token)
    expect(isRight(back) && back.right).toEqual(scenario)
  })

  it.each([
    ['', 'it does not begin with zab1.'],
    ['zab9.AAAA', 'it is of the form zab9, of another release; this one reads zab1'],
    [packToken(scenario).slice(0, -9), 'it is damaged, or cut off'],
    ['zab1.!!', 'it is damaged, or cut off'],
    ['{"seed":-1}', 'seed is no whole number of 32 bits'],
  ])('%j is none', (text, why) => {
    expect(unpackToken(text)).toEqual({
      _tag: 'Left',
      left: expect.stringContaining(`not a replay token: ${why}; give `),
    })
  })
})

const sources = [
  {
    file: 'src/core/a.ts',
    text: "/** SYNC-2. */\nexport type Phase = 'x'\n\n/** SYNC-2. */\nexport const early = () => 1\n",
  },
  {
    file: 'src/core/b.ts',
    text: "const BOTH = ['SYNC-2', 'RECV-3'] as const\n\nexport const late = (a: number) => [a, BOTH]\n",
  },
]

describe('the code line', () => {
  it('is the head of the function that cites the most of the clauses', () => {
    expect(codeLine(sources, ['SYNC-2'])).toEqual({ file: 'src/core/a.ts', line: 5, name: 'early', clause: 'SYNC-2' })
    expect(codeLine(sources, ['RECV-3', 'SYNC-2'])).toMatchObject({ file: 'src/core/b.ts', line: 3, name: 'late' })
    expect(codeLine(sources, ['DISC-4'])).toBeUndefined()
  })

  it('is looked for by the clause, by what the judge names, by the property, or by the last step', () => {
    expect(clausesOf({ clause: 'RECV-6', what: 'of DISC-4', atMs: 0 })).toEqual(['RECV-6', 'DISC-4'])
    expect(clausesOf({ clause: 'adopt', what: 'clauses: SYNC-2, RECV-3, X-9', atMs: 0 })).toEqual(['SYNC-2', 'RECV-3'])
    expect(clausesOf({ clause: 'Q2', what: 'lost', atMs: 0 }, ['ELEC-1'])).toEqual(['BCAST-5'])
    expect(clausesOf({ clause: 'TOTAL', what: 'threw', atMs: 0 }, ['ELEC-1'])).toEqual(['ELEC-1'])
  })
})

const account: Account = {
  violation: { clause: 'Q2', what: '1:2 is <lost> & "gone"\nsecond line\u0007', atMs: 12 },
  durationMs: 20,
  steps: 5,
  fingerprint: 7,
  servers: [1, 2],
  commands: ['crash server 1'],
  story: '   1.  12 ms  server 1: crashes',
  diagram: 'sequenceDiagram',
  items: [
    { kind: 'message', atMs: 3, from: 1, to: 2, text: 'ACK 1:2 <&>' },
    { kind: 'note', atMs: 4, weight: 'essential', text: 'crash server 1' },
    { kind: 'note', atMs: 4, weight: 'essential', server: 1, text: 'crashes' },
  ],
}

const failure: Failure = {
  account,
  clauses: ['BCAST-5'],
  token: 'zab1.abc',
  options: { seed: 1, voters: 2, observers: 0, clients: 1 },
  codeLine: { file: 'src/core/a,b.ts', line: 3, name: 'f', clause: 'BCAST-5' },
  commandsBefore: 60,
  isAnotherRun: false,
}

const summary: Summary = {
  outcome: 'violated',
  seed: 1,
  shard: { index: 1, count: 2 },
  elapsedMs: 1500,
  progress: { cases: 10, steps: 100, commits: 5, simulatedMs: 3_600_000 },
  reached: {
    marks: new Map([
      ['a commit', 3],
      ['TRUNC', 0],
    ]),
    clauses: new Map([['BCAST-5', 4]]),
    premises: new Map([['ELEC-3.better', { true: 1, false: 0 }]]),
  },
  corpus: 2,
}

describe('a failure', () => {
  it('says what, where, how to see it again, and how it came', () => {
    const text = renderFailure(failure)
    for (const part of [
      'violated: Q2 at 12 ms: 1:2 is',
      '\nclauses: BCAST-5\ncode: src/core/a,b.ts:3 f (BCAST-5)\n',
      'zab replay zab1.abc',
    ])
      expect(text).toContain(part)
    expect(text).toContain('story (2 voters, 0 observers, 1 client; 1 command; 60 before it was shrunk):\n   1.  12 ms')
    expect(text).toContain('```mermaid\nsequenceDiagram\n```')
  })

  it('is one line for GitHub, escaped', () => {
    expect(annotation(failure)).toMatch(
      /^::error file=src\/core\/a%2Cb\.ts,line=3,title=zab fuzz%3A Q2::1:2 is <lost> & "gone"%0Asecond line.*%0Azab replay zab1\.abc$/,
    )
    expect(annotation({ ...failure, codeLine: undefined })).toMatch(/^::error title=/)
  })

  it('is a page of the run for GitHub: what was done, the story, and the diagram, which GitHub draws', () => {
    const text = stepSummary(summary, failure)
    expect(text).toMatch(/^### zab fuzz: Q2\n\nviolated: seed 1, shard 1\/2: /)
    expect(text).toContain('1 of 2 marks reached; never: TRUNC')
    expect(text).toMatch(/\n````\nviolated: Q2 at 12 ms[^]*\n````\n\n```mermaid\nsequenceDiagram\n```\n$/)
    expect(stepSummary({ ...summary, outcome: 'held' }, undefined)).toMatch(/^### zab fuzz: held\n/)
  })

  it('says when it is another run than the one that its token was made from', () => {
    expect(renderFailure({ ...failure, isAnotherRun: true })).toContain('note: the run is not the one')
    expect(renderFailure(failure)).not.toContain('note:')
  })
})

describe('the summary', () => {
  it('names what was never reached', () => {
    const text = renderSummary(summary)
    expect(text).toContain('marks: 1 of 2 reached')
    expect(text).toContain('never reached in this budget: TRUNC')
    expect(text).toContain('premises: 1, 1 of 2 verdicts seen')
    expect(text).toContain('not seen: ELEC-3.better: false')
    expect(text).toContain('1.00 simulated hours in 1.5 s (2400 in an hour)')
  })

  it('is JSON as well', () => {
    const json = JSON.parse(summaryToJson(summary, failure))
    expect(json.reached.marks).toEqual({ 'a commit': 3, TRUNC: 0 })
    expect(json.neverReached).toEqual(['TRUNC'])
    expect(json.failure.token).toBe('zab1.abc')
  })
})

/** Enough of XML to see that every element is closed, and nothing stands that must be escaped. */
const isWellFormed = (xml: string): boolean => {
  const open: string[] = []
  const rest = xml
    .replace(/^<\?xml[^?]*\?>/, '')
    .replace(/<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g, (_, end, name, __, alone) => {
      if (end === '/') return open.pop() === name ? '' : '<'
      if (alone !== '/') open.push(String(name))
      return ''
    })
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest) && !/[^\t\n\r -\u{10FFFF}]/u.test(xml)
}

describe('the JUnit report', () => {
  it('is well-formed, with the failure and the marks that were missed', () => {
    const xml = renderJunit(summary, failure)
    expect(isWellFormed(xml)).toBe(true)
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1" time="1.500"')
    expect(xml).toContain('<failure type="Q2" message="1:2 is &lt;lost&gt; &amp; &quot;gone&quot;&#10;second line')
    expect(xml).toContain('name="TRUNC"><skipped')
  })

  it('has no failure when all held, and an error when there is no answer', () => {
    expect(renderJunit({ ...summary, outcome: 'held' }, undefined)).toContain('failures="0" errors="0"')
    expect(renderJunit({ ...summary, outcome: 'interrupted' }, undefined)).toContain('failures="0" errors="1"')
  })

  it('would be seen if it were not', () => {
    expect(isWellFormed('<a><b></a>')).toBe(false)
    expect(isWellFormed('<a>&nbsp</a>')).toBe(false)
    expect(isWellFormed('<a>\u0007</a>')).toBe(false)
  })
})

describe('the ticker', () => {
  it('draws one line again and again on a terminal, and writes one now and then elsewhere', () => {
    const times = [0, 100, 300, 40_000]
    const run = (isTTY: boolean): string => {
      let text = ''
      let index = 0
      const ticker = makeTicker({ isTTY, write: (part) => (text += part) }, 60_000, () => times[index++] ?? 0)
      for (const cases of [1, 2, 3]) ticker.tick({ cases, steps: 0, commits: 0, simulatedMs: 0 })
      ticker.end()
      return text
    }
    expect(run(true)).toBe(
      '\r\u001b[K0 of 60 s: 2 schedules, 0 steps, 0 commits\r\u001b[K40 of 60 s: 3 schedules, 0 steps, 0 commits\r\u001b[K',
    )
    expect(run(false)).toBe('40 of 60 s: 3 schedules, 0 steps, 0 commits\n')
  })
})
