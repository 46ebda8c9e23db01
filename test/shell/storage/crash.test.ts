/**
 * A crash after every single disk operation of a life with everything in it, with every kind of loss: recovery gives
 * the old state or the new one, and never less than was reported durable. RECV-1…7, RECV-10…12, SYNC-8, SYNC-9, RECFG-4.
 */
import { describe, expect, test } from 'vitest'
import type { Configuration } from '../../../src/core/configuration.js'
import type { Durable } from '../../../src/core/effect.js'
import { toArray } from '../../../src/core/sequence.js'
import type { Entry } from '../../../src/core/message.js'
import * as Z from '../../../src/core/zxid.js'
import { renderConfigurationText } from '../../../src/service/configuration/text.js'
import type { Database } from '../../../src/service/database.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { showStorageError } from '../../../src/shell/storage/storage.js'
import type { Opened } from './support/harness.js'
import { configurationOf, databaseAt, entries, errorOf, nameOf, open } from './support/harness.js'
import type { SimulatedDisk, Survival } from './support/simulated-disk.js'
import { keepAll, keepSome, loseUnsynced, makeDisk } from './support/simulated-disk.js'

interface Step {
  readonly durable: Durable<Transaction>
  readonly image?: Database
}

const append = (epoch: number, from: number, to: number, tag = 0): Step => ({
  durable: { kind: 'Append', entries: entries(epoch, from, to, 20, tag) },
})
const accepted = (epoch: number): Step => ({ durable: { kind: 'AcceptedEpoch', epoch } })
const current = (epoch: number): Step => ({ durable: { kind: 'CurrentEpoch', epoch } })
const committed = (epoch: number, counter: number, ...ids: readonly number[]): Step => ({
  durable: { kind: 'Configuration', configuration: configurationOf(Z.zxid(epoch, counter), ids) },
})
const truncate = (zxid: Z.Zxid): Step => ({ durable: { kind: 'Truncate', zxid } })
const install = (zxid: Z.Zxid, then: readonly Entry<Transaction>[] = []): Step => ({
  durable: { kind: 'Snapshot', zxid, entries: then },
  image: databaseAt(zxid),
})

/** What a server must remember. History: the label of an installed image, or nothing, then the names of the records. */
interface Memory {
  readonly acceptedEpoch: number
  readonly currentEpoch: number
  readonly history: readonly string[]
  readonly configuration: string
}

const blank: Memory = { acceptedEpoch: 0, currentEpoch: 0, history: [], configuration: 'none' }

const showConfiguration = (configuration: Configuration | undefined): string =>
  configuration === undefined ? 'none' : renderConfigurationText(configuration)

const imageName = (zxid: Z.Zxid): string => `image ${Z.show(zxid)}`

