/**
 * Apache's servers and ours in one ensemble whose server lines all say `localhost`, where that is ::1 and 127.0.0.1:
 * Java takes the IPv4 address, so that each must be reached on the one of two that it has.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import { makeEnsemble, temporaryDirectory } from '../support/ensemble.js'
import { hasApache, type Kind } from '../support/server-process.js'
import { expectEqualTrees } from '../support/trees.js'

const HOSTS = '::1 localhost\n127.0.0.1 localhost\n'

/** Runs a command where /etc/hosts is this file. */
const withHosts = (file: string): readonly string[] => [
  ...['unshare', '--map-root-user', '--mount'],
  ...['sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', file],
]

const hostsFile = (): string => {
  const file = join(temporaryDirectory(), 'hosts')
  writeFileSync(file, HOSTS)
  return file
}

const canNameHosts = ((): boolean => {
  const [program = '', ...rest] = withHosts('/etc/hosts')
  return spawnSync(program, [...rest, 'true']).status === 0
})()

// Whoever cannot run it is told so by the name of a test.
if (!hasApache) it('NOT RUN: Apache ZooKeeper is not installed (apt-get install zookeeper)', () => undefined)
if (!canNameHosts) it('RUN WITH THE HOSTS OF THIS MACHINE: no mount namespace may be made here', () => undefined)

describe.runIf(hasApache)('where localhost is ::1 and 127.0.0.1', () => {
  it.each<{ readonly name: string; readonly kinds: readonly Kind[]; readonly leader: number }>([
    { name: 'Apache’s servers join one that ours leads', kinds: ['apache', 'apache', 'zab'], leader: 3 },
    { name: 'ours join one that Apache leads', kinds: ['zab', 'zab', 'apache'], leader: 3 },
  ])('$name', async ({ kinds, leader }) => {
    const through = canNameHosts ? withHosts(hostsFile()) : []
    const ensemble = await makeEnsemble({ kinds, host: 'localhost', through })
    // The largest id first: with one other it is a quorum, and wins.
    ensemble.server(leader).start()
    ensemble.server(1).start()
    await ensemble.serves()
    await ensemble.start()
    expect((await ensemble.leader()).id).toBe(leader)
    for (const server of ensemble.servers) await (await connect(server.address)).create(`/by-${server.id}`)
    const tree = await expectEqualTrees(ensemble)
    for (const { id } of ensemble.servers) expect(tree.has(`/by-${id}`)).toBe(true)
  })
})
