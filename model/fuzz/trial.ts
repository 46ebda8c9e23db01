/** What is tried when a run is made plainer. */
import type { Run } from '../world/schedule.js'

export type Trial = Pick<Run, 'options' | 'commands'>
