/** How a learner is brought level, on real processes: DIFF a little behind, SNAP far behind, TRUNC with a divergent tail. */
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import { leaveDivergentTail, SLOW } from '../support/divergent.js'
import { makeEnsemble } from '../support/ensemble.js'
import { logsContain } from '../support/log-files.js'
import { expectEqualTrees } from '../support/trees.js'

const WINDOW = 50

describe('a follower that comes back', () => {
  it('a little behind gets DIFF, far behind SNAP', async () => {
    const ensemble = await makeEnsemble({ settings: { commitLogCount: WINDOW } })
    await ensemble.start()
    const leader = await ensemble.leader()
    const follower = ensemble.server(leader.id === 1 ? 2 : 1)
    const client = await connect(leader.address)
    await client.create('/before')

    await follower.kill()
    for (let index = 0; index < WINDOW / 5; index += 1) await client.create(`/little-${index}`, 'x')
    follower.start()
    await leader.logged(`learner ${follower.id} is synchronized by DIFF`)
    await follower.serves()
    await expectEqualTrees(ensemble)

    await follower.kill()
    await Promise.all(Array.from({ length: 4 * WINDOW }, (_, index) => client.create(`/far-${index}`, 'x')))
    follower.start()
    await leader.logged(`learner ${follower.id} is synchronized by SNAP`)
    await follower.serves()
    const tree = await expectEqualTrees(ensemble)
    expect(tree.has('/little-9')).toBe(true)
    expect(tree.has(`/far-${4 * WINDOW - 1}`)).toBe(true)

    // What came with the snapshot is on its disk: alone with the other follower it has everything.
    await client.close()
    await ensemble.killAll()
    follower.start()
    ensemble.servers.find(({ id }) => id !== leader.id && id !== follower.id)?.start()
    await ensemble.serves()
    expect(await expectEqualTrees(ensemble)).toEqual(tree)
  })

  it('with a tail that nobody else has gets TRUNC', async () => {
    const ensemble = await makeEnsemble({ settings: SLOW })
    await ensemble.start()
    const leader = await ensemble.leader()
    await (await connect(leader.address)).create('/kept', 'acknowledged')
    await leaveDivergentTail(ensemble, leader, '/never-acknowledged')

    for (const server of ensemble.servers) if (server !== leader) server.start()
    await ensemble.serves()
    const next = await ensemble.leader()
    leader.start()
    await next.logged(`learner ${leader.id} is synchronized by TRUNC`)
    await leader.serves()
    const tree = await expectEqualTrees(ensemble)
    expect(tree.has('/kept')).toBe(true)
    expect(tree.has('/never-acknowledged')).toBe(false)
    expect(logsContain(leader, '/never-acknowledged')).toBe(false)
  })
})
