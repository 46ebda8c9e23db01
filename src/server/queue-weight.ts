/** How much of a slice a waiting request will take. */
import type { Request } from '../service/request.js'
import { watchesOf } from '../service/set-watches.js'
import type { ServerConfig } from './config.js'
import { isOrdered } from './ordered.js'

/** In answers; nothing for what is ordered, since its outcome comes from elsewhere. */
export const localWeight = ({ limits }: ServerConfig, request: Request): number => {
  if (isOrdered(request)) return 0
  if (request.op !== 'setWatches') return 1
  return Math.max(1, Math.ceil((watchesOf(request) * limits.answersPerStep) / limits.watchesPerStep))
}
