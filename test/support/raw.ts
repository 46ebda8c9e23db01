/** Bytes thrown at a port, whatever becomes of them. */
import { connect } from 'node:net'
import { PATIENCE_MS, within } from './wait.js'

/**
 * Sends it all, as far as the other end lets us, and waits for the end of the connection. After the last byte `end`
 * says that this was all; `wait` leaves it to the other end. Gives the number of bytes that came back.
 */
export const throwAt = (
  port: number,
  parts: Iterable<Uint8Array>,
  afterwards: 'end' | 'wait' = 'end',
): Promise<number> => {
  const done = new Promise<number>((resolve) => {
    let received = 0
    const socket = connect({ host: '127.0.0.1', port })
    const iterator = parts[Symbol.iterator]()
    const pour = (): void => {
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) if (!socket.write(next.value)) return
      if (afterwards === 'end') socket.end()
    }
    socket
      .on('connect', pour)
      .on('drain', pour)
      .on('data', (chunk) => (received += chunk.length))
      // The other end may close in the middle of what we send: that is an answer.
      .on('error', () => undefined)
      .on('close', () => resolve(received))
  })
  return within(`the end of a connection to port ${port}`, done, PATIENCE_MS)
}
