/** What a hostile input may cost, and what of it was missed. Pure. */
import type { Figures, Restart, Row } from './figures.js'

const MIB = 1024 * 1024

export const AIMS = {
  /** Of an uninvolved client, unless the other implementation keeps it waiting as long. */
  longestWaitMs: 250,
  /** Beyond what the item legitimately stores. */
  residentBytes: 512 * MIB,
  /** What an item may make a server log. */
  logBytes: 16 * MIB,
  /** A restart afterwards may take so many times what one took before, and … */
  restartFactor: 1.5,
  /** … so much more, for polling and a shared machine, and … */
  restartSlackMs: 2000,
  /** … a second for so many bytes that are legitimately there now. */
  restartBytesPerSecond: 20 * MIB,
} as const

/** Aims that ours has missed, a sentence each. What the other does not do better is not held against it, but for deaths and checks. */
export const missed = ({ ours, theirs }: Row): readonly string[] => [
  ...missedWait(ours, theirs),
  ...missedMemory(ours),
  ...ours.deaths.map((death) => `died: ${death}`),
  ...missedQuorum(ours, theirs),
  ...missedLog(ours),
  ...(ours.restart === undefined ? [] : missedRestart(ours.restart, ours.storedBytes)),
  ...ours.checks.filter(({ held }) => !held).map(({ aim, seen }) => `not so: ${aim} (${seen})`),
]

/** Over both servers: the innocent client is harmed wherever it waits. */
export const longestWaitMs = ({ innocent }: Figures): number =>
  Math.max(innocent.attacked.longestMs, innocent.other.longestMs)

/** What the machine itself may have added to every wait is taken off. */
const missedWait = (ours: Figures, theirs: Figures | undefined): readonly string[] => {
  const waitMs = longestWaitMs(ours)
  const allowedMs = Math.max(AIMS.longestWaitMs, theirs === undefined ? 0 : longestWaitMs(theirs))
  return waitMs - ours.innocent.ownDelayMs > allowedMs
    ? [`a wait of ${Math.round(waitMs)} ms, over ${Math.round(allowedMs)} ms`]
    : []
}

export const beyondDataBytes = ({ residentPeakBytes, storedBytes }: Figures): number =>
  Math.max(0, residentPeakBytes - storedBytes)

const missedMemory = (ours: Figures): readonly string[] =>
  beyondDataBytes(ours) > AIMS.residentBytes
    ? [`${Math.round(beyondDataBytes(ours) / MIB)} MiB beyond the data, over ${AIMS.residentBytes / MIB} MiB`]
    : []

const missedQuorum = (ours: Figures, theirs: Figures | undefined): readonly string[] =>
  ours.epochs > (theirs?.epochs ?? 0) ? [`${ours.epochs} new epochs: the quorum was lost`] : []

const missedLog = (ours: Figures): readonly string[] =>
  ours.logBytes > AIMS.logBytes ? [`${Math.round(ours.logBytes / MIB)} MiB of log`] : []

const missedRestart = (restart: Restart, storedBytes: number): readonly string[] => {
  const allowedMs =
    restart.withoutMs * AIMS.restartFactor + AIMS.restartSlackMs + (storedBytes / AIMS.restartBytesPerSecond) * 1000
  if (restart.isUnfinished) return [`no service ${Math.round(restart.afterMs / 1000)} s after a restart`]
  return restart.afterMs > allowedMs
    ? [`a restart of ${Math.round(restart.afterMs)} ms, ${Math.round(restart.withoutMs)} ms without`]
    : []
}
