/**
 * Writes the table of docs/limits.md from the sources. Run from anywhere:
 *
 *     npx tsx src/cli/generate-limits.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { declaredLimits } from './limits/declared.js'
import { withLimits } from './limits/render.js'
import { limitSources } from './limits/sources.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = join(root, 'docs', 'limits.md')
const limits = declaredLimits(limitSources(root))
const page = isLeft(limits) ? undefined : withLimits(readFileSync(file, 'utf8'), limits.right)
if (isLeft(limits)) {
  console.error(limits.left.join('\n'))
  process.exitCode = 1
} else if (page === undefined) {
  console.error(`${file} lacks the marks between which the table stands`)
  process.exitCode = 1
} else {
  writeFileSync(file, page)
  console.log(`${limits.right.length} limits → docs/limits.md`)
}
