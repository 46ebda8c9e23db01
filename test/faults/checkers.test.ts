/** The checkers of these tests see what they are there to see: each is shown a fault. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import { Ensemble, makeEnsemble, temporaryDirectory } from '../support/ensemble.js'
import { logsContain, recordsOf } from '../support/log-files.js'
import { expectEqualTrees } from '../support/trees.js'
import { until, untilTrue, within } from '../support/wait.js'

describe('waiting', () => {
  it('has an end, and says what it waited for', async () => {
    await expect(until('never', () => undefined, 50)).rejects.toThrow('after 50 ms still waiting until never')
    await expect(untilTrue('true', () => false, 50)).rejects.toThrow('still waiting until true')
    await expect(within('nothing', new Promise(() => undefined), 50)).rejects.toThrow('still waiting for nothing')
    expect(await until('now', () => 'now')).toBe('now')
  })
})

describe('the comparison of trees', () => {
  it('names a node that differs in its data, in its stat, or in being there at all', async () => {
    const one = await makeEnsemble({ kinds: ['zab'] })
    const other = await makeEnsemble({ kinds: ['zab'] })
    await Promise.all([one.start(), other.start()])
    const both = new Ensemble([one.server(1), other.server(1)], () => undefined)
    await expectEqualTrees(both)

    const clients = await Promise.all(both.servers.map(({ address }) => connect(address)))
    await Promise.all(clients.map((client, index) => client.create('/node', `data ${index}`)))
    await expect(expectEqualTrees(both)).rejects.toThrow(/\/node: server 1 has .*, server 1 .*/)
    // The same data again, and another version.
    await Promise.all(clients.map((client) => client.setData('/node', 'data')))
    await clients[0]?.setData('/node', 'data')
    await expect(expectEqualTrees(both)).rejects.toThrow(/\/node: server 1 has .*"version":2.*, server 1 .*"version":1/)
    await clients[0]?.create('/here-only')
    await expect(expectEqualTrees(both)).rejects.toThrow(/\/here-only: server 1 has .*, server 1 nothing/)
  })
})

describe('a server process', () => {
  it('that cannot start is seen to end, with its exit code', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab'] })
    writeFileSync(join(ensemble.server(1).directory, 'zoo.cfg'), 'nonsense\n')
    await expect(ensemble.start()).rejects.toThrow('server 1 has ended: 2')
  })

  it('that is killed is seen to be gone, and its log is found', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab'] })
    await ensemble.start()
    const server = ensemble.server(1)
    await (await connect(server.address)).create('/logged')
    expect(logsContain(server, '/logged')).toBe(true)
    expect(logsContain(server, '/not-logged')).toBe(false)
    server.signal('SIGKILL')
    expect(await server.ended()).toBe('SIGKILL')
    expect([server.isRunning(), await server.mode()]).toEqual([false, undefined])
  })

  it('writes records that are found where they are, and none in a file without any', () => {
    const empty = join(temporaryDirectory(), 'log.1')
    writeFileSync(empty, Buffer.alloc(100))
    expect(recordsOf(empty)).toEqual([])
  })
})
