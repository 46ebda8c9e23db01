/** kazoo against three real servers. */
import { describe, expect, it } from 'vitest'
import { makeEnsemble } from '../support/ensemble.js'
import { hasKazoo, PYTHON, runKazoo } from '../support/kazoo.js'
import { expectEqualTrees } from '../support/trees.js'

describe('kazoo', () => {
  it.runIf(hasKazoo)('creates, watches, locks, and commits transactions', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    expect(await runKazoo(ensemble.connectString)).toBe('done\n')
    await expectEqualTrees(ensemble)
  })

  // Whoever has not installed it is told so by the name of a test.
  if (!hasKazoo) it(`NOT RUN: ${PYTHON} cannot import kazoo (apt-get install python3-kazoo)`, () => undefined)
})
