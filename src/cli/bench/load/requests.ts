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
  await create(first, PARENT, data)
  for (let number = 0; number < SHARED_NODES; number += 1) await create(first, sharedNode(number), data)
  for (const session of sessions) await session.call({ op: 'sync', path: PARENT })
}

const create = async (session: Session, path: string, data: Uint8Array): Promise<void> => {
  const { error } = await session.call({ op: 'create', path, data, acl: OPEN, flags: 0 })
  if (error !== errorCode.OK && error !== errorCode.NODEEXISTS) throw new Error(`create ${path}: error ${error}`)
}
