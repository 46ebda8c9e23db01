/** What is measured, and how samples of it become one figure. Pure. */
import { median } from './statistics.js'

export interface Metric {
  readonly title: string
  readonly unit: string
  readonly better: 'higher' | 'lower' | 'neither'
  readonly digits: number
}

/** In the order of the table. */
export const METRICS = {
  writesPerSecond: { title: 'writes, pipelined', unit: '/s', better: 'higher', digits: 0 },
  cpuUsPerWrite: { title: 'CPU a write, all servers', unit: 'µs', better: 'lower', digits: 1 },
  clientCpuUsPerWrite: { title: 'CPU a write, load client', unit: 'µs', better: 'neither', digits: 1 },
  readsPerSecond: { title: 'reads, pipelined', unit: '/s', better: 'higher', digits: 0 },
  cpuUsPerRead: { title: 'CPU a read, all servers', unit: 'µs', better: 'lower', digits: 1 },
  clientCpuUsPerRead: { title: 'CPU a read, load client', unit: 'µs', better: 'neither', digits: 1 },
  latencyP50Ms: { title: 'one write at a time, median', unit: 'ms', better: 'lower', digits: 2 },
  latencyP99Ms: { title: 'one write at a time, 99th percentile', unit: 'ms', better: 'lower', digits: 2 },
  failoverMs: { title: 'no writes after kill -9 of the leader', unit: 'ms', better: 'lower', digits: 0 },
  startMs: { title: 'from nothing to the first write', unit: 'ms', better: 'lower', digits: 0 },
  freshMiB: { title: 'memory of the largest server, fresh', unit: 'MiB', better: 'lower', digits: 0 },
  loadedMiB: { title: 'memory of the largest server, after the writes', unit: 'MiB', better: 'lower', digits: 0 },
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS

/** The keys of the record above, with their type. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[]

/** Everything that was seen, in order. */
export type Samples = Readonly<Partial<Record<MetricName, readonly number[]>>>

export const joinSamples = (first: Samples, second: Samples): Samples =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, [...(first[name] ?? []), ...(second[name] ?? [])]]))

/** Medians of what has samples. */
export const summarize = (samples: Samples): Readonly<Partial<Record<MetricName, number>>> =>
  Object.fromEntries(
    METRIC_NAMES.flatMap((name) => {
      const value = median(samples[name] ?? [])
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** Closer than this is no difference on any machine. */
const SAME = 0.03

export type Verdict = 'better' | 'worse' | 'same' | ''

/** Of ours beside theirs. `ratio` is ours / theirs. */
export const judge = (name: MetricName, ratio: number): Verdict => {
  const { better } = METRICS[name]
  if (better === 'neither') return ''
  if (Math.abs(ratio - 1) < SAME) return 'same'
  return ratio > 1 === (better === 'higher') ? 'better' : 'worse'
}
