/**
 * Two groups of tests, one after the other. Pure tests share the machine, two files at a time. Tests that start real
 * server processes own the machine, one file at a time, so that a full one never looks like a broken protocol.
 */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Folders whose tests start real servers. */
const realProcesses = [
  'test/faults/**/*.test.ts',
  'test/interop/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/hostile/processes/**/*.test.ts',
]

export default defineConfig({
  root,
  test: {
    retry: 0,
    projects: [
      {
        root,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: realProcesses,
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        root,
        test: {
          name: 'processes',
          include: realProcesses,
          pool: 'forks',
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
