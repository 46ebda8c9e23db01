/** Free ports on this machine. */
import { createServer } from 'node:net'

const LAST_PORT = 65_535

/**
 * The first `count` free ports from `first` upwards; undefined when there are not so many. Ports in `taken` are not
 * asked for: they are ours already.
 */
export const choosePorts = async (
  first: number,
  count: number,
  taken: ReadonlySet<number>,
  isFree: (port: number) => Promise<boolean>,
): Promise<readonly number[] | undefined> => {
  const ports: number[] = []
  for (let port = first; ports.length < count && port <= LAST_PORT; port += 1)
    if (!taken.has(port) && (await isFree(port))) ports.push(port)
  return ports.length === count ? ports : undefined
}

/** Can it be listened on, on the loopback address? */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
