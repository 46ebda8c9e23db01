/** kazoo, the client library of Python, where it is installed (Debian: python3-kazoo). */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PATIENCE_MS } from './wait.js'

export const PYTHON = '/usr/bin/python3'

const SMOKE = fileURLToPath(new URL('kazoo_smoke.py', import.meta.url))
const RECONFIG = fileURLToPath(new URL('kazoo_reconfig.py', import.meta.url))

export const hasKazoo = spawnSync(PYTHON, ['-c', 'import kazoo']).status === 0

/** Runs the script; rejects with what it said when it did not succeed. */
export const runKazoo = async (connectString: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(PYTHON, [SMOKE, connectString], { timeout: PATIENCE_MS })
  return stdout
}

/** What a reconfiguration asks for: member lines and ids, comma-separated. */
export interface Change {
  readonly joining?: string
  readonly leaving?: string
}

/** The configuration text that answers a reconfiguration, or kazoo's name of the error. */
export const reconfigure = async (connectString: string, { joining = '-', leaving = '-' }: Change): Promise<string> => {
  try {
    const run = promisify(execFile)(PYTHON, [RECONFIG, connectString, joining, leaving], { timeout: PATIENCE_MS })
    return (await run).stdout.trimEnd()
  } catch (error) {
    // The script ends with the name, alone on the last line of stderr; kazoo itself may have said something before.
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trimEnd() : ''
    const last = said.split('\n').at(-1) ?? ''
    if (/^\w+$/.test(last)) return last
    throw error
  }
}
