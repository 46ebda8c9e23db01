/** What a figure was measured on. */
import { cpus, platform, release, totalmem } from 'node:os'

export interface Machine {
  readonly date: string
  readonly cores: number
  readonly processor: string
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
}

export const describeMachine = (): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  system: `${platform()} ${/^[\d.]*/.exec(release())?.[0] ?? ''}`,
  node: process.version,
})

/** One sentence. */
export const showMachine = ({ cores, date, memoryGiB, node, processor, system }: Machine): string =>
  `${date}; ${cores} cores (${processor}), ${memoryGiB} GiB of memory, ${system}, Node ${node}; servers and load client share the machine.`
