// Programs around the server: without a bend they are the server, and what they remember is lost with the process.
import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../model/world/random.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import type { Program } from '../../../model/world/node.js'
import { bending, ignoring, remembering } from '../../../proofs/museum/program.js'

const options = { seed: 7, voters: 3, observers: 0, clients: 3 }
const commands = randomCommands(makeRandom(7), options, 60)
const fingerprintOf = (program?: Program): number => runSchedule(options, commands, program).world.fingerprint()

describe('a program that bends nothing', () => {
  it.each([
    ['bending', bending((_, __, step) => step)],
    ['ignoring', ignoring(() => false)],
    ['remembering', remembering(0, (_, __, step, note) => [step, note + 1])],
  ])('%s: runs like the server', (_, program) => {
    expect(fingerprintOf(program)).toBe(fingerprintOf())
  })
})

describe('a note', () => {
  it('is blank at every start and kept from step to step', () => {
    const notes: number[] = []
    fingerprintOf(
      remembering(0, (_, event, step, note) => {
        if (event.kind === 'Started') notes.push(note)
        return [step, note + 1]
      }),
    )
    expect(notes.length).toBeGreaterThan(3)
    expect(new Set(notes)).toEqual(new Set([0]))
  })
})
