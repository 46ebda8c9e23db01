// The table of the museum: who is caught, by whom, how soon; a bug that nobody catches is named.
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { fuzz } from '../../../src/cli/museum/detection.js'
import { isCaught, renderJson, renderText } from '../../../src/cli/museum/table.js'

const bug = catalogue['ZK-4643']
const fuzzing = { check: 'RECV-3', tried: 3, seconds: 1.26 }
const exploration = { check: 'RECV-3', tried: 1234, seconds: 0.5 }
const caught = { bug, fuzzing, exploration: undefined }
const alive = { bug, fuzzing: undefined, exploration: undefined }

describe('the table', () => {
  it('has a line for each bug', () => {
    const [head, line, , verdict] = renderText([caught]).split('\n')
    expect(head).toMatch(/^id +kind +breaks +caught by +schedules +seconds +exploration +title$/)
    expect(line).toMatch(
      /^ZK-4643 +safety +SYNC-2 RECV-3 +RECV-3 +3 +1\.3 +- +currentEpoch is on disk before the history$/,
    )
    expect(verdict).toBe('all 1 caught')
  })

  it('names who is not caught', () => {
    expect(renderText([caught, alive])).toMatch(/not caught: ZK-4643$/)
  })

  it('counts what only exploration catches', () => {
    const death = { bug, fuzzing: undefined, exploration }
    expect(isCaught(death)).toBe(true)
    expect(renderText([death])).toContain('1234 states, 0.5 s')
  })

  it('is one JSON object for programs', () => {
    expect(JSON.parse(renderJson(7, [caught, alive]))).toMatchObject({
      seed: 7,
      caught: 1,
      bugs: [{ id: 'ZK-4643', breaks: ['SYNC-2', 'RECV-3'], fuzzing, exploration: null }, { fuzzing: null }],
    })
  })
})

describe('fuzzing', () => {
  it('finds a bug and says when', () => {
    let nowMs = 0
    expect(fuzz(bug, 1, 60_000, () => (nowMs += 10))).toMatchObject({
      check: expect.stringMatching(/./),
      seconds: expect.any(Number),
    })
  })

  it('gives up when its time is over', () => {
    let nowMs = 0
    expect(fuzz(bug, 1, 5, () => (nowMs += 10))).toBeUndefined()
  })
})
