/** The stories of the attacks, in golden/. `ZAB_GOLDEN=write` writes them again, to be reviewed as a change. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { attacks } from '../../../proofs/induction/attacks.js'
import { carryOut } from '../../../proofs/induction/carry-out.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { mutantsOf } from '../../../proofs/induction/mutants.js'
import { sentence, tell } from '../../../proofs/induction/story.js'
import { properties } from '../../../spec/properties.js'
import { zab } from '../../../spec/zab.js'

const folder = fileURLToPath(new URL('./golden/', import.meta.url))
const fileOf = (mutant: string): string => `${mutant.replaceAll(/[^A-Za-z0-9]+/g, '-')}.txt`
const statements = [...properties, ...invariant]

describe('stories', () => {
  for (const attack of attacks)
    it(attack.mutant, () => {
      const mutant = mutantsOf(zab).find(({ name }) => name === attack.mutant)
      if (mutant === undefined) return expect.fail(`no mutant ${attack.mutant}`)
      const told = tell(attack, carryOut(zab, mutant, attack, statements))
      const file = folder + fileOf(attack.mutant)
      if (process.env['ZAB_GOLDEN'] === 'write') writeFileSync(file, told)
      else expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(told)
    })

  it('are told of these attacks only', () => {
    expect(readdirSync(folder).sort()).toEqual(attacks.map(({ mutant }) => fileOf(mutant)).sort())
  })

  it('say where the system itself stops an attack', () => {
    const [attack] = attacks
    if (attack === undefined) return expect.fail('no attack')
    expect(tell(attack, carryOut(zab, { name: 'none', system: zab }, attack, statements))).toContain(
      'refuses step 1, A promises e0 to A: a real epoch',
    )
  })

  it('have words for every action, and arguments for one without', () => {
    for (const { name, parameters } of zab.actions)
      expect(sentence({ action: name, of: Object.fromEntries(parameters.map((one) => [one.name, 'x'])) })).not.toMatch(
        /\?|\(/,
      )
    expect(sentence({ action: 'sleep', of: { server: 'A', zxid: '1:1' } })).toBe('sleep(server A, zxid 1:1)')
  })
})
