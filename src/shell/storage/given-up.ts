/**
 * Lines that tell which history a server gives up because its leader has another one.
 *
 * A short tail is normal: the leader that sent it died before anybody else had it, and nobody was told that it is written.
 * A server cannot tell that from the other case, in which a majority has lost its disks and has forgotten what it
 * acknowledged. So it tells what it drops, always, and where to look.
 */
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Directories } from './cleaning.js'

type Log = Directories['log']

/** Of a truncation after `point` of a history that ends at `end`. */
export const tellTruncation = (log: Log, end: Zxid, point: Zxid): void => {
  if (!Z.isAfter(end, point)) return
  log(
    'warn',
    `the leader's history ends at ${Z.toHex(point)}: the records after it, up to ${Z.toHex(end)}, are dropped here. That ` +
      `is normal for the last writes before a leader died, which nobody acknowledged. ${OTHERWISE}`,
  )
}

/** Of an image of `image`, with records up to `reached`, that takes the place of a history that ends at `end`. */
export const tellReplacement = (log: Log, end: Zxid, image: Zxid, reached: Zxid): void => {
  if (Z.equals(end, Z.ZERO)) return
  const what = `the history up to ${Z.toHex(end)} is replaced by the leader's, an image of ${Z.toHex(image)}`
  // Within one epoch there is one history, and it is longer there.
  if (end.epoch === reached.epoch && !Z.isAfter(end, reached)) log('info', what)
  else
    log(
      'warn',
      `${what}: whatever that does not contain is dropped here. That is normal after a long absence. ${OTHERWISE}`,
    )
}

const OTHERWISE =
  'But if a majority of the servers has lost its data and formed an ensemble without it, acknowledged writes are lost. ' +
  'Remedy: if so, stop all servers, and restore a backup or the data of a server that still has it'
