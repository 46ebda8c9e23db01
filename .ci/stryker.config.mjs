// Mutation testing of src/core with its fast suites: `npm run mutation` (nightly; about an hour). What survives is explained
// in proofs/museum/survivors.md, and mutation.mjs holds it against that list. To try some files only:
// `npm run mutation -- --mutate src/core/zxid.ts,src/core/vote.ts`.
export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: '.ci/stryker.vitest.config.ts', related: false },
  // Types, generated ids and constant records have nothing that a mutant could change.
  mutate: ['src/core/**/*.ts', '!src/core/clause.ts'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  mutator: {
    // Texts of fatal errors and names of clauses: another text is no other behaviour (`zab clauses` counts the names).
    excludedMutations: ['StringLiteral'],
  },
  concurrency: 1,
  // Long: on a busy machine a survivor, which meets all tests, would be taken for a loop without end, and that for killed.
  timeoutMS: 60_000,
  timeoutFactor: 2,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: 'dist/mutation/report.json' },
  clearTextReporter: { logTests: false, allowColor: false, reportTests: false },
  tempDirName: 'dist/mutation/sandbox',
  cleanTempDir: 'always',
  ignorePatterns: ['dist', 'docs', 'deploy'],
  thresholds: { high: 95, low: 90, break: 90 },
}
