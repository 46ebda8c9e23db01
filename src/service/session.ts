/** Session identifiers, and what follows from them. */
import { errorCode } from './error.js'
import type { ErrorCode } from './error.js'

/** Signed 64-bit integer. 0: none. */
export type SessionId = bigint

const SALT = 0xb3415c00n
const MULTIPLIER = 0x5deece66dn
const INCREMENT = 0xbn
const MASK = (1n << 48n) - 1n

/**
 * The 16 bytes that a client shows to take its session up again: the first of java.util.Random, seeded with the
 * salted id. All servers of an ensemble must give the same bytes. A check of integrity, no secret.
 */
export const passwordOf = (sessionId: SessionId): Uint8Array => {
  const password = new Uint8Array(16)
  let state = (BigInt.asUintN(64, sessionId ^ SALT) ^ MULTIPLIER) & MASK
  for (let word = 0; word < 4; word++) {
    state = (state * MULTIPLIER + INCREMENT) & MASK
    const bits = Number(state >> 16n)
    for (let byte = 0; byte < 4; byte++) password[4 * word + byte] = bits >>> (8 * byte)
  }
  return password
}

/** True when these bytes open that session. Session 0 has no password. */
export const isPasswordOf = (sessionId: SessionId, password: Uint8Array): boolean => {
  const expected = passwordOf(sessionId)
  return sessionId !== 0n && password.length === 16 && expected.every((byte, index) => byte === password[index])
}

/** The first id of a server: its own low byte, 40 bits of its clock, then a counter of 16 bits that starts at 0. */
export const initialSessionId = (serverId: number, clockMs: bigint): SessionId => {
  const id = (BigInt(serverId & 0xff) << 56n) | (BigInt.asUintN(40, clockMs) << 16n)
  // −2^63 marks containers: it must never be the owner of a node.
  return BigInt.asIntN(64, id === 0x8000000000000000n ? id + 1n : id)
}

/** The timeout that the server grants, milliseconds. */
export const negotiateTimeout = (requestedMs: number, minimumMs: number, maximumMs: number): number =>
  Math.min(Math.max(requestedMs, minimumMs), maximumMs)

/** What a request is told whose session ended, or lives on another server. SESS-4. */
export const sessionError = (session: 'expired' | 'moved'): ErrorCode =>
  session === 'expired' ? errorCode.SESSIONEXPIRED : errorCode.SESSIONMOVED
