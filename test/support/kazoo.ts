/** kazoo, the client library of Python, where it is installed (Debian: python3-kazoo). */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PATIENCE_MS } from './wait.js'

export const PYTHON = '/usr/bin/python3'

const SMOKE = fileURLToPath(new URL('kazoo_smoke.py', import.meta.url))

export const hasKazoo = spawnSync(PYTHON, ['-c', 'import kazoo']).status === 0

/** Runs the script; rejects with what it said when it did not succeed. */
export const runKazoo = async (connectString: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(PYTHON, [SMOKE, connectString], { timeout: PATIENCE_MS })
  return stdout
}
