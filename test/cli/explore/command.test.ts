// `zab explore`: its exit codes, what it prints for people and for programs, and the flags that it refuses.
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { addExplore } from '../../../src/cli/commands/explore.js'

afterEach(() => {
  vi.restoreAllMocks()
})

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const run = async (...flags: readonly string[]): Promise<Ended> => {
  let [stdout, stderr, status] = ['', '', -1]
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
  const program = new Command('zab')
  addExplore(program, (exitCode) => {
    status = exitCode
  })
  for (const command of program.commands) command.exitOverride()
  const workers = flags.includes('--workers') ? [] : ['--workers', '1']
  await program.parseAsync(['explore', ...flags, ...workers], { from: 'user' })
  return { status, stdout, stderr }
}

/** `2,1,0,0`: servers, transactions, timeouts, restarts. */
const within = (bounds: string): readonly string[] => {
  const [servers = '', transactions = '', timeouts = '', restarts = ''] = bounds.split(',')
  return ['--servers', servers, '--transactions', transactions, '--timeouts', timeouts, '--restarts', restarts]
}

describe('zab explore', () => {
  it('0: every state was seen and held', async () => {
    const { status, stdout, stderr } = await run(...within('2,1,0,0'))
    expect([status, stderr]).toEqual([0, ''])
    const [verdict, bounds, figures] = stdout.split('\n')
    expect(verdict).toBe('held')
    expect(bounds).toBe('(2,1,0,0), an oracle for elections, at most 1 attempts to lead; rules: zab; with reductions')
    expect(figures).toMatch(/^\d+ states, \d+ transitions, depth \d+, queue 0; \d+ states of single servers, /)
  })

  it('says the same with several threads', async () => {
    const [one, two] = [await run(...within('2,1,0,0')), await run(...within('2,1,0,0'), '--workers', '2')]
    const untimed = ({ status, stdout }: Ended) => [status, stdout.replace(/; [\d.]+ s\n/, '')]
    expect(untimed(two)).toEqual(untimed(one))
  })

  it('1: violated, with the way there', async () => {
    const { status, stdout } = await run(...within('2,0,0,0'), '--rules', 'ZK-1291')
    expect(status).toBe(1)
    expect(stdout.split('\n').slice(0, 7)).toEqual([
      '1. server 2 is told to lead',
      '2. server 1 is told to follow 2, and dials',
      '3. server 2 accepts the connection of 1',
      '4. server 2 receives FOLLOWERINFO, accepted epoch 0 from 1',
      'violated: LEADERINFO (DISC-3, RECV-1)',
      '  server 2 says LEADERINFO 1 to 1 in epoch 1, which is not so',
      'violated',
    ])
  })

  it('2: rules that there are not, bounds that go with another election', async () => {
    const nonsense = await run('--rules', 'nonsense')
    expect([nonsense.status, nonsense.stdout]).toEqual([2, ''])
    expect(nonsense.stderr).toMatch(/^error: no rules 'nonsense'. There are: ZK-335, /)
    // Other code, not other rules.
    expect((await run('--rules', 'ZK-1156')).status).toBe(2)
    const refused = [
      await run('--elections', '4'),
      await run('--election', 'fast', '--leaderships', '2'),
      await run('--election', 'fast', '--servers', '3', '--elections', '2'),
    ]
    expect(refused.map(({ status, stderr }) => [status, stderr])).toEqual([
      [2, 'error: --elections goes with --election fast\n'],
      [2, 'error: --leaderships goes with --election oracle\n'],
      [2, 'error: each server begins to look once: --elections is too small\n'],
    ])
  })

  it('2: nowhere to put it aside, nothing to go on with', async () => {
    const file = fileURLToPath(import.meta.url)
    for (const flag of ['--checkpoint', '--marks']) {
      const { status, stderr } = await run(flag, `${file}/below`)
      expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be written: ENOTDIR')])
    }
    const { status, stderr } = await run('--resume', '/nowhere')
    expect([status, stderr]).toEqual([2, expect.stringContaining('/nowhere/exploration.json cannot be read')])
  })

  it('refuses flags that make no sense', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await expect(run('--election', 'slow')).rejects.toThrow('Allowed choices are oracle, fast.')
    await expect(run('--servers', '6')).rejects.toThrow('It must be a whole number from 1 to 5.')
  })

  it('3: the budget ended first', async () => {
    const { status, stdout } = await run(...within('2,2,1,1'), '--max-states', '1000')
    expect(status).toBe(3)
    expect(stdout).toMatch(/^the budget ended before every state was seen; nothing was found until then\n/)
    expect(stdout).toContain('\n1,000 states, ')
    expect((await run(...within('3,2,1,1'), '--max-megabytes', '128')).status).toBe(3)
  })

  it('--reconfigurations: how many, and to what', async () => {
    const more = ['--joiners', '1', '--reconfigurations', '1']
    const all = await run(...within('1,0,0,0'), ...more)
    expect([all.status, all.stdout.split('\n').slice(0, 2)]).toEqual([
      0,
      [
        'held',
        '(1,0,0,0), 1 joiner, 1 reconfiguration, each to one of 3 sets of voters, an oracle for elections, at most 2 attempts to lead; rules: zab; with reductions',
      ],
    ])
    const some = await run(...within('1,0,0,0'), ...more, '--reconfigure-to', '2', '--reconfigure-to', '1,2')
    expect(some.stdout).toContain(', each to one of 2 sets of voters, ')
  })

  it('2: reconfigurations that do not go with other flags', async () => {
    const refused = [
      await run('--joiners', '1'),
      await run('--reconfigure-to', '1'),
      await run('--reconfigurations', '1', '--election', 'fast'),
      await run('--reconfigurations', '1', '--observers', '1'),
      await run('--reconfigurations', '1', '--servers', '5', '--joiners', '3'),
      await run('--reconfigurations', '1', '--servers', '2', '--reconfigure-to', '1,3'),
    ]
    expect(refused.map(({ status, stderr }) => [status, stderr])).toEqual([
      [2, 'error: --joiners goes with --reconfigurations: without them they would never get a vote\n'],
      [2, 'error: --reconfigure-to goes with --reconfigurations\n'],
      [2, 'error: --reconfigurations goes with --election oracle\n'],
      [2, 'error: --reconfigurations goes without --observers: use --joiners\n'],
      [2, 'error: with --reconfigurations there may be 7 servers and joiners in all\n'],
      [2, 'error: --reconfigure-to names server 3; there are 2 with the joiners\n'],
    ])
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await expect(run('--reconfigure-to', '1,x')).rejects.toThrow('It must be ids of servers, as in 1,2,4.')
  })

  it('--json: one object, with the steps of a way that was found', async () => {
    const held: unknown = JSON.parse((await run(...within('2,1,0,0'), '--json')).stdout)
    expect(held).toMatchObject({
      verdict: 'Held',
      bounds: { servers: 2, transactions: 1, timeouts: 0, restarts: 0, leaderships: 1 },
      rules: 'zab',
      queue: 0,
    })
    const violated: unknown = JSON.parse((await run(...within('2,0,0,0'), '--rules', 'ZK-1291', '--json')).stdout)
    expect(violated).toMatchObject({ verdict: 'Violated', rules: 'ZK-1291', objection: { id: 'LEADERINFO' } })
    expect(violated).toHaveProperty('steps.3', 'server 2 receives FOLLOWERINFO, accepted epoch 0 from 1')
  })

  it('--no-reductions: more states, the same verdict', async () => {
    const states = async (...flags: readonly string[]): Promise<number> => {
      const { status, stdout } = await run(...within('2,1,0,0'), ...flags)
      expect(status).toBe(0)
      return Number(/^(\d+) states/m.exec(stdout)?.[1])
    }
    expect(await states('--no-reductions')).toBeGreaterThan(await states())
  })

  it('--election fast: the real election, as a story', async () => {
    const held = await run(...within('2,1,0,0'), '--election', 'fast')
    expect(held.status).toBe(0)
    expect(held.stdout).toContain(
      '(2,1,0,0), real elections, of which servers begin at most 2; rules: zab; with reductions',
    )
    const { status, stdout } = await run(...within('2,0,0,0'), '--election', 'fast', '--rules', 'ZK-1291')
    expect(status).toBe(1)
    expect(stdout.split('\n').slice(0, 7)).toEqual([
      '1. server 1 hears from 2, LOOKING in round 1: vote for 2 (epoch 0, last 0:0)',
      '2. server 2 hears from 1, LOOKING in round 1: vote for 1 (epoch 0, last 0:0)',
      '3. server 2 hears from 1, LOOKING in round 1: vote for 2 (epoch 0, last 0:0)',
      '4. server 1 dials 2',
      '5. server 2 accepts the connection of 1',
      '6. server 2 receives FOLLOWERINFO, accepted epoch 0 from 1',
      'violated: LEADERINFO (DISC-3, RECV-1)',
    ])
  })
})
