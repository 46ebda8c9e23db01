/** What the threads of an exploration say to each other, beside the memory that they share. */
import type { Bounds } from '../../../../proofs/exploration/bounds.js'
import type { Meeting } from '../../../../proofs/exploration/parallel/part.js'
import type { SharedTable } from '../../../../proofs/exploration/parallel/shared-table.js'
import type { Reductions } from '../../../../proofs/exploration/reductions.js'
import type { Found } from '../../../../proofs/exploration/share.js'

/** What a thread begins with. */
export interface Start {
  readonly index: number
  readonly bounds: Bounds
  /** Name of a bug of the museum, if the rules are those of one. */
  readonly rules: string | undefined
  readonly reductions: Reductions
  readonly tables: Readonly<Record<string, SharedTable>>
  readonly meeting: Meeting
  readonly maxStates: number
  /** Folder of the checkpoint to go on from. */
  readonly from: string | undefined
}

export type ToPart =
  | { readonly kind: 'Run' }
  | { readonly kind: 'Save'; readonly folder: string }
  /** How was the state reached? */
  | { readonly kind: 'Parent'; readonly state: number }
  | { readonly kind: 'End' }

export type FromPart =
  | { readonly kind: 'Ready' }
  | { readonly kind: 'Stopped' }
  | { readonly kind: 'Saved' }
  | { readonly kind: 'Parent'; readonly parent: number; readonly step: number }
  | { readonly kind: 'Found'; readonly found: Found }
  | { readonly kind: 'Failed'; readonly what: string }
