/** Are two transactions that came by different ways the same? Within one world they mostly are one value. */
import type { Transaction } from '../../src/service/transaction.js'

/** In all but their bytes. */
export const isSameTransaction = (first: Transaction, second: Transaction): boolean =>
  first === second || show(first) === show(second)

const show = ({ sessionId, cxid, timeMs, record, digest }: Transaction): string =>
  JSON.stringify({ sessionId, cxid, timeMs, record, digest: record.type === 'error' ? undefined : digest }, plain)

/** Bytes come as objects of numbers from JSON, whatever buffer they lie in. */
const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
