/** Processor time and memory of processes that were started as the first of their process group. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** User and system time since the start, in microseconds; steps of 10 ms on Linux. */
  readonly cpuUs: number
  readonly residentBytes: number
}

interface Line extends Usage {
  readonly group: number
}

/** The unit of the times in /proc is this on every Linux that Node runs on. */
const TICK_US = 10_000

/** Of each group: of its first process and whatever that one has started. */
export const usageOf = (groups: readonly number[]): readonly Usage[] => {
  const lines = existsSync('/proc/self/stat') ? readProc() : readPs()
  return groups.map((group) =>
    lines
      .filter((line) => line.group === group)
      .reduce<Usage>(
        (sum, line) => ({
          cpuUs: sum.cpuUs + line.cpuUs,
          residentBytes: sum.residentBytes + line.residentBytes,
        }),
        { cpuUs: 0, residentBytes: 0 },
      ),
  )
}

const readProc = (): readonly Line[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        return [parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), Number(resident ?? 0) * 1024)]
      } catch {
        // It has ended since its name was read.
        return []
      }
    })

/** The name of the program stands in parentheses and may contain anything: the fields are counted from the last one. */
export const parseProcStat = (stat: string, residentBytes: number): Line => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { group: Number(fields[2]), cpuUs: (Number(fields[11]) + Number(fields[12])) * TICK_US, residentBytes }
}

/** Elsewhere than on Linux: coarser. */
const readPs = (): readonly Line[] =>
  spawnSync('ps', ['-A', '-o', 'pgid=,rss=,time='], { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([group, rss, time = '']) => ({
      group: Number(group),
      residentBytes: Number(rss) * 1024,
      cpuUs: time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1_000_000,
    }))
