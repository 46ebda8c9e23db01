/**
 * Lines that tell which history a server gives up because its leader has another one.
 *
 * A short tail of one epoch is normal: this server had logged it, and nobody acknowledged it, because its leader was gone.
 * More than that means that a quorum does not remember it: others have lost their disks.
 */
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Directories } from './cleaning.js'

type Log = Directories['log']

/** Records of a tail that a leader which died can have left uncommitted without anybody wondering. */
const UNREMARKABLE_RECORDS = 10

/** After a truncation of a history that ended at `end`. */
export const tellLoss = (log: Log, end: Zxid, point: Zxid): void => {
  if (!Z.isAfter(end, point)) return
  const what = `the leader's history ends at ${Z.toHex(point)}: the records after it, up to ${Z.toHex(end)}, are dropped here`
  if (point.epoch === end.epoch && end.counter - point.counter <= UNREMARKABLE_RECORDS) log('info', what)
  else log('warn', `${what}. ${LOST}`)
}

/** After an image of `image`, with records up to `reached`, has taken the place of a history that ended at `end`. */
export const tellReplacement = (log: Log, end: Zxid, image: Zxid, reached: Zxid): void => {
  if (Z.equals(end, Z.ZERO)) return
  if (Z.isAfter(end, reached))
    log(
      'warn',
      `the history up to ${Z.toHex(end)} is replaced by the leader's, which ends at ${Z.toHex(reached)}: what is after it ` +
        `is dropped here. ${LOST}`,
    )
  else log('info', `the history up to ${Z.toHex(end)} is replaced by the leader's image of ${Z.toHex(image)}`)
}

const LOST =
  'If any of it was acknowledged, it is lost: that happens when a majority of the servers have lost their data and formed ' +
  'an ensemble without it. Remedy: stop all servers, and restore a backup, or the data of a server that still has it'
