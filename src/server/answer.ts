/** READ-1. What one server answers by itself, from its own state. */
import { UNTRUSTED } from '../core/zxid.js'
import { errorCode } from '../service/error.js'
import { read } from '../service/read.js'
import type { LocalRequest } from './ordered.js'
import type { Connection, Outcome } from './state.js'
import type { Turn } from './turn.js'
import { cite, reply, replyAt } from './turn.js'
import { watch } from './watching.js'

/** All of them in one go, but setWatches, which may take several steps. */
export type AtOnce = Exclude<LocalRequest, { readonly op: 'setWatches' }>

const OK: Outcome = { error: errorCode.OK, body: undefined }
const MALFORMED: Outcome = { error: errorCode.MARSHALLINGERROR, body: undefined }

/** False: the connection has to be closed after this reply. */
export const answer = (turn: Turn, connection: Connection, xid: number, request: AtOnce): boolean => {
  switch (request.op) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2': {
      const result = read(turn.server.database, connection.ids, request)
      if (result.watch !== undefined) watch(turn, result.watch.kind, result.watch.path, connection.id)
      cite(turn, 'READ-1')
      reply(turn, connection.id, xid, result)
      return true
    }
    case 'ping':
      reply(turn, connection.id, xid, OK)
      return true
    case 'malformed':
      reply(turn, connection.id, xid, MALFORMED)
      return true
    case 'auth':
      // No scheme is served yet. The reply is matched by its xid, so it may overtake others.
      replyAt(turn, connection.id, xid, { epoch: 0, counter: 0 }, errorCode.AUTHFAILED, undefined)
      return false
    case 'unimplemented':
      replyAt(turn, connection.id, xid, UNTRUSTED, errorCode.UNIMPLEMENTED, undefined)
      return false
  }
}
