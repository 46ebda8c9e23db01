/** Which worlds operators may reconfigure, where that is among the faults: so many of the seeds. */
import type { FaultName } from './atlas.js'
import { atlas, faultNames } from './atlas.js'
import type { PlainOptions } from './options.js'
import { makeRandom } from './random.js'

const ONE_IN = 4
const MAX_JOINERS = 2
/** Not the world's own stream of chance, nor that of its schedule: what other seeds do stays as it is. */
const SALT = 0x5ec0f19

/** All of them where operators alone do something. */
export const reconfigurableBy = (
  seed: number,
  faults: readonly FaultName[] = faultNames,
): Pick<PlainOptions, 'joiners' | 'reconfiguration'> => {
  if (!faults.includes('reconfigure')) return {}
  const random = makeRandom(seed ^ SALT)
  const isChosen = random.below(ONE_IN) === 0 || faults.every((fault) => atlas[fault].group === 'operators')
  return isChosen ? { joiners: random.between(1, MAX_JOINERS), reconfiguration: true } : {}
}
