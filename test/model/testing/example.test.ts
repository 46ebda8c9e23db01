// A lock of another project, tested as that project would: never two holders, whatever happens to servers and networks.
import { expect, it } from 'vitest'
import fc from 'fast-check'
import type { Client, Fault } from '../../../model/testing/index.js' // elsewhere: from 'zab/testing'
import { arbitraries, makeEnsemble } from '../../../model/testing/index.js'

/** The usual recipe: the lowest sequential ephemeral node holds the lock; each other one watches the one before it. */
const acquire = async (client: Client): Promise<void> => {
  const own = (await client.create('/lock-', '', { ephemeral: true, sequential: true })).slice(1)
  for (;;) {
    const others = (await client.children('/')).filter((name) => name.startsWith('lock-') && name < own)
    const previous = others.sort().at(-1)
    if (previous === undefined) return
    await new Promise<unknown>((resolve, reject) => {
      client.exists(`/${previous}`, resolve).then((stat) => stat ?? resolve(stat), reject)
    })
  }
}
type IsHeld = (client: Client) => boolean
/** Wrong: when the session expires the node goes, and its owner has not heard of it. */
const careless: IsHeld = () => true
/** Who has lost the connection cannot know whether the session still lives, and steps back. */
const careful: IsHeld = (client) => client.state() === 'connected'

/** Two workers take turns for a minute while faults come; never may both hold the lock. */
const contend = async (isHeld: IsHeld, seed: number, faults: readonly (readonly [Fault, number])[]) => {
  const ensemble = makeEnsemble({ seed })
  const holders = new Set<string>()
  const work = async (name: string): Promise<void> => {
    while (ensemble.nowMs() < 60_000) {
      const client = ensemble.client()
      const isAcquired = await acquire(client).then(
        () => true,
        () => false,
      )
      for (let ms = 0; isAcquired && ms < 8000 && isHeld(client); ms += 100) {
        if (holders.add(name).size > 1) throw new Error('two holders')
        await ensemble.sleep(100)
      }
      holders.delete(name)
      await client.close()
      await ensemble.sleep(100)
    }
  }
  const trouble = async (): Promise<void> => {
    for (const [fault, ms] of faults) await ensemble.sleep(ms).then(() => ensemble.inject(fault))
    ensemble.heal()
  }
  await ensemble.run(() => Promise.all([work('first'), work('second'), trouble()]))
}
const faults = fc.array(fc.tuple(arbitraries(fc).fault(), fc.constantFrom(100, 1000, 5000)), { maxLength: 8 })
const isExclusive = (isHeld: IsHeld) => fc.asyncProperty(fc.nat(), faults, (seed, list) => contend(isHeld, seed, list))

it('a lock that looks at its session is exclusive', () => fc.assert(isExclusive(careful), { seed: 1, numRuns: 20 }))

it('a lock that does not is found out', async () => {
  const { errorInstance } = await fc.check(isExclusive(careless), { seed: 1, numRuns: 200 })
  expect(String(errorInstance)).toBe('Error: two holders')
})