const after = (memory: Memory, { durable }: Step): Memory => {
  switch (durable.kind) {
    case 'AcceptedEpoch':
      return { ...memory, acceptedEpoch: durable.epoch }
    case 'CurrentEpoch':
      return { ...memory, currentEpoch: durable.epoch }
    case 'Append':
      return { ...memory, history: [...memory.history, ...durable.entries.map(nameOf)] }
    case 'Truncate': {
      const at = memory.history.findIndex((name) => name.replace(/^image |#.*$/g, '') === Z.show(durable.zxid))
      return { ...memory, history: memory.history.slice(0, at + 1) }
    }
    case 'Snapshot':
      return { ...memory, history: [imageName(durable.zxid), ...durable.entries.map(nameOf)] }
    case 'Configuration':
      return { ...memory, configuration: showConfiguration(durable.configuration) }
  }
}

/** All that a crash during the step may leave: before, after, or a part of the records. */
const between = (memory: Memory, step: Step): readonly Memory[] => {
  const next = after(memory, step)
  if (step.durable.kind !== 'Append' && step.durable.kind !== 'Truncate') return [memory, next]
  const [short, long] = memory.history.length < next.history.length ? [memory, next] : [next, memory]
  return Array.from({ length: long.history.length - short.history.length + 1 }, (_, index) => ({
    ...memory,
    history: long.history.slice(0, short.history.length + index),
  }))
}

/** `saved`: labels of snapshots of our own state and the histories they stand for. */
const memoryOf = (each: Opened, saved: ReadonlyMap<string, readonly string[]>): Memory => {
  const { acceptedEpoch, currentEpoch, base, entries: recorded, configuration } = each.storage.recovered.durable
  const past = Z.equals(base, Z.ZERO) ? [] : (saved.get(Z.show(base)) ?? [imageName(base)])
  return {
    acceptedEpoch,
    currentEpoch,
    history: [...past, ...toArray(recorded).map(nameOf)],
    configuration: showConfiguration(configuration),
  }
}

interface Scenario {
  readonly steps: readonly Step[]
  /** After this many steps, save a snapshot of our own state … */
  readonly saveAfter: readonly number[]
  /** … and go on only when it is there. */
  readonly waitForSave: boolean
  readonly dataLogDir: string
}

/** A life with epochs, configurations, two files, snapshots, a truncation over files and snapshots, an installation, and appends between. */
const life: Scenario = {
  steps: [
    accepted(1),
    append(1, 1, 3),
    current(1),
    committed(1, 0, 1, 2, 3),
    append(1, 4, 6),
    append(1, 7, 8),
    committed(1, 4, 1, 2, 3, 4),
    truncate(Z.zxid(1, 5)),
    append(1, 6, 7, 1),
    truncate(Z.zxid(1, 2)),
    accepted(2),
    append(2, 1, 2),
    current(2),
    install(Z.zxid(3, 4)),
    // Shorter than the one before: nothing of that one may be left behind it.
    committed(3, 4, 2),
    append(3, 5, 6),
    truncate(Z.zxid(3, 4)),
    append(4, 1, 2),
    // The leader's image may end before the records of this server do; those must not come back after it.
    install(Z.zxid(3, 2)),
    append(4, 1, 2, 1),
    // An image with records after it: all of them or none.
    install(Z.zxid(3, 1), entries(4, 1, 3, 20, 2)),
    append(5, 1, 1),
  ],
  saveAfter: [2, 5, 12, 16],
  waitForSave: true,
  dataLogDir: '/data',
}

/** Snapshots race with what comes next: with both truncations, the installation, and appends. */
const racing: Scenario = { ...life, saveAfter: [2, 6, 9, 13, 16], waitForSave: false }

const twoDirectories: Scenario = { ...life, dataLogDir: '/logs' }

interface Run {
  /** The steps reported durable. */
  readonly done: number
  readonly saved: ReadonlyMap<string, readonly string[]>
}

/** Turns enough for a small snapshot to be written and named. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Lives until the end or the crash. */
const run = async (disk: SimulatedDisk, scenario: Scenario): Promise<Run> => {
  const saved = new Map<string, readonly string[]>()
  let memory = blank
  let done = 0
  try {
    const each = await open(disk, { preAllocSizeKiB: 1, dataLogDir: scenario.dataLogDir })
    for (const [index, step] of scenario.steps.entries()) {
      await each.persist(step.durable, step.image)
      done = index + 1
      memory = after(memory, step)
      if (!scenario.saveAfter.includes(done)) continue
      const last = memory.history
        .at(-1)
        ?.replace(/^image |#.*$/g, '')
        .split(':')
        .map(Number)
      const zxid = Z.zxid(last?.[0] ?? 0, last?.[1] ?? 0)
      saved.set(Z.show(zxid), memory.history)
      each.storage.saveSnapshot(zxid, databaseAt(zxid))
      if (scenario.waitForSave) await settle()
    }
    await each.storage.close()
  } catch {
    // The crash.
  }
  return { done, saved }
}

/** Undefined: good. Otherwise what is wrong with the disk after the crash. */
const verdict = async (disk: SimulatedDisk, scenario: Scenario, { done, saved }: Run): Promise<string | undefined> => {
  const before = scenario.steps.slice(0, done).reduce(after, blank)
  const interrupted = scenario.steps[done]
  const allowed = interrupted === undefined ? [before] : between(before, interrupted)
  let each: Opened | undefined
  const error = await errorOf(open(disk, { dataLogDir: scenario.dataLogDir }).then((opened) => (each = opened)))
  if (error !== undefined || each === undefined) return `refused: ${error === undefined ? '' : showStorageError(error)}`
  const found = JSON.stringify(memoryOf(each, saved))
  return allowed.some((memory) => JSON.stringify(memory) === found)
    ? undefined
    : `step ${done}: found ${found}, allowed ${allowed.map((memory) => JSON.stringify(memory)).join(' or ')}`
}

interface Plan {
  readonly survivals: readonly Survival[]
  readonly prepare?: (disk: SimulatedDisk) => void
  readonly scenario?: Scenario
}

/** Crashes after each operation in turn; the findings. */
const explore = async ({ survivals, prepare, scenario = life }: Plan): Promise<readonly string[]> => {
  const whole = makeDisk()
  prepare?.(whole)
  await run(whole, scenario)
  const findings: string[] = []
  for (let operation = 1; operation <= whole.operations(); operation += 1) {
    const disk = makeDisk()
    prepare?.(disk)
    disk.crashAfter(operation)
    const lived = await run(disk, scenario)
    for (const survival of survivals) {
      const restarted = disk.restart(survival)
      const finding = await verdict(restarted, scenario, lived)
      if (finding !== undefined) findings.push(`operation ${operation}: ${finding}`)
    }
  }
  return findings
}

describe('a crash after any operation', () => {
  test('the life itself ends well', async () => {
    const disk = makeDisk()
    const lived = await run(disk, life)
    expect(lived.done).toBe(life.steps.length)
    expect(await verdict(disk.restart(loseUnsynced), life, lived)).toBeUndefined()
    expect(disk.operations()).toBeGreaterThan(100)
  })

  const lives: readonly (readonly [string, Scenario])[] = [
    ['one directory', life],
    ['two directories', twoDirectories],
    ['racing snapshots', racing],
  ]
  test.each(lives)('of the process, everything written is there: %s', async (_, scenario) => {
    expect(await explore({ survivals: [keepAll], scenario })).toEqual([])
  })

  test.each(lives)('of the machine, nothing that was not synced is there: %s', async (_, scenario) => {
    expect(await explore({ survivals: [loseUnsynced], scenario })).toEqual([])
  })

  test.each(lives)('of the machine, any part of what was not synced is there: %s', async (_, scenario) => {
    const survivals = Array.from({ length: 5 }, (_unused, index) => keepSome(index + 1))
    expect(await explore({ survivals, scenario })).toEqual([])
  })

  test.each(lives)(
    'of the process, then of the machine: what recovery reported is durable (RECV-12): %s',
    async (_, scenario) => {
      const whole = makeDisk()
      await run(whole, scenario)
      const { dataLogDir } = scenario
      for (let operation = 1; operation <= whole.operations(); operation += 1) {
        const disk = makeDisk()
        disk.crashAfter(operation)
        const { saved } = await run(disk, scenario)
        const next = disk.nextProcess()
        const reported = memoryOf(await open(next, { dataLogDir }), saved)
        expect(memoryOf(await open(next.restart(loseUnsynced), { dataLogDir }), saved)).toEqual(reported)
      }
    },
  )

  test('and another one during the recovery from it', async () => {
    const whole = makeDisk()
    await run(whole, twoDirectories)
    const findings: string[] = []
    for (let operation = 5; operation <= whole.operations(); operation += 3) {
      for (let second = 1; second < 25; second += 2) {
        const disk = makeDisk()
        disk.crashAfter(operation)
        const lived = await run(disk, twoDirectories)
        const recovering = disk.nextProcess()
        recovering.crashAfter(second)
        await errorOf(open(recovering, { dataLogDir: '/logs' }))
        const finding = await verdict(recovering.restart(keepSome(operation + second)), twoDirectories, lived)
        if (finding !== undefined) findings.push(`operations ${operation}, ${second}: ${finding}`)
      }
    }
    expect(findings).toEqual([])
  })
})

describe('planted faults: a disk that lies is found out', () => {
  test('fsync of files does nothing', async () => {
    const findings = await explore({ survivals: [loseUnsynced], prepare: (disk) => disk.lieAboutSync('files') })
    expect(findings.length).toBeGreaterThan(10)
  })

  test('fsync of directories does nothing', async () => {
    const findings = await explore({ survivals: [loseUnsynced], prepare: (disk) => disk.lieAboutSync('directories') })
    expect(findings.length).toBeGreaterThan(10)
  })
})
