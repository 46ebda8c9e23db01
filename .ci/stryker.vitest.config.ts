/** The tests that mutants of src/core have to survive: quick ones first, worlds and schedules last and short. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Whole runs: they see what single steps do not, and take longest. */
const isLong = ({ moduleId }: TestSpecification): boolean =>
  /\/(safety|reconfiguring|refinement|ensemble|premises|reasons)\.test\.ts$/.test(moduleId)

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byName = files.sort((first, second) => (first.moduleId < second.moduleId ? -1 : 1))
    return Promise.resolve([...byName.filter((file) => !isLong(file)), ...byName.filter(isLong)])
  }
}

export default defineConfig({
  root,
  test: {
    root,
    include: ['test/core/**/*.test.ts', 'test/proofs/refinement.test.ts'],
    // In 8 worlds each action of the abstract system happens often enough; in 4 there are too few crashes.
    env: { ZAB_RUNS: '6', ZAB_WORLDS: '8', ZAB_ENSEMBLES: '2' },
    testNamePattern:
      /^(?!.*(planted bugs are found|a historical bug|a lie about what happened|everybody serves again|reach every remarkable)).*$/,
    retry: 0,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    sequence: { sequencer: QuickFirst },
  },
})
