/**
 * Connecting to a host by name: its addresses are tried one after the other, those of the two families in turn, until
 * one answers.
 *
 * Node does so since 20, but gives each address only a quarter of a second, within which a far one may not answer; here
 * each but the last has `attemptMs`, and whoever dials bounds the whole.
 */
import { lookup as systemLookup } from 'node:dns'
import { connect, type LookupFunction, type Socket } from 'node:net'
import { limits } from '../server/limits.js'
import type { Address } from './address.js'

/** A socket that connects, with Nagle's delay off. Its `error` says why no address answered: `problemOf` has the words. */
export const dial = (
  { host, port }: Address,
  lookup: LookupFunction = systemLookup,
  attemptMs: number = limits.connectAttemptMs,
): Socket =>
  connect({ host, port, lookup, noDelay: true, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptMs })
