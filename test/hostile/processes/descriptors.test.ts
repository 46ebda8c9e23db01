/** A server that has no descriptors left accepts nobody for a while, goes on, and serves again when there are some. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { connect as dial, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { connect } from '../../support/client.js'
import { makeEnsemble } from '../../support/ensemble.js'
import { untilTrue } from '../../support/wait.js'

/** A server at rest has about thirty open. */
const DESCRIPTORS = 48

const CONNECTIONS = 2 * DESCRIPTORS

it('on all its ports', async () => {
  const ensemble = await makeEnsemble({ settings: { maxClientCnxns: 0 } })
  await ensemble.start()
  // After the start: loading modules takes many at once.
  for (const { pid } of ensemble.servers) execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${DESCRIPTORS}`])
  const sockets: Socket[] = []
  for (const server of ensemble.servers)
    for (const port of [server.clientPort, server.clientPort + 1, server.clientPort + 2])
      for (let index = 0; index < CONNECTIONS; index += 1) {
        const socket = dial({ host: '127.0.0.1', port }).on('error', () => undefined)
        sockets.push(socket)
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined)
      }
  expect(ensemble.running()).toHaveLength(3)
  // There were none left indeed.
  for (const server of ensemble.servers)
    expect(readdirSync(`/proc/${server.pid}/fd`).length).toBeGreaterThanOrEqual(DESCRIPTORS - 1)
  for (const socket of sockets) socket.destroy()
  await untilTrue('a client writes', async () => {
    const client = await connect(ensemble.connectString)
    await client.create('/after')
    return true
  })
  expect(await ensemble.stopAll()).toEqual([0, 0, 0])
})
