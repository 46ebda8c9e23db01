/** All hostile inputs, in the order in which they are run. */
import type { Item } from './item.js'
import { aclColons, largeAcl } from './items/acl.js'
import { collidingJavaNames, collidingNames, collidingPaths } from './items/colliding-names.js'
import { connectStorm, fourLetterStorm, partialFrames, sessionStorm, silentClients } from './items/connections.js'
import { controlDeath, controlPause, idle } from './items/control.js'
import { longEphemerals, manyEphemerals } from './items/ephemerals.js'
import { garbage, logFlood } from './items/garbage.js'
import { neverReads, wideListing } from './items/listings.js'
import { epochEnd, epochRaise, forgedNotification, quorumSilent } from './items/peers.js'
import { honestPipeline, pipelinedReads, pipelinedReads9000 } from './items/pipelined-reads.js'
import { deepPaths, multiWide, oddNumbers, sequentialCreates } from './items/requests.js'
import { strangerObserver } from './items/stranger-observer.js'
import { closeWithWatches, setWatchesFlood, watchStorm } from './items/watches.js'

export const MENU: readonly Item[] = [
  idle,
  pipelinedReads,
  pipelinedReads9000,
  honestPipeline,
  aclColons,
  collidingNames,
  collidingPaths,
  collidingJavaNames,
  largeAcl,
  setWatchesFlood,
  closeWithWatches,
  watchStorm,
  wideListing,
  neverReads,
  partialFrames,
  silentClients,
  connectStorm,
  sessionStorm,
  fourLetterStorm,
  longEphemerals,
  manyEphemerals,
  garbage,
  logFlood,
  multiWide,
  deepPaths,
  sequentialCreates,
  oddNumbers,
  quorumSilent,
  epochRaise,
  epochEnd,
  forgedNotification,
  strangerObserver,
  controlPause,
  controlDeath,
]

export const itemOf = (name: string): Item | undefined => MENU.find((item) => item.name === name)

/** What is run when no item is named. */
export const chosen = (isBrief: boolean): readonly Item[] =>
  MENU.filter(({ isControl, isQuick }) => isControl !== true && (!isBrief || isQuick))

/** For `--list`. */
export const describeMenu = (): string =>
  MENU.map(
    ({ after, does, isControl, isQuick, name }) =>
      `${name}${isQuick ? ' (brief)' : ''}${isControl === true ? ' (control: only when named)' : ''}\n  ${does}\n  After: ${after}.\n`,
  ).join('')
