/** How a learner is brought level, on real processes: DIFF a little behind, SNAP far behind, TRUNC with a divergent tail. */
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import { makeEnsemble } from '../support/ensemble.js'
import { logContains, newestLog } from '../support/log-files.js'
import { expectEqualTrees } from '../support/trees.js'
import { untilTrue } from '../support/wait.js'

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
    // A leader without followers notices after half a tick: time enough to give it one more write.
    const ensemble = await makeEnsemble({ settings: { tickTime: 3000, initLimit: 10, syncLimit: 5 } })
    await ensemble.start()
    const leader = await ensemble.leader()
    const followers = ensemble.servers.filter(({ id }) => id !== leader.id)
    const client = await connect(leader.address)
    await client.create('/kept', 'acknowledged')
    await ensemble.level()

    await Promise.all(followers.map((follower) => follower.kill()))
    const marker = 'nobody-else-has-this'
    // Never acknowledged: the connection is lost first.
    const lost = client.create(`/${marker}`).then(
      () => 'acknowledged',
      () => 'lost',
    )
    await untilTrue('the leader has logged the write', () => logContains(newestLog(leader), marker))
    await leader.kill()
    expect(await lost).toBe('lost')

    client.cut()
    for (const follower of followers) follower.start()
    await ensemble.serves()
    const next = await ensemble.leader()
    leader.start()
    await next.logged(`learner ${leader.id} is synchronized by TRUNC`)
    await leader.serves()
    const tree = await expectEqualTrees(ensemble)
    expect(tree.has('/kept')).toBe(true)
    expect(tree.has(`/${marker}`)).toBe(false)
    expect(logContains(newestLog(leader), marker)).toBe(false)
  })
})
