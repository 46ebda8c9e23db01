/** The requests of the load, and the nodes that have to be there for them. */
import { OPEN } from '../../../service/acl.js'
import { errorCode } from '../../../service/error.js'
import type { Request } from '../../../service/request.js'
import type { Operation } from './job.js'
import type { Session } from './session.js'

const PARENT = '/bench'

/** Nodes that are read, or written again and again: enough that not every request meets the same one. */
const SHARED_NODES = 1000

const sharedNode = (number: number): string => `${PARENT}/shared-${number % SHARED_NODES}`

/** Endless. `name` makes the nodes of this load distinct from those of any other. */
export const makeRequests = (operation: Operation, sizeBytes: number, name: string): (() => Request) => {
  const data = new Uint8Array(sizeBytes).fill(0x7a)
  let number = 0
  switch (operation) {
    case 'create':
      return () => ({ op: 'create', path: `${PARENT}/${name}-${number++}`, data, acl: OPEN, flags: 0 })
    case 'set':
      return () => ({ op: 'setData', path: sharedNode(number++), data, version: -1 })
    case 'read':
      return () => ({ op: 'getData', path: sharedNode(number++), watch: false })
  }
}

/** Makes the shared nodes, and waits until the server of every session has them. */
export const prepareNodes = async (sessions: readonly Session[], sizeBytes: number): Promise<void> => {
  const [first] = sessions
  if (first === undefined) return
  const data = new Uint8Array(sizeBytes).fill(0x7a)
  await createAll(first, [PARENT, ...Array.from({ length: SHARED_NODES }, (_, number) => sharedNode(number))], data)
  for (const session of sessions) await session.call({ op: 'sync', path: PARENT })
}

/** In one write. Nodes that an earlier load has made stay as they are. */
const createAll = (session: Session, paths: readonly string[], data: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    let waiting = paths.length
    session.onClose = (reason) => reject(new Error(reason))
    session.onReply = (error) => {
      waiting -= 1
      if (error !== errorCode.OK && error !== errorCode.NODEEXISTS) reject(new Error(`create: error ${error}`))
      if (waiting === 0) resolve()
    }
    for (const path of paths) session.ask({ op: 'create', path, data, acl: OPEN, flags: 0 })
    session.flush()
  })
