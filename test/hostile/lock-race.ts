/** A thousand races of eight processes for a directory whose owner has gone: `npm run hostile:lock [rounds]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { race, startContenders } from './processes/support/lock-contender.js'

const CONTENDERS = 8

const rounds = Number(process.argv[2] ?? 1000)
const directory = mkdtempSync(path.join(tmpdir(), 'zab-race-'))
const contenders = await startContenders(CONTENDERS, directory)
try {
  const { wrong } = await race(contenders, rounds)
  process.stdout.write(`${rounds} races of ${CONTENDERS} processes: ${wrong.length} without exactly one owner\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await Promise.all(contenders.map((each) => each.kill()))
  rmSync(directory, { recursive: true, force: true })
}
