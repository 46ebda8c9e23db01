/** WatcherEvent's numbers. */
import type { WatchEventType } from '../../service/response.js'

/** The xid of a watch notification. */
export const NOTIFICATION_XID = -1

/** The state that servers put into every event. */
export const SYNC_CONNECTED = 3

export const watchEventNumber: Readonly<Record<WatchEventType, number>> = {
  NodeCreated: 1,
  NodeDeleted: 2,
  NodeDataChanged: 3,
  NodeChildrenChanged: 4,
}

const types: readonly WatchEventType[] = ['NodeCreated', 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged']

export const watchEventType = (number: number): WatchEventType | undefined => types[number - 1]
