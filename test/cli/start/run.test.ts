/** `zab start` with stand-ins for the servers: start, watch, death of one, clean end, and refusals. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fourLetter } from '../../../src/cli/four-letter.js'
import { runEnsemble } from '../../../src/cli/start/run.js'
import type { Screen } from '../../../src/cli/start/screen.js'

const FAKE = fileURLToPath(new URL('fake-server.mjs', import.meta.url))

interface Told {
  readonly event: string
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** A screen that keeps what it is told, and lets a test wait for it. */
const makeRecorder = () => {
  const told: Told[] = []
  const waiting: { readonly isIt: (one: Told) => boolean; readonly resolve: (one: Told) => void }[] = []
  const screen: Screen = {
    tell: (event, text, facts = {}) => {
      const one = { event, text, facts }
      told.push(one)
      for (const { isIt, resolve } of waiting) if (isIt(one)) resolve(one)
    },
    // Told once all servers answer: only then can each of them be spoken to.
    show: (statuses) => {
      if (statuses.every(({ role }) => role === 'leader' || role === 'follower')) screen.tell('up', '')
    },
  }
  /** The event of that name; `about` is a beginning of its text. */
  const event = (name: string, about = ''): Promise<Told> =>
    new Promise((resolve) => {
      const isIt = (one: Told): boolean => one.event === name && one.text.startsWith(about)
      const before = told.find(isIt)
      if (before === undefined) waiting.push({ isIt, resolve })
      else resolve(before)
    })
  return { told, screen, event }
}

let dataDir: string
let stop: AbortController

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'zab-start-'))
  stop = new AbortController()
})

afterEach(() => {
  stop.abort()
  delete process.env['FAKE_FAIL']
  rmSync(dataDir, { recursive: true, force: true })
})

const start = (change: { readonly voters?: number; readonly restart?: boolean; readonly dataDir?: string } = {}) => {
  const recorder = makeRecorder()
  const ended = runEnsemble({
    voters: change.voters,
    observers: 0,
    firstPort: 31_210,
    dataDir: change.dataDir ?? dataDir,
    restart: change.restart ?? false,
    pollMs: 20,
    screen: recorder.screen,
    stop: stop.signal,
    server: [FAKE],
  })
  return { ...recorder, ended }
}

/** `host:port` of the first server. */
const addressIn = ({ facts }: Told) => {
  const [host = '', port] = String(facts['connectString']).split(',')[0]?.split(':') ?? []
  return { host, port: Number(port) }
}

describe('zab start', () => {
  it('starts three servers, says how to reach them, and stops them all', async () => {
    const { ended, event, told } = start()
    const serving = await event('serving')
    expect(serving.text).toMatch(
      /led by server 1; .*connect to 127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\ntry: npm /,
    )
    expect(readFileSync(path.join(dataDir, 'server.2/myid'), 'utf8')).toBe('2\n')
    expect(readFileSync(path.join(dataDir, 'server.2/initialize'), 'utf8')).toBe('')
    stop.abort()
    expect(await ended).toBe(0)
    expect(told.map((one) => one.event).filter((name) => name !== 'up')).toEqual([
      'starting',
      'serving',
      'stopping',
      'stopped',
    ])
    expect((await fourLetter(addressIn(serving), 'mntr', 1000))._tag).toBe('Left')
  })

  it('tells how a server died and what to do, and goes on', async () => {
    const { ended, event } = start()
    await fourLetter(addressIn(await event('serving')), 'die!', 1000)
    const { text } = await event('ended')
    expect(text).toMatch(
      /^server 1 has ended \(exit code 7\); the last lines of .*server\.log:\n {2}\| fake server 1 on port/,
    )
    expect(text).toContain('by hand: npm run -s zab -- server')
    stop.abort()
    expect(await ended).toBe(0)
  })

  it('warns when no quorum is left, and ends when nothing is', async () => {
    const { ended, event } = start()
    const { facts } = await event('serving')
    await event('up')
    for (const [index, address] of String(facts['connectString']).split(',').entries()) {
      const [host = '', port] = address.split(':')
      await fourLetter({ host, port: Number(port) }, 'die!', 1000)
      await event('ended', `server ${index + 1} `)
    }
    expect((await event('no-quorum')).text).toBe(
      '1 of 3 voting servers run: no write can commit until another one is up',
    )
    expect((await event('failed')).text).toBe('error: no voting server is left')
    expect(await ended).toBe(1)
  })

  it('starts a dead server again when asked to', async () => {
    const { ended, event } = start({ voters: 1, restart: true })
    const address = addressIn(await event('serving'))
    await fourLetter(address, 'die!', 1000)
    expect((await event('ended')).text).toContain('it will be started again')
    stop.abort()
    expect(await ended).toBe(0)
  })

  it('fails with the reason when servers cannot start', async () => {
    process.env['FAKE_FAIL'] = '1'
    const { ended, event } = start({ voters: 1 })
    expect((await event('ended')).text).toContain('  | the disk is full')
    expect(await ended).toBe(1)
  })

  it('refuses a directory that another start has, and takes over from a dead one', async () => {
    const first = start({ voters: 1 })
    await first.event('serving')
    const second = start({ voters: 1 })
    expect(await second.ended).toBe(2)
    expect((await second.event('refused')).text).toContain(`another start runs on ${dataDir};`)
    stop.abort()
    expect(await first.ended).toBe(0)

    stop = new AbortController()
    expect(readdirSync(dataDir).filter((name) => name.startsWith('start.lock'))).toEqual(['start.lock.1'])
    const third = start({ voters: 1 })
    await third.event('serving')
    stop.abort()
    expect(await third.ended).toBe(0)
  })

  it('says of no server beside one that has data that it is new', async () => {
    mkdirSync(path.join(dataDir, 'server.1/version-2'), { recursive: true })
    const { ended, event } = start({ voters: 3 })
    await event('serving')
    stop.abort()
    expect(await ended).toBe(0)
    const marked = [1, 2, 3].filter((id) => readdirSync(path.join(dataDir, `server.${id}`)).includes('initialize'))
    expect(marked).toEqual([])
  })

  it('refuses to change the number of voters under data that is there', async () => {
    const first = start({ voters: 3 })
    await first.event('serving')
    stop.abort()
    await first.ended
    mkdirSync(path.join(dataDir, 'server.1/version-2'))
    const second = start({ voters: 5 })
    expect(await second.ended).toBe(2)
    expect((await second.event('refused')).text).toContain('holds the data of 3 voting servers, not 5')
  })
})
