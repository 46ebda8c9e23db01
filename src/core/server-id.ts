/** Server ids. */

/** The number in `myid`. */
export type ServerId = number

/** No server: the leader named in the vote of a server that may not vote (−2^63 on the wire). ELEC-1. */
export const NO_SERVER: ServerId = Number.MIN_SAFE_INTEGER
