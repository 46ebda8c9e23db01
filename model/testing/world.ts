/** Runs of the simulated world as assertions: a violation is told as a story, with the token that replays it. */
import { explain } from '../world/report.js'
import type { Run } from '../world/schedule.js'
import { runSchedule } from '../world/schedule.js'
import type { Schedule } from './arbitraries.js'

/** Runs the commands, ends the faults, asks for progress, and judges what the clients saw. */
export const runWorld = ({ options, commands }: Schedule): Run => runSchedule(options, commands)

/** The same; a violation is thrown as an error whose text is token, finding, commands, story and diagram. */
export const assertWorld = (schedule: Schedule): void => {
  const run = runWorld(schedule)
  if (run.violation !== undefined) throw new Error(explain(run))
}
