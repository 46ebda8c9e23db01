/**
 * How far the word of another server is believed: bounds on the size of numbers, and on how far one of them may move ours.
 *
 * Nobody proves yet who he is, so anybody who reaches a port can say anything. What is durable must not be raised beyond
 * what is left for the life of an ensemble. DISC-9, ELEC-13.
 */
import type { Epoch } from './zxid.js'
import * as Z from './zxid.js'

export const bounds = {
  /**
   * A reported promise is believed up to so many epochs above the own one. What lies between two voters' promises are the
   * attempts that failed while one of them was away: each costs a quorum's promises and mostly an `initLimit`. A thousand
   * of them in a row are hours in which nobody served, which does not go unnoticed; and a stranger that claims a voter's
   * name needs two million elections to use up all epochs.
   */
  epochStep: 1_000,
  /** The last epochs are entered by failed attempts of our own only, in small steps: room to see it and to repair. */
  epochReserve: 65_536,
  /** Within the reserve. */
  reserveStep: 16,
  /**
   * The last round. Rounds live in memory and begin at 0, so a restarted server must follow from there to any round in one
   * step: there is no bound on the step. At the last one a server stays; all do, so they still hear each other (ELEC-13).
   */
  lastRound: 2 ** 48,
} as const

/** The first epoch of the reserve. */
export const RESERVED_EPOCH: Epoch = Z.MAX_EPOCH - bounds.epochReserve

/** The largest promise that is believed of another voter by one that has itself promised `own`. DISC-9. */
export const lastBelieved = (own: Epoch): Epoch =>
  Math.min(Math.max(Math.min(own + bounds.epochStep, RESERVED_EPOCH), own + bounds.reserveStep), Z.MAX_EPOCH - 1)

/** An epoch that an ensemble can have been in, and go on from. */
export const isEpoch = (epoch: number): boolean => Number.isInteger(epoch) && epoch >= 0 && epoch < Z.MAX_EPOCH

/** A round that a server can be in. */
export const isRound = (round: number): boolean =>
  Number.isSafeInteger(round) && round >= 0 && round <= bounds.lastRound

/** ELEC-13: the round after this one; the last is followed by itself. */
export const nextRound = (round: number): number => Math.min(round + 1, bounds.lastRound)
