/** A leader that dies with a write in its log that nobody else has, and that nobody was told of. */
import { connect } from './client.js'
import type { Ensemble } from './ensemble.js'
import { logsContain } from './log-files.js'
import type { ServerProcess } from './server-process.js'
import { untilTrue } from './wait.js'

/**
 * A leader without followers notices after half a tick; in a slow ensemble that is time enough to give it a write.
 * (Followers that are only stopped would still find the proposal in their sockets.)
 */
export const SLOW = { tickTime: 3000, initLimit: 10, syncLimit: 5 }

/** All servers are down afterwards; `leader` has the node in its log. Needs an ensemble with settings SLOW. */
export const leaveDivergentTail = async (ensemble: Ensemble, leader: ServerProcess, node: string): Promise<void> => {
  const client = await connect(leader.address)
  // A follower may apply what others have made durable before it has itself; here all must end with the same log.
  const last = '/all-have-this'
  await client.create(last)
  await untilTrue('all servers have logged the same', () =>
    ensemble.servers.every((server) => logsContain(server, last)),
  )
  await Promise.all(ensemble.servers.filter(({ id }) => id !== leader.id).map((follower) => follower.kill()))
  const fate = client.create(node).then(
    () => 'acknowledged',
    () => 'unknown',
  )
  await untilTrue('the leader has logged the write', () => logsContain(leader, node))
  await leader.kill()
  client.cut()
  if ((await fate) !== 'unknown') throw new Error(`${node} was acknowledged by the leader alone`)
}
