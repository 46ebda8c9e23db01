/** QuorumPacket's type numbers, and constants of the quorum port. */

export const packetType = {
  REQUEST: 1,
  PROPOSAL: 2,
  ACK: 3,
  COMMIT: 4,
  PING: 5,
  REVALIDATE: 6,
  SYNC: 7,
  INFORM: 8,
  COMMITANDACTIVATE: 9,
  NEWLEADER: 10,
  FOLLOWERINFO: 11,
  UPTODATE: 12,
  DIFF: 13,
  TRUNC: 14,
  SNAP: 15,
  OBSERVERINFO: 16,
  LEADERINFO: 17,
  ACKEPOCH: 18,
  INFORMANDACTIVATE: 19,
} as const

/** The protocol since 3.4, in LEADERINFO and LearnerInfo. */
export const PROTOCOL_VERSION = 0x10000

/** After the image of a SNAP. */
export const SNAP_SIGNATURE = 'BenWasHere'
