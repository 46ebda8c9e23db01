/**
 * Checks the import rules of dependency-cruiser.cjs and prints every violation with the sentence that explains it.
 *
 *   node .ci/imports.mjs [directory]     another tree of the same shape, for the test that plants violations
 *
 * Exit code 1 for a violation, and for a tree in which no module was found: without a TypeScript compiler that it can
 * use, dependency-cruiser finds no module, hence no violation, and is content.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const { forbidden, options } = createRequire(import.meta.url)('./dependency-cruiser.cjs')
const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'))
process.chdir(root)

const folders = ['src', 'spec', 'model', 'proofs', 'test'].filter((folder) => existsSync(folder))
const { output } = await cruise(
  folders,
  { ...options, baseDir: root, ruleSet: { forbidden }, validate: true },
  {},
  { tsConfig: extractTSConfig(path.join(root, 'tsconfig.json')) },
)

const { summary } = output
const comment = new Map(forbidden.map((rule) => [rule.name, rule.comment]))
for (const { rule, from, to, cycle } of summary.violations) {
  const way = cycle === undefined ? to : cycle.map((step) => step.name).join(' → ')
  console.log(`${rule.severity} ${rule.name}: ${from} → ${way}\n  ${comment.get(rule.name)}`)
}
console.log(`${summary.totalCruised} modules, ${summary.error} errors, ${summary.warn} warnings`)
if (summary.totalCruised === 0) console.log('error: no module was looked at, so this says nothing')
process.exitCode = summary.totalCruised === 0 || summary.error > 0 ? 1 : 0
