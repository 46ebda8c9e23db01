/** All that the museum has, and who catches what. */
import { inventedBugs } from './beyond.js'
import { bugs } from './bugs.js'

export const catalogue = { ...bugs, ...inventedBugs } as const

export type CatalogueId = keyof typeof catalogue

/**
 * What the world's own checks pass over, because they look at disks, deliveries and clients and these bugs spoil them late,
 * seldom or never: a step that should not be possible has to be seen as it is made, by proofs/refinement.ts.
 */
export const needsJudge = [
  'ZK-335',
  'ZK-790',
  'discovery-without-quorum',
  'older-epoch-accepted',
] as const satisfies readonly CatalogueId[]
