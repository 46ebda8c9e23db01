/** Tells the disk now and then how far the log is committed, so that the next start need not keep what it can apply. */
import * as Z from '../../core/zxid.js'
import type { Zxid } from '../../core/zxid.js'
import type { Server } from '../../server/server.js'
import { limits } from './limits.js'

/** What is worth a note: committed since the last one, in another epoch or by enough transactions; undefined: nothing. */
export const committedToNote = (
  { service, lastProcessed }: Pick<Server, 'service' | 'lastProcessed'>,
  noted: Zxid,
): Zxid | undefined => {
  // What a server that does not serve has applied is noted already, or is in its snapshot.
  if (service.kind === 'NotServing' || !Z.isAfter(lastProcessed, noted)) return undefined
  const isNew = lastProcessed.epoch !== noted.epoch || lastProcessed.counter - noted.counter >= limits.noteTransactions
  return isNew && lastProcessed.counter > 0 ? lastProcessed : undefined
}

/** Returns what ends it. */
export const noteRegularly = (server: () => Server, note: (zxid: Zxid) => void): (() => void) => {
  let noted = Z.ZERO
  const timer = setInterval(() => {
    const zxid = committedToNote(server(), noted)
    if (zxid === undefined) return
    noted = zxid
    note(zxid)
  }, limits.noteEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}
