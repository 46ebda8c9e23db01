/**
 * Writes src/core/clause.ts from the clauses. Run from anywhere:
 *
 *     npx tsx src/cli/generate-clauses.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { parseClauses, renderModule, topics } from '../../spec/clauses/parse.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = topics.map((topic) => `spec/clauses/${topic}.md`)
const parsed = parseClauses(files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') })))
if (isLeft(parsed)) {
  console.error(parsed.left.join('\n'))
  process.exitCode = 1
} else {
  writeFileSync(join(root, 'src', 'core', 'clause.ts'), renderModule(parsed.right))
  console.log(`${parsed.right.length} clauses → src/core/clause.ts`)
}
