/** Configurations in the replicated state: what a transaction proposes, and what /zookeeper/config says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zxid } from '../../../src/core/zxid.js'
import {
  configurationIn,
  configurationOf,
  decodeConfiguration,
  encodeConfiguration,
} from '../../../src/service/configuration/data.js'
import { MAXIMUM_TEXT_LENGTH } from '../../../src/service/configuration/text.js'
import { empty, withConfigurationText } from '../../../src/service/database.js'
import type { Transaction, TransactionRecord } from '../../../src/service/transaction.js'
import { contextAt, entryOf } from '../histories.js'
import { configuration } from './arbitraries.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const transactionOf = (record: TransactionRecord): Transaction => entryOf(contextAt(1, 7n), record, 0n).transaction

const reconfigOf = (data: Uint8Array | null): Transaction =>
  transactionOf({ type: 'reconfig', path: '/zookeeper/config', data, version: -1 })

describe('configurationOf', () => {
  it('reads what a reconfiguration proposes, with the version of the text', () => {
    fc.assert(
      fc.property(configuration, (value) => {
        expect(configurationOf(reconfigOf(encodeConfiguration(value)))).toEqual(value)
      }),
    )
  })

  it('finds none in any other transaction, whatever it writes', () => {
    const data = bytes('server.1=a:1:2\nversion=5')
    expect(configurationOf(reconfigOf(data))?.version).toEqual(zxid(0, 5))
    const path = '/zookeeper/config'
    expect(configurationOf(transactionOf({ type: 'setData', path, data, version: 0 }))).toBeUndefined()
    expect(configurationOf(transactionOf({ type: 'closeSession', paths: [path] }))).toBeUndefined()
    const records = [{ type: 'reconfig', path, data, version: 0 } as const]
    expect(configurationOf(transactionOf({ type: 'multi', records }))).toBeUndefined()
  })

  it('finds none in a reconfiguration that cannot be read', () => {
    expect(configurationOf(reconfigOf(null))).toBeUndefined()
    expect(configurationOf(reconfigOf(bytes('')))).toBeUndefined()
    expect(configurationOf(reconfigOf(bytes('version=5')))).toBeUndefined()
    expect(configurationOf(reconfigOf(bytes('server.1=a')))).toBeUndefined()
  })
})

describe('configurationIn', () => {
  it('reads the node, which is empty at first', () => {
    expect(configurationIn(empty)).toBeUndefined()
    const written = withConfigurationText(empty, 'server.1=a:1:2\nversion=100000005', zxid(1, 5))
    expect(configurationIn(written)).toMatchObject({ version: zxid(1, 5), members: [{ id: 1 }] })
    expect(configurationIn(withConfigurationText(empty, 'nothing', zxid(1, 5)))).toBeUndefined()
  })
})

describe('decodeConfiguration', () => {
  it('does not look at more bytes than a text may have', () => {
    const text = 'server.1=a:1:2\n#'
    const padded = (length: number): Uint8Array => bytes(text.padEnd(length, 'x'))
    expect(decodeConfiguration(padded(MAXIMUM_TEXT_LENGTH))).toBeDefined()
    expect(decodeConfiguration(padded(MAXIMUM_TEXT_LENGTH + 1))).toBeUndefined()
    // Bytes count, not characters: these are half as many.
    expect(decodeConfiguration(bytes(`${text}${'ü'.repeat(MAXIMUM_TEXT_LENGTH / 2)}`))).toBeUndefined()
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        expect(decodeConfiguration(data)).toBeUndefined()
      }),
    )
  })
})
