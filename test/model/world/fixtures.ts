// Values that the tests of the world share.
import { reconfigurableMemberOf } from '../../../model/world/options.js'
import type { Configuration } from '../../../src/core/configuration.js'
import type { Entry } from '../../../src/core/message.js'
import type { Zxid } from '../../../src/core/zxid.js'
import { zxid } from '../../../src/core/zxid.js'
import { encodeConfiguration } from '../../../src/service/configuration/data.js'
import { CONFIGURATION_PATH } from '../../../src/service/path.js'
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

/** Of servers of the world. */
export const configuration = (
  version: Zxid,
  voters: readonly number[],
  observers: readonly number[] = [],
): Configuration => ({
  version,
  members: [
    ...voters.map((id) => reconfigurableMemberOf(id, 'participant')),
    ...observers.map((id) => reconfigurableMemberOf(id, 'observer')),
  ].toSorted((first, second) => first.id - second.id),
  quorums: { kind: 'Majority', voters },
})

/** An entry that proposes these voters, as a server that can read it has it. */
export const reconfiguration = (epoch: number, counter: number, voters: readonly number[]): Entry<Transaction> => {
  const plain = entry(epoch, counter)
  const proposed = configuration(plain.zxid, voters)
  const record = {
    type: 'reconfig',
    path: CONFIGURATION_PATH,
    data: encodeConfiguration(proposed),
    version: -1,
  } as const
  return { ...plain, transaction: { ...plain.transaction, record }, configuration: proposed }
}

/** The same as a server has it that cannot read it. */
export const blind = ({ zxid: at, transaction }: Entry<Transaction>): Entry<Transaction> => ({ zxid: at, transaction })
