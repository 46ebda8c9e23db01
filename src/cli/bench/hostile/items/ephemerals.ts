/** Sessions whose end is a longer record than its beginnings. */
import type { Arena, Finding, Item } from '../item.js'
import { attackedClient, createOf, found, hold, sized } from '../tools.js'

/** The least that servers grant. */
const SESSION_TIMEOUT_MS = 4000

/** Pipelined, and then the session is closed. */
const makeAndClose = async (arena: Arena, count: number, length: number): Promise<Finding> => {
  const client = await attackedClient(arena, SESSION_TIMEOUT_MS)
  const WINDOW = 100
  for (let made = 0; made < count && !client.isClosed && !arena.signal.aborted; made += WINDOW)
    await client.askAll(
      Array.from({ length: Math.min(WINDOW, count - made) }, (_, number) =>
        createOf(`/${String(made + number).padStart(length - 1, 'e')}`, 0, undefined, 1),
      ),
      arena.signal,
    )
  const { answers } = client
  const { errors } = client.counter
  const closed = await client.call(
    { op: 'closeSession' },
    AbortSignal.any([arena.signal, AbortSignal.timeout(SESSION_TIMEOUT_MS)]),
  )
  client.leave()
  // A leader that comes after finds the session without a client, and closes it once more.
  await hold(arena, 4 * SESSION_TIMEOUT_MS)
  return found(
    `${answers} answers to ${count} creates, ${errors} of them errors; closeSession ${closed === undefined ? 'not answered' : `answered ${closed}`}`,
  )
}

const AFTER = 'issue 10 §1, ZOOKEEPER-4306: the closeSession record is longer than any reader takes'

export const longEphemerals: Item = {
  name: 'ephemerals',
  does: 'One session makes 1,200 ephemerals of 2 kB names and closes; then all servers are restarted.',
  after: AFTER,
  isQuick: false,
  afterwards: 'restartAll',
  attack: (arena) => makeAndClose(arena, sized(arena, 1200, 100), 2000),
}

export const manyEphemerals: Item = {
  name: 'ephemerals-970',
  does: 'The same with 3,000 paths of 970 bytes.',
  after: AFTER,
  isQuick: false,
  afterwards: 'restartAll',
  attack: (arena) => makeAndClose(arena, sized(arena, 3000, 100), 970),
}
