/** Scenarios as JSON: there and back, and whatever is none is refused with a reason. */
import fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { corners } from '../../../model/fuzz/episodes.js'
import { reconfigurations } from '../../../model/fuzz/operators.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import { parseScenario, renderScenario } from '../../../model/fuzz/scenario.js'
import { makeRandom } from '../../../model/world/random.js'
import { tokenOf } from '../../../model/world/report.js'
import { randomCommands } from '../../../model/world/schedule.js'

const options = { seed: 5, voters: 3, observers: 1, clients: 2, committedWindow: 4, snapCount: 9, codecs: true }

const scenarioFrom = (seed: number): Scenario => ({
  options,
  commands: [...randomCommands(makeRandom(seed), options, 80), ...corners(makeRandom(seed), options, 40)],
})

const parsed = (text: string): unknown => {
  const result = parseScenario(text)
  return isRight(result) ? result.right : result.left
}

describe('a scenario', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const scenario = scenarioFrom(seed)
        expect(parsed(renderScenario(scenario))).toEqual(scenario)
      }),
      { numRuns: 30 },
    )
  })

  it('comes back with its joiners and reconfigurations', () => {
    const own = { ...options, joiners: 2, reconfiguration: true }
    const commands = [
      ...randomCommands(makeRandom(3), { ...own, faults: ['reconfigure'] }, 80),
      ...reconfigurations(makeRandom(3), own, 40),
    ]
    expect(new Set(commands.map(({ kind }) => kind))).toContain('reconfigure')
    expect(parsed(renderScenario({ options: own, commands }))).toEqual({ options: own, commands })
  })

  it('keeps the name of a planted bug', () => {
    const scenario = { ...scenarioFrom(1), bug: 'ZK-335' }
    expect(parsed(renderScenario(scenario))).toEqual(scenario)
  })

  it('is also what the simulation prints', () => {
    const { commands } = scenarioFrom(2)
    expect(parsed(tokenOf(options, commands))).toEqual({ options, commands })
  })

  it.each([
    ['', 'it is not a JSON object'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'seed is no whole number of 32 bits'],
    ['{"seed":1,"voters":0}', 'voters is no whole number from 1 to 31'],
    ['{"seed":1,"voters":3,"observers":99}', 'observers is no whole number from 0 to 31'],
    ['{"seed":1,"voters":3,"observers":0,"clients":0}', 'clients is no whole number from 1 to 1000'],
  ])('%j is none', (text, why) => {
    expect(parsed(text)).toBe(why)
  })

  it.each([
    [{ commands: 1 }, 'commands is not a list'],
    [{ commands: [], bug: 1 }, 'bug is no text'],
    [{ commands: [], snapCount: -1 }, 'snapCount is no whole number above 0'],
    [{ commands: [], codecs: 'yes' }, 'codecs is neither true nor false'],
    [{ commands: [], joiners: 32 }, 'joiners is no whole number from 0 to 31'],
    [{ commands: [], reconfiguration: 1 }, 'reconfiguration is neither true nor false'],
    [
      { commands: [{ kind: 'reconfigure', client: 0, voters: 3, observers: [] }] },
      'command 1 is not known to this release',
    ],
    [{ commands: [], faults: ['nonsense'] }, 'faults is not a list of faults that this release knows'],
    [{ commands: [{ kind: 'heal' }, { kind: 'dance' }] }, 'command 2 is not known to this release'],
    [{ commands: [{ kind: 'advance' }] }, 'command 1 is not known to this release'],
    [{ commands: [{ kind: 'advance', ms: 1e300 }] }, 'command 1 is not known to this release'],
    [{ commands: [{ kind: 'request', client: 0 }] }, 'command 1 is not known to this release'],
    [{ commands: [null] }, 'command 1 is not known to this release'],
    [{ commands: [{ kind: 'heal', gently: true }] }, 'command 1 is not known to this release'],
    [{ commands: [{ kind: 'crash', server: 1, at: 'noon' }] }, 'command 1 is not known to this release'],
    [{ commands: [{ kind: 'toString' }] }, 'command 1 is not known to this release'],
    [{ commands: [], quorum: 'all' }, 'it has options that are not known to this release'],
    [{ commands: [], fingerprint: 'x' }, 'fingerprint is no whole number of 32 bits'],
  ])('with %j is none', (fields, why) => {
    expect(parsed(JSON.stringify({ seed: 1, voters: 3, observers: 0, clients: 1, ...fields }))).toBe(why)
  })

  it('is never an exception', () => {
    fc.assert(
      fc.property(fc.json(), fc.array(fc.jsonValue()), (text, commands) => {
        expect(isLeft(parseScenario(text))).toBe(true)
        parseScenario(JSON.stringify({ seed: 1, voters: 3, observers: 0, clients: 1, commands }))
      }),
      { numRuns: 300 },
    )
  })
})
