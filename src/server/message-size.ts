/** How long a message will be on the wire, near enough to count with: nothing is encoded for it. */
import type { ClientMessage, MultiResult, ResponseBody } from '../service/response.js'

/** Length, xid, zxid and error; and what any small record takes. */
const HEADER_BYTES = 20
const STAT_BYTES = 68
const LENGTH_BYTES = 4
/** The lengths of more names than so many are not added up, but guessed: such a list is sent piece by piece. */
const MOST_COUNTED = 1000
const TYPICAL_NAME_BYTES = 16

/** Characters outside ASCII count as one byte each. */
export const sizeOf = (message: ClientMessage): number => {
  switch (message.kind) {
    case 'ConnectResponse':
      return HEADER_BYTES + STAT_BYTES
    case 'WatchNotification':
      return HEADER_BYTES + 3 * LENGTH_BYTES + message.path.length
    case 'Reply':
      return HEADER_BYTES + (message.body === undefined ? 0 : sizeOfBody(message.body))
  }
}

const sizeOfBody = (body: ResponseBody): number => {
  switch (body.op) {
    case 'create':
    case 'create2':
      return LENGTH_BYTES + body.path.length + STAT_BYTES
    case 'sync':
      return LENGTH_BYTES + (body.path?.length ?? 0) + STAT_BYTES
    case 'setData':
    case 'exists':
      return STAT_BYTES
    case 'getData':
    case 'reconfig':
      return LENGTH_BYTES + (body.data?.length ?? 0) + STAT_BYTES
    case 'getChildren':
    case 'getChildren2': {
      let bytes = LENGTH_BYTES + STAT_BYTES
      // To go through a hundred thousand names would cost more than the figure is worth.
      if (body.children.length > MOST_COUNTED) return bytes + body.children.length * (LENGTH_BYTES + TYPICAL_NAME_BYTES)
      for (const name of body.children) bytes += LENGTH_BYTES + name.length
      return bytes
    }
    case 'multi': {
      let bytes = HEADER_BYTES
      for (const result of body.results) bytes += sizeOfResult(result)
      return bytes
    }
  }
}

const sizeOfResult = (result: MultiResult): number =>
  HEADER_BYTES + ('path' in result ? LENGTH_BYTES + result.path.length : 0) + ('stat' in result ? STAT_BYTES : 0)
