/** Which requests go through the leader before they are answered, and which are answered by the server that has them. */
import type { Request } from '../service/request.js'
import type { Pending } from './state.js'

/** What has to go through the leader before it is answered. */
export type OrderedRequest = Extract<
  Request,
  {
    readonly op:
      | 'create'
      | 'create2'
      | 'delete'
      | 'setData'
      | 'multi'
      | 'reconfig'
      | 'createSession'
      | 'closeSession'
      | 'sync'
  }
>

/** What this server answers by itself, in its turn. */
export type LocalRequest = Exclude<Request, OrderedRequest>

export const isOrdered = (request: Request): request is OrderedRequest => {
  switch (request.op) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
    case 'multi':
    case 'reconfig':
    case 'createSession':
    case 'closeSession':
    case 'sync':
      return true
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'ping':
    case 'setWatches':
    case 'auth':
    case 'malformed':
    case 'unimplemented':
      return false
  }
}

/** It is on its way: its outcome is not known yet. */
export const isUnfinished = ({ request, outcome }: Pending): boolean => outcome === undefined && isOrdered(request)
