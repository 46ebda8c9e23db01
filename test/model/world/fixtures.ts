// Values that the tests of the world share.
import type { Entry } from '../../../src/core/message.js'
import { zxid } from '../../../src/core/zxid.js'
import type { Database } from '../../../src/service/database.js'
import { empty, withLastProcessed } from '../../../src/service/database.js'
import type { Transaction } from '../../../src/service/transaction.js'

export const database = (epoch: number, counter: number): Database => withLastProcessed(empty, zxid(epoch, counter))

/** `mark` tells two transactions of one zxid apart. */
export const entry = (epoch: number, counter: number, mark = 0): Entry<Transaction> => ({
  zxid: zxid(epoch, counter),
  transaction: {
    sessionId: 1n,
    cxid: counter,
    timeMs: mark,
    record: { type: 'error', error: -101 },
    digest: undefined,
    bytes: new Uint8Array(0),
  },
})
