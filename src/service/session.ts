/** Session identifiers. */

/** Signed 64-bit integer. 0: none. */
export type SessionId = bigint
