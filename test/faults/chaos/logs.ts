/** What the servers left behind: the committed sequence in their transaction logs, and alarming lines in their own logs. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Commit } from '../../../model/consistency/history.js'
import { commitOf } from '../../../model/world/commits.js'
import type { Entry } from '../../../src/core/message.js'
import * as Z from '../../../src/core/zxid.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { nodeFileSystem, withFile } from '../../../src/shell/storage/file-system.js'
import { scanLog } from '../../../src/shell/storage/log-reader.js'
import { filesOf } from '../../../src/shell/storage/names.js'
import { follows } from '../../../src/shell/storage/successor.js'
import { MAXIMUM_LOG_PAYLOAD } from '../../../src/wire/log.js'
import { decodeTransaction } from '../../../src/wire/transaction.js'

export type Report = (clause: string, what: string) => void

/** One server's log records, in the order of its files. */
export const readLogs = async (dataDirectory: string): Promise<readonly Entry<Transaction>[]> => {
  const directory = join(dataDirectory, 'version-2')
  const entries: Entry<Transaction>[] = []
  for (const { name } of filesOf('log', readdirSync(directory)))
    await withFile(nodeFileSystem, join(directory, name), (file) =>
      scanLog(file, MAXIMUM_LOG_PAYLOAD, ({ payload }) => {
        const decoded = decodeTransaction(payload.slice())
        if (decoded._tag === 'Left') throw new Error(`${file.path} holds a record that cannot be decoded`)
        entries.push(decoded.right)
        return true
      }),
    )
  return entries
}

/**
 * The logs of all servers as one sequence; reports zxids that name two transactions (H2) and holes (H3). The servers
 * were level when they were stopped, so every record that any of them kept is committed.
 */
export const mergeLogs = (logs: readonly (readonly Entry<Transaction>[])[], report: Report): readonly Entry<Transaction>[] => {
  const merged = new Map<string, Entry<Transaction>>()
  for (const [index, entries] of logs.entries())
    for (const entry of entries) {
      const other = merged.get(Z.show(entry.zxid))
      if (other === undefined) merged.set(Z.show(entry.zxid), entry)
      else if (Buffer.compare(other.transaction.bytes, entry.transaction.bytes) !== 0)
        report('H2', `server ${index + 1} has another transaction at ${Z.show(entry.zxid)} than an earlier one`)
    }
  const sequence = [...merged.values()].sort((first, second) => Z.compare(first.zxid, second.zxid))
  for (const [index, { zxid }] of sequence.entries()) {
    const previous = sequence[index - 1]?.zxid ?? Z.ZERO
    if (!follows(previous, zxid)) report('H3', `no log has what stands between ${Z.show(previous)} and ${Z.show(zxid)}`)
  }
  return sequence
}

export const commitsOf = (entries: readonly Entry<Transaction>[]): readonly Commit[] => entries.flatMap(commitOf)

/** Lines that no fault outside a server excuses. */
const ALARMING =
  /uncaught|unhandled|TypeError|RangeError|ReferenceError|^\s+at .*\.js:\d+|digest|this server must stop|storage failed|cannot be opened| ERROR | FATAL /i

/** `log`: all that a server has logged. */
export const alarmsIn = (log: string): readonly string[] => log.split('\n').filter((line) => ALARMING.test(line))
