/** An exploration by several threads, each with a part of the states, that can be put aside and gone on with. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Bounds } from '../../../../proofs/exploration/bounds.js'
import { makeEnsemble } from '../../../../proofs/exploration/ensemble.js'
import type { Counterexample, Exploration, Progress } from '../../../../proofs/exploration/explore.js'
import type { Meeting } from '../../../../proofs/exploration/parallel/part.js'
import {
  FIGURES,
  REASONS,
  clearStop,
  isComplete,
  levelOf,
  makeMeeting,
  reasonOf,
  rowWidth,
  setLevel,
  stop,
} from '../../../../proofs/exploration/parallel/part.js'
import { makeRingMemory } from '../../../../proofs/exploration/parallel/ring.js'
import type { SharedTable } from '../../../../proofs/exploration/parallel/shared-table.js'
import { makeSharedTable, tableBytes, tableSize } from '../../../../proofs/exploration/parallel/shared-table.js'
import type { Reductions } from '../../../../proofs/exploration/reductions.js'
import type { Found } from '../../../../proofs/exploration/share.js'
import { walk } from '../../../../proofs/exploration/walk.js'
import type { Rules } from '../../../core/rules.js'
import type { Header } from './checkpoint.js'
import { readTables, writeCheckpoint } from './checkpoint.js'
import type { FromPart, Start, ToPart } from './protocol.js'

// --- model

export interface ParallelOptions {
  readonly bounds: Bounds
  readonly rules: Rules
  /** Name of the rules, if they are those of a bug. */
  readonly rulesName: string | undefined
  readonly reductions: Reductions
  readonly maxStates: number
  /** Memory that may be used in all, about. */
  readonly maxBytes: number
  readonly parts: number
  readonly version: string
  /** Where to put checkpoints, and after how long the next one. */
  readonly checkpoint?: { readonly folder: string; readonly everySeconds: number }
  /** To go on from. */
  readonly resume?: { readonly folder: string; readonly header: Header }
  /** Asked now and then. `pause`: at the end of the level, so that it can be gone on with. */
  readonly mayGoOn: (progress: Progress) => 'go on' | 'pause' | 'end'
}

/** Parts of the memory that the tables get, and bytes that a value is reckoned with. */
const TABLES = {
  servers: { part: 1 / 8, bytes: 1024 },
  items: { part: 1 / 256, bytes: 256 },
  channels: { part: 1 / 64, bytes: 512 },
  abstract: { part: 1 / 4, bytes: 128 },
} as const

/** The memory is reserved at once, and used as it fills. */
const makeTables = (bytes: number): Start['tables'] =>
  Object.fromEntries(
    Object.entries(TABLES).map(([name, { part, bytes: each }]) => {
      const values = 2 ** Math.ceil(Math.log2((part * bytes) / each))
      return [name, makeSharedTable({ values, bytes: part * bytes })]
    }),
  )

const LOOK_MS = 100
const WORKER = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

// --- operations

export const exploreInParallel = async (options: ParallelOptions): Promise<Exploration> => {
  const { bounds, rules, reductions, parts: count, resume } = options
  const ensemble = makeEnsemble({ bounds, rules, reductions })
  const tables = makeTables(options.maxBytes)
  const width = rowWidth(ensemble.width)
  const meeting = makeMeeting(
    Array.from({ length: count }, () => Array.from({ length: count }, () => makeRingMemory(width))),
  )
  if (resume !== undefined) {
    readTables(resume.folder, resume.header, tables)
    setLevel(meeting, resume.header.level)
  }
  const found: Found[] = []
  const parts = Array.from({ length: count }, (_, index) =>
    startPart(startOf(options, index, tables, meeting), (one) => found.push(one)),
  )
  try {
    await Promise.all(parts.map(({ ready }) => ready))
    await runToTheEnd(options, parts, tables, meeting)
    const [first] = found
    const way = first === undefined ? undefined : await wayTo(parts, first)
    const counterexample: Counterexample | undefined =
      first === undefined || way === undefined
        ? undefined
        : { objection: first.objection, happenings: walk(ensemble, way) }
    const progress = progressOf(meeting, tables)
    return {
      ...progress,
      // The level after the last one has no states.
      depth: isComplete(meeting) ? progress.depth - 1 : progress.depth,
      verdict: counterexample !== undefined ? 'Violated' : isComplete(meeting) ? 'Held' : 'Ended',
      reductions,
      ...(counterexample === undefined ? {} : { counterexample }),
      distinct: {
        servers: sizeOf(tables, 'servers'),
        abstract: sizeOf(tables, 'abstract'),
        channels: sizeOf(tables, 'channels'),
      },
    }
  } finally {
    await Promise.all(parts.map(({ end }) => end()))
  }
}

const startOf = (
  { bounds, rulesName, reductions, maxStates, parts, resume }: ParallelOptions,
  index: number,
  tables: Start['tables'],
  meeting: Meeting,
): Start => ({
  index,
  bounds,
  rules: rulesName,
  reductions,
  tables,
  meeting,
  maxStates: Math.ceil(maxStates / parts),
  from: resume?.folder,
})

