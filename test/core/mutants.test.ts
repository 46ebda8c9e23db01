/** Historical bugs that cost progress or show in one step: with the rules of ZAB the step goes right, with the bug wrong. */
import { describe, expect, it } from 'vitest'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as Z from '../../src/core/zxid.js'
import { directedMutants } from './mutants.js'
import { established, Server, vote } from './server.js'

/** What each bug breaks: undefined when it goes right. */
const symptoms: Readonly<Record<keyof typeof directedMutants, (using: Rules) => string | undefined>> = {
  'ZK-1277 the counter rolls over': (using) => {
    const leader = established({ rules: using })
    const { role } = leader.peer
    if (role.kind !== 'Leading') return 'not leading'
    const phase = { kind: 'Broadcasting', epoch: 1, lastProposed: Z.zxid(1, Z.MAX_COUNTER - 1) } as const
    leader.peer = { ...leader.peer, role: { ...role, phase } }
    return leader.submits('a').did('Proposed') ? 'the last counter of the epoch is proposed' : undefined
  },
  'ZK-1419 parentheses of the vote order': (using) => {
    const [first, second] = [vote(1, '0:9', 2), vote(5, '0:9', 1)]
    const better = using.premises['ELEC-3.better']
    return better(first, second, 1) && better(second, first, 1) ? 'two votes beat each other' : undefined
  },
  'ZK-1514 the round is ignored when others name us': (using) =>
    new Server(3, { rules: using }).hears(1, vote(3), 5, 'FOLLOWING').hears(2, vote(3), 5, 'FOLLOWING').role ===
    'Leading'
      ? 'leads by votes of an old round'
      : undefined,
}

describe('a bug shows in one step', () => {
  for (const [name, mutant] of Object.entries(directedMutants))
    it(name, () => {
      const symptom = symptoms[name as keyof typeof directedMutants] // Object.entries forgets the names
      expect(symptom(rules)).toBeUndefined()
      expect(symptom(mutant)).toBeDefined()
    })
})
