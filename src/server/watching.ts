/** The watches of this server's connections: put in, taken out a slice at a time, and kept within their bounds. */
import * as W from '../service/watch.js'
import type { ConnectionId } from './event.js'
import type { Turn } from './turn.js'
import { close, find } from './connections.js'
import { emit } from './turn.js'

/** What one watch more pays for those that have been left behind: so these never pile up. */
const SWEPT_A_WATCH = 2

export const watch = (turn: Turn, kind: W.WatchKind, path: string, connection: ConnectionId): void => {
  const { server } = turn
  const table = W.register(server.watches, kind, path, connection)
  server.watches = W.isSwept(table) ? table : W.sweep(table, SWEPT_A_WATCH)
}

/** The same for those that setWatches has put back. */
export const putBack = (turn: Turn, table: W.WatchTable, count: number): void => {
  turn.server.watches = W.isSwept(table) ? table : W.sweep(table, SWEPT_A_WATCH * count)
}

/** Goes on taking away the watches of connections that are gone. */
export const sweepWatches = (turn: Turn): void => {
  const { server, config } = turn
  server.watches = W.sweep(server.watches, config.limits.watchesPerStep)
  if (!W.isSwept(server.watches)) emit(turn, { kind: 'Continue' })
}

/** After a connection has got watches: whoever has too many of them is closed, and nobody else. */
export const boundWatches = (turn: Turn, id: ConnectionId): void => {
  const { limits } = turn.config
  const { watches } = turn.server
  if (W.costOf(W.usageOf(watches, id)) > limits.watchBytesPerConnection) refuse(turn, id, 'it')
  else if (W.costOf(watches) > limits.watchBytes) {
    const largest = W.largest(watches)
    if (largest !== undefined) refuse(turn, largest, 'there are too many on this server, and it')
  }
}

const refuse = (turn: Turn, id: ConnectionId, who: string): void => {
  const connection = find(turn, id)
  if (connection === undefined) return
  const { size, pathLength } = W.usageOf(turn.server.watches, id)
  const text = `client connection ${id} closed: ${who} has ${size} watches, with ${pathLength} characters of paths`
  emit(turn, { kind: 'Log', level: 'warn', text })
  close(turn, connection)
}