/** Level after level, with a checkpoint now and then. */
const runToTheEnd = async (
  options: ParallelOptions,
  parts: readonly PartThread[],
  tables: Start['tables'],
  meeting: Meeting,
): Promise<void> => {
  const { checkpoint, mayGoOn } = options
  let savedMs = performance.now()
  const watch = setInterval(() => {
    const wish = mayGoOn(progressOf(meeting, tables))
    const isDue = checkpoint !== undefined && performance.now() - savedMs > checkpoint.everySeconds * 1000
    if (wish === 'end') stop(meeting, REASONS.asked)
    else if (wish === 'pause' || isDue) stop(meeting, REASONS.checkpoint)
  }, LOOK_MS)
  try {
    for (;;) {
      await Promise.all(parts.map(({ run }) => run()))
      if (reasonOf(meeting) !== REASONS.checkpoint || isComplete(meeting)) return
      if (checkpoint !== undefined) {
        await save(options, checkpoint.folder, parts, tables, meeting)
        savedMs = performance.now()
      }
      if (mayGoOn(progressOf(meeting, tables)) !== 'go on') return
      clearStop(meeting)
    }
  } finally {
    clearInterval(watch)
  }
}

const save = (
  { version, bounds, rulesName, reductions, parts: count, resume }: ParallelOptions,
  folder: string,
  parts: readonly PartThread[],
  tables: Start['tables'],
  meeting: Meeting,
): Promise<void> =>
  writeCheckpoint(
    folder,
    {
      version,
      bounds,
      rules: rulesName ?? 'zab',
      reductions,
      parts: count,
      level: levelOf(meeting),
      seconds: performance.now() / 1000 + (resume?.header.seconds ?? 0),
    },
    tables,
    async (where) => {
      await Promise.all(parts.map((part) => part.save(where)))
    },
  )

const sizeOf = (tables: Start['tables'], name: keyof typeof TABLES): number => {
  const table = tables[name]
  return table === undefined ? 0 : tableSize(table)
}

const progressOf = ({ figures, ...meeting }: Meeting, tables: Readonly<Record<string, SharedTable>>): Progress => {
  const sum = (which: number): number => figures.reduce((all, one, at) => (at % FIGURES === which ? all + one : all), 0)
  return {
    states: sum(0),
    transitions: sum(1),
    depth: levelOf({ figures, ...meeting }),
    queue: sum(2),
    bytes: sum(3) + Object.values(tables).reduce((all, table) => all + tableBytes(table), 0),
  }
}

/** The steps from the initial state, by asking each part for its states. */
const wayTo = async (parts: readonly PartThread[], { parent, step }: Found): Promise<readonly number[]> => {
  const steps = [step]
  for (let state = parent; ; ) {
    const part = parts[state % parts.length]
    if (part === undefined) throw new RangeError(`there is no state ${state}`)
    const reached = await part.parentOf(state)
    if (reached.parent < 0) return steps.reverse()
    steps.push(reached.step)
    state = reached.parent
  }
}

// --- how: threads

interface PartThread {
  readonly ready: Promise<void>
  readonly run: () => Promise<void>
  readonly save: (folder: string) => Promise<void>
  readonly parentOf: (state: number) => Promise<{ readonly parent: number; readonly step: number }>
  readonly end: () => Promise<void>
}

/** `worker.js` when built; `worker.ts` needs tsx, which a thread has to ask for itself. */
const startWorker = (workerData: Start): Worker => {
  if (WORKER.pathname.endsWith('.js')) return new Worker(WORKER, { workerData })
  const tsx = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  )
  const program = `import('${tsx.href}').then((tsx) => { tsx.register(); return import('${WORKER.href}') })`
  return new Worker(program, { workerData, eval: true })
}

/** A thread answers one question at a time. */
const startPart = (start: Start, report: (found: Found) => void): PartThread => {
  const worker = startWorker(start)
  let settle: { resolve: (answer: FromPart) => void; reject: (error: Error) => void } | undefined

  worker.on('message', (message: FromPart) => {
    switch (message.kind) {
      case 'Found':
        return report(message.found)
      case 'Failed':
        process.stderr.write(`${message.what}\n`)
        return
      case 'Ready':
      case 'Stopped':
      case 'Saved':
      case 'Parent':
        settle?.resolve(message)
    }
  })
  worker.on('error', (error) => {
    stop(start.meeting, REASONS.full)
    settle?.reject(error instanceof Error ? error : new Error(String(error)))
  })

  const answer = (): Promise<FromPart> =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
  const ask = (message: ToPart): Promise<FromPart> => {
    const answered = answer()
    worker.postMessage(message)
    return answered
  }
  const done = async (asked: Promise<FromPart>): Promise<void> => {
    await asked
  }
  return {
    ready: done(answer()),
    run: () => done(ask({ kind: 'Run' })),
    save: (folder) => done(ask({ kind: 'Save', folder })),
    parentOf: async (state) => {
      const reached = await ask({ kind: 'Parent', state })
      if (reached.kind !== 'Parent') throw new Error(`a thread answers ${reached.kind}`)
      return reached
    },
    end: async () => {
      await worker.terminate()
    },
  }
}
