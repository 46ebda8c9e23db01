/** The end of session establishment: the ConnectResponse, and reading resumes. SESS-1, SESS-4. */
import { passwordOf } from '../service/session.js'
import type { Connection } from './state.js'
import type { Turn } from './turn.js'
import { close, NO_SESSION, put } from './connections.js'
import { emit, send } from './turn.js'
import { touch } from './touch.js'

const PASSWORD_LENGTH = 16

/** The session is this connection's: say so, and read its requests. */
export const accept = (turn: Turn, connection: Connection): void => {
  const { sessionId, timeoutMs, readOnly } = connection
  const open: Connection = { ...connection, phase: 'open', touched: -1 }
  put(turn, open)
  send(turn, connection.id, {
    kind: 'ConnectResponse',
    timeoutMs,
    sessionId,
    password: passwordOf(sessionId),
    readOnly: readOnly === undefined ? undefined : false,
  })
  emit(turn, { kind: 'ClientResume', connection: connection.id })
  touch(turn, open)
}

/** The session does not exist, or is not this client's. */
export const reject = (turn: Turn, connection: Connection): void => {
  send(turn, connection.id, {
    kind: 'ConnectResponse',
    timeoutMs: 0,
    sessionId: NO_SESSION,
    password: new Uint8Array(PASSWORD_LENGTH),
    readOnly: connection.readOnly === undefined ? undefined : false,
  })
  close(turn, connection)
}
