// A real server in this process, on ports that the system chooses, in a directory of its own.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { ZERO } from '../../../src/core/zxid.js'
import type { ServerConfiguration } from '../../../src/shell/configuration/server-configuration.js'
import { type RunningServer, startServer } from '../../../src/shell/server/running-server.js'
import { Mailbox } from '../network/support.js'

export interface TestServer extends RunningServer {
  /** Warnings and errors, in order. */
  readonly warnings: Mailbox<string>
  /** Stops it and removes its directory. */
  readonly dispose: () => Promise<void>
}

const ALONE = { id: 1, role: 'participant', host: '127.0.0.1', quorumPort: 0, electionPort: 0 } as const

/** With an observer that never comes: a name that others can come in. */
export const withObserver: ServerConfiguration['ensemble'] = {
  version: ZERO,
  members: [ALONE, { ...ALONE, id: 9, role: 'observer' }],
  quorums: { kind: 'Majority', voters: [1] },
}

export const configurationIn = (directory: string): ServerConfiguration => ({
  self: 1,
  // One voter, and not standalone: all three ports are open.
  ensemble: {
    version: ZERO,
    members: [ALONE],
    quorums: { kind: 'Majority', voters: [1] },
  },
  standalone: false,
  dataDir: directory,
  dataLogDir: directory,
  clientAddress: { host: '127.0.0.1', port: 0 },
  tickTimeMs: 1000,
  initLimit: 10,
  syncLimit: 5,
  minSessionTimeoutMs: 2000,
  maxSessionTimeoutMs: 20_000,
  maxClientCnxns: 60,
  maxCnxns: 0,
  globalOutstandingLimit: 1000,
  ephemeralLimitBytes: undefined,
  maxBufferBytes: 1_048_575,
  snapCount: 100_000,
  commitLogCount: 500,
  preAllocSizeKiB: 64,
  forceSync: true,
  autopurge: { snapRetainCount: 3, purgeIntervalHours: 0 },
  quorumListenOnAllIPs: false,
  reconfigEnabled: false,
  autocreateDatabase: true,
  startAlone: false,
  membersFromAnywhere: false,
  skipAcl: false,
  fourLetterWords: ['ruok', 'srvr', 'mntr', 'isro'],
})

/** Resolves when the server leads its ensemble of one. */
export const startTestServer = async (changes: Partial<ServerConfiguration> = {}): Promise<TestServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'zab-runtime-'))
  const warnings = new Mailbox<string>()
  const serving = new Mailbox<string>()
  const started = await startServer(
    { ...configurationIn(directory), ...changes },
    {
      info: (text) => {
        if (text.startsWith('leading')) serving.put(text)
      },
      warn: (text) => warnings.put(text),
      error: (text) => warnings.put(text),
    },
  )
  if (E.isLeft(started)) {
    await rm(directory, { recursive: true, force: true })
    throw new Error(`no start: ${warnings.waiting.join('; ')}`)
  }
  await serving.next()
  return {
    ...started.right,
    warnings,
    dispose: async () => {
      await started.right.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
