/** A TCP proxy that keeps both directions of the first connection through it. */
import { createServer, connect } from 'node:net'
import { once } from 'node:events'

export interface RecordingProxy {
  readonly port: number
  /** What the dialling side sent, and what it received. */
  readonly streams: { readonly dialler: Uint8Array[]; readonly listener: Uint8Array[] }
  close(): void
}

export const startProxy = async (targetPort: number): Promise<RecordingProxy> => {
  const streams = { dialler: new Array<Uint8Array>(), listener: new Array<Uint8Array>() }
  const server = createServer((inner) => {
    const isFirst = streams.dialler.length === 0
    const outer = connect(targetPort, '127.0.0.1')
    inner.on('data', (chunk) => {
      if (isFirst) streams.dialler.push(new Uint8Array(chunk))
      outer.write(chunk)
    })
    outer.on('data', (chunk) => {
      if (isFirst) streams.listener.push(new Uint8Array(chunk))
      inner.write(chunk)
    })
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, streams, close: () => server.close() }
}
