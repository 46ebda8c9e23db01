/** What was acknowledged survives kill -9 of all servers; a torn log is cut, a corrupt one refused. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import type { Ensemble } from '../support/ensemble.js'
import { makeEnsemble } from '../support/ensemble.js'
import { newestLog, recordsOf } from '../support/log-files.js'
import type { ServerProcess } from '../support/server-process.js'
import { expectEqualTrees } from '../support/trees.js'
import { untilTrue } from '../support/wait.js'
import { startWriting } from '../support/writer.js'

describe('kill -9 of all servers under load', () => {
  // Few transactions between snapshots, so that some are being written when the servers die.
  it.each([{ snapCount: 100_000 }, { snapCount: 200 }])(
    'recovers every acknowledged write, and the clients go on, with snapCount $snapCount',
    async (settings) => {
      const ensemble = await makeEnsemble({ settings })
      await ensemble.start()
      const clients = await Promise.all(ensemble.servers.map(({ address }) => connect(address)))
      const writers = await Promise.all(
        clients.map(async (client, index) => {
          await client.create(`/load-${index}`)
          return startWriting(client, `/load-${index}`, 20)
        }),
      )
      await untilTrue('there is load', () => writers.every(({ acknowledged }) => acknowledged().length > 400))
      await ensemble.killAll()
      const before = writers.map(({ acknowledged }) => acknowledged().length)
      await ensemble.start()
      await untilTrue('all clients write again', () =>
        writers.every(({ acknowledged }, index) => acknowledged().length > (before[index] ?? 0) + 50),
      )
      await Promise.all(writers.map((writer) => writer.stop()))

      const tree = await expectEqualTrees(ensemble)
      const acknowledged = writers.flatMap((writer) => writer.acknowledged())
      expect(acknowledged.filter((path) => !tree.has(path))).toEqual([])
    },
  )
})

describe('a log file of one server', () => {
  it('whose last record is torn is cut, with a line, and the server catches up', async () => {
    const { ensemble, victim } = await withStoppedFollower()
    const log = newestLog(victim)
    const last = recordsOf(log).at(-1)
    if (last === undefined) throw new Error('no record')
    truncateSync(log, Math.floor((last.offset + last.end) / 2))

    victim.start()
    const line = await victim.logged('torn last record cut off')
    expect(line).toContain(log)
    expect(line).toContain(`offset ${last.offset}`)
    await victim.serves()
    const tree = await expectEqualTrees(ensemble)
    expect(tree.has(`/node-${NODES - 1}`)).toBe(true)
  })

  it('with a corrupt record in the middle is refused: file, offset, remedy, and an exit code', async () => {
    const { ensemble, victim } = await withStoppedFollower()
    const log = newestLog(victim)
    const records = recordsOf(log)
    const middle = records[Math.floor(records.length / 2)]
    if (middle === undefined) throw new Error('no record')
    const bytes = readFileSync(log)
    const place = Math.floor((middle.offset + middle.end) / 2)
    bytes.writeUInt8(bytes.readUInt8(place) ^ 0x40, place)
    writeFileSync(log, bytes)

    victim.start()
    expect(await victim.ended()).toBe(14)
    const [line] = victim
      .recentLog()
      .split('\n')
      .filter((each) => each.includes('ERROR'))
    expect(line).toContain(`${log}: offset ${middle.offset}: corrupt record`)
    expect(line).toContain('Remedy: ')
    // It has changed nothing, and the others go on.
    expect(readFileSync(log).equals(bytes)).toBe(true)
    const client = await connect(ensemble.running()[0]?.address ?? '')
    await client.create('/goes-on')
  })
})

const NODES = 30

/** An ensemble that serves, and one of its followers stopped after some writes. */
const withStoppedFollower = async (): Promise<{ readonly ensemble: Ensemble; readonly victim: ServerProcess }> => {
  const ensemble = await makeEnsemble()
  await ensemble.start()
  const leader = await ensemble.leader()
  const client = await connect(leader.address)
  for (let index = 0; index < NODES; index += 1) await client.create(`/node-${index}`, 'x'.repeat(100))
  await ensemble.level()
  const victim = ensemble.server(leader.id === 1 ? 2 : 1)
  expect(await victim.stop()).toBe(0)
  return { ensemble, victim }
}
