/** Rules to explore with, by name: the bugs of the museum that are other rules and nothing else. */
import type { Bug } from '../../../proofs/museum/bug.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import type { Rules } from '../../core/rules.js'
import { rules } from '../../core/rules.js'

const bugs: Readonly<Record<string, Bug>> = catalogue

/** Those of ZAB without a name. Undefined when there are none of that name. */
export const rulesNamed = (name: string | undefined): Rules | undefined => {
  if (name === undefined) return rules
  const variation = Object.hasOwn(bugs, name) ? bugs[name]?.variation : undefined
  return variation?.program === undefined ? variation?.rules : undefined
}

export const variations = (): readonly string[] => Object.keys(bugs).filter((name) => rulesNamed(name) !== undefined)
