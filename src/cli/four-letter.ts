/** Asks a server one of ZooKeeper's four-letter words. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Address } from '../shell/configuration/server-configuration.js'
import { dial } from '../shell/network/dial.js'
import { problemOf } from '../shell/network/problem.js'

/** The longest answer that is read. `mntr` has a few kilobytes. */
const LIMIT_BYTES = 4 * 1024 * 1024

/** The whole answer, or why there is none. Never rejects; ends within `timeoutMs`. */
export const fourLetter = ({ host, port }: Address, word: string, timeoutMs: number): Promise<Either<string, string>> =>
  new Promise((resolve) => {
    const parts: Buffer[] = []
    let bytes = 0
    const socket = dial({ host, port })
    const end = (result: Either<string, string>): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => end(left(`no answer within ${timeoutMs} ms`)), timeoutMs)
    socket
      .on('connect', () => socket.write(word))
      .on('data', (part: Buffer) => {
        parts.push(part)
        bytes += part.length
        if (bytes > LIMIT_BYTES) end(left(`the answer is longer than ${LIMIT_BYTES} bytes`))
      })
      .on('end', () => end(right(Buffer.concat(parts).toString())))
      .on('error', (error) => end(left(problemOf(error))))
  })
