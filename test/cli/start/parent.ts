/** A `zab start` of one stand-in server, for a test to kill. */
import { fileURLToPath } from 'node:url'
import { runEnsemble } from '../../../src/cli/start/run.js'
import { makeScreen } from '../../../src/cli/start/screen.js'

await runEnsemble({
  voters: 1,
  observers: 0,
  firstPort: 31_310,
  dataDir: process.argv[2] ?? '',
  restart: false,
  pollMs: 20,
  screen: makeScreen(process.stdout, 'json'),
  stop: new AbortController().signal,
  server: [fileURLToPath(new URL('fake-server.mjs', import.meta.url))],
})
