/**
 * A note of how far the log is known to be committed, so that a start need not keep what can be applied. RECV-10.
 *
 * It is a hint, written now and then and not made durable: without it, or with one that cannot be read, a start only needs
 * more memory. But it is never true of another history, so it goes, durably, before history is given up.
 */
import * as path from 'node:path'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { FileSystem } from './file-system.js'
import { withFile } from './file-system.js'
import { COMMITTED_ZXID } from './names.js'

/** Sixteen hexadecimal digits and a newline, twice: one that was cut or has a wrong digit is none. */
const LENGTH = 34
const FORM = /^([0-9a-f]{16}\n)\1$/

export const writeCommittedZxid = async (fileSystem: FileSystem, directory: string, zxid: Zxid): Promise<void> => {
  const line = `${Z.toBigInt(zxid).toString(16).padStart(16, '0')}\n`
  const bytes = new TextEncoder().encode(line + line)
  const temporary = path.join(directory, `${COMMITTED_ZXID}.tmp`)
  const file = await fileSystem.open(temporary, 'replace')
  try {
    await file.write(bytes, bytes.length, 0)
  } finally {
    await file.close()
  }
  await fileSystem.rename(temporary, path.join(directory, COMMITTED_ZXID))
}

/** ZERO where nothing is known. */
export const recoverCommittedZxid = async (
  fileSystem: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<Zxid> => {
  if (!names.includes(COMMITTED_ZXID)) return Z.ZERO
  return withFile(fileSystem, path.join(directory, COMMITTED_ZXID), async (file) => {
    const bytes = new Uint8Array(LENGTH + 1)
    const text = new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, bytes.length, 0)))
    return FORM.test(text) ? Z.fromBigInt(BigInt(`0x${text.slice(0, LENGTH / 2 - 1)}`)) : Z.ZERO
  })
}

/** On return no note is there, nor after a crash. */
export const forgetCommittedZxid = async (fileSystem: FileSystem, directory: string): Promise<void> => {
  await fileSystem.remove(path.join(directory, COMMITTED_ZXID))
  await fileSystem.syncDirectory(directory)
}
