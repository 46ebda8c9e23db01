/** Watches the servers of an ensemble from their start to their end. */
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT } from '../exit-code.js'
import { fourLetter } from '../four-letter.js'
import type { Child } from './child.js'
import { lastLogLines, logFile, startChild, zooCfgFile } from './child.js'
import type { Plan } from './layout.js'
import { connectString } from './layout.js'
import type { StartOptions } from './run.js'
import type { Screen } from './screen.js'
import type { Sample } from './status.js'
import { firstSample, nextSample } from './status.js'

const POLL_TIMEOUT_MS = 1000
const STOP_LIMIT_MS = 10_000
const RESTART_DELAY_MS = 1000
const MOST_RESTART_DELAY_MS = 30_000

type Watch = Pick<StartOptions, 'pollMs' | 'restart' | 'screen' | 'server' | 'stop'>

interface Server {
  readonly plan: Plan
  child: Child
  sample: Sample
  restarts: number
}

/** Resolves when all servers are gone: 0 after a stop that was asked for, 1 when none (or no quorum) could run. */
export const supervise = async (plans: readonly Plan[], voters: number, watch: Watch): Promise<number> => {
  const { pollMs, screen } = watch
  // Ends the watch: asked for from outside, or because there is nothing left to watch.
  const over = new AbortController()
  watch.stop.addEventListener('abort', () => over.abort())
  if (watch.stop.aborted) over.abort()
  const isOver = (): boolean => over.signal.aborted
  const servers = plans.map(
    (plan): Server => ({
      plan,
      child: startChild(plan, watch.server),
      sample: firstSample(plan.id, `${plan.client.host}:${plan.client.port}`),
      restarts: 0,
    }),
  )
  let hasServed = false
  let exitCode: number = EXIT.held
  const giveUp = (reason: string): void => {
    screen.tell('failed', `error: ${reason}`)
    exitCode = EXIT.violated
    over.abort()
  }
  const watchEnd = async (server: Server): Promise<void> => {
    const how = await server.child.ended
    if (isOver()) return
    const isRestarted = watch.restart && hasServed
    tellEnd(screen, server.plan, how, isRestarted)
    if (isRestarted) {
      await pause(Math.min(MOST_RESTART_DELAY_MS, RESTART_DELAY_MS * 2 ** server.restarts), over.signal)
      if (isOver()) return
      server.restarts += 1
      server.child = startChild(server.plan, watch.server)
      void watchEnd(server)
      return
    }
    const running = servers.filter(({ child, plan }) => plan.id <= voters && child.isRunning()).length
    if (running === 0) giveUp('no voting server is left')
    else if (2 * running <= voters && !hasServed)
      giveUp(`${running} of ${voters} voting servers run: no quorum could form`)
    else if (2 * running <= voters)
      screen.tell(
        'no-quorum',
        `${running} of ${voters} voting servers run: no write can commit until another one is up`,
      )
  }
  for (const server of servers) void watchEnd(server)

  while (!isOver()) {
    await Promise.all(servers.map(poll))
    if (isOver()) break
    screen.show(servers.map(({ sample }) => sample.status))
    if (
      !hasServed &&
      servers.some(({ sample }) => sample.status.role === 'leader' || sample.status.role === 'standalone')
    ) {
      hasServed = true
      tellServing(screen, servers)
    }
    await pause(pollMs, over.signal)
  }

  screen.tell('stopping', 'stopping …')
  await Promise.all(servers.map(({ child }) => child.stop(STOP_LIMIT_MS)))
  screen.tell('stopped', 'all servers have stopped; their data stays in place')
  return exitCode
}

const poll = async (server: Server): Promise<void> => {
  const answer = await fourLetter(server.plan.client, 'mntr', POLL_TIMEOUT_MS)
  server.sample = nextSample(server.sample, answer, server.child.isRunning(), performance.now())
}

const tellServing = (screen: Screen, servers: readonly Server[]): void => {
  const plans = servers.map(({ plan }) => plan)
  const leader = servers.find(({ sample }) => sample.status.role === 'leader')?.plan.id
  const first = plans[0]
  if (first === undefined) return
  const command = `npm run -s zab -- four-letter srvr ${first.client.host}:${first.client.port}`
  screen.tell(
    'serving',
    [
      `the ensemble serves${leader === undefined ? '' : `, led by server ${leader}`}; any ZooKeeper client may connect to ${connectString(plans)}`,
      `try: ${command}`,
    ].join('\n'),
    { leader, connectString: connectString(plans), try: command },
  )
}

const tellEnd = (screen: Screen, plan: Plan, how: string, isRestarted: boolean): void => {
  const log = lastLogLines(plan)
  const again = `npm run -s zab -- server ${zooCfgFile(plan)}`
  screen.tell(
    'ended',
    [
      `server ${plan.id} has ended (${how}); the last lines of ${logFile(plan)}:`,
      ...log.map((line) => `  | ${line}`),
      isRestarted ? 'it will be started again' : `it is not restarted (--restart does that); by hand: ${again}`,
    ].join('\n'),
    { server: plan.id, how, log, again },
  )
}

/** Returns early when the watch is over. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)
