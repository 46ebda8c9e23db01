/** The parts of `zab start` that need no process: ports, plans, what is read from `mntr`, and how it is shown. */
import { left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { connectString, planEnsemble } from '../../../src/cli/start/layout.js'
import { choosePorts } from '../../../src/cli/start/ports.js'
import { makeScreen } from '../../../src/cli/start/screen.js'
import type { Status } from '../../../src/cli/start/status.js'
import { firstSample, nextSample } from '../../../src/cli/start/status.js'
import { HEADER, isChange, renderChange, renderRow } from '../../../src/cli/start/table.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'

const isFreeBut =
  (...used: readonly number[]) =>
  (port: number): Promise<boolean> =>
    Promise.resolve(!used.includes(port))

describe('ports', () => {
  it('are the next free ones, without those that are promised already', async () => {
    expect(await choosePorts(2181, 3, new Set(), isFreeBut())).toEqual([2181, 2182, 2183])
    expect(await choosePorts(2181, 3, new Set([2181]), isFreeBut(2183))).toEqual([2182, 2184, 2185])
  })

  it('end at 65535', async () => {
    expect(await choosePorts(65_534, 2, new Set(), isFreeBut())).toEqual([65_534, 65_535])
    expect(await choosePorts(65_534, 3, new Set(), isFreeBut())).toBeUndefined()
  })
})

describe('the plan of an ensemble', () => {
  const plans = planEnsemble(
    2,
    { client: [11, 12, 13], quorum: [21, 22, 23], election: [31, 32, 33] },
    '/data',
    (directory, name) => `${directory}/${name}`,
  )

  it('is a zoo.cfg a server that parses without a warning', () => {
    const parsed = plans.map(({ zooCfg }) => parse(zooCfg, 'zoo.cfg'))
    const ensemble = {
      members: [
        { id: 1, role: 'participant', quorumPort: 21, electionPort: 31 },
        { id: 2, role: 'participant', quorumPort: 22, electionPort: 32 },
        { id: 3, role: 'observer', quorumPort: 23, electionPort: 33 },
      ],
      quorums: { kind: 'Majority', voters: [1, 2] },
    }
    for (const [index, result] of parsed.entries())
      expect(result).toMatchObject({
        right: {
          warnings: [],
          settings: {
            ensemble,
            standalone: false,
            dataDir: `/data/server.${index + 1}`,
            clientAddress: { host: '127.0.0.1', port: 11 + index },
            tickTimeMs: 2000,
            initLimit: 10,
            syncLimit: 5,
            fourLetterWords: 'all',
          },
        },
      })
    expect(connectString(plans)).toBe('127.0.0.1:11,127.0.0.1:12,127.0.0.1:13')
  })

  it('lets one server be alone, but not one with an observer', () => {
    const standalone = [1, 2].map((count) => {
      const ports = Array.from({ length: count }, (_, index) => index + 1)
      const [plan] = planEnsemble(
        1,
        { client: ports, quorum: ports.map((port) => port + 10), election: ports.map((port) => port + 20) },
        '/data',
        (directory, name) => `${directory}/${name}`,
      )
      const parsed = parse(plan?.zooCfg ?? '', 'zoo.cfg')
      return parsed._tag === 'Right' && parsed.right.settings.standalone
    })
    expect(standalone).toEqual([true, false])
  })
})

const MNTR = [
  'zk_version\t3.9.0',
  'zk_server_state\tfollower',
  'zk_peer_state\tfollowing - broadcast',
  'zk_num_alive_connections\t4',
  'zk_packets_received\t1500',
  'zk_global_sessions\t3',
  'zk_zab_epoch\t2',
  'zk_last_zxid\t0x200000005',
  '',
].join('\n')

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'

const FIRST = firstSample(1, '127.0.0.1:2181')

describe('the status of a server', () => {
  it('comes from mntr', () => {
    const once = nextSample({ ...FIRST, packetsReceived: 500 }, right(MNTR), true, 2000)
    expect(once.status).toEqual({
      id: 1,
      address: '127.0.0.1:2181',
      role: 'follower',
      phase: 'broadcast',
      epoch: 2,
      lastZxid: '0x200000005',
      sessions: 3,
      requestsPerSecond: 500,
    })
  })

  it('has no rate after a gap, and no negative one after a restart', () => {
    expect(nextSample(FIRST, right(MNTR), true, 2000).status.requestsPerSecond).toBeUndefined()
    expect(nextSample({ ...FIRST, packetsReceived: 9999 }, right(MNTR), true, 2000).status.requestsPerSecond).toBe(0)
  })

  it('is starting, looking, or down when there are no figures', () => {
    const refused = left('ECONNREFUSED')
    expect(nextSample(FIRST, refused, true, 1).status.role).toBe('starting')
    expect(nextSample(FIRST, right(NOT_SERVING), true, 1).status.role).toBe('looking')
    const served = nextSample(FIRST, right(MNTR), true, 1)
    expect(nextSample(served, refused, true, 2).status.role).toBe('looking')
    const down = nextSample(served, refused, false, 2)
    expect(down.status.role).toBe('down')
    expect(nextSample(down, refused, true, 3).status.role).toBe('starting')
  })
})

const STATUS: Status = nextSample({ ...FIRST, packetsReceived: 500 }, right(MNTR), true, 2000).status

describe('the view', () => {
  it('has a column a fact', () => {
    expect(HEADER).toBe('server  address          role        phase       epoch       last zxid  sessions  requests/s')
    expect(renderRow(STATUS)).toBe(
      '     1  127.0.0.1:2181   follower    broadcast       2     0x200000005         3         500',
    )
    expect(renderRow(FIRST.status)).toBe(
      '     1  127.0.0.1:2181   starting    -               -               -         -           -',
    )
  })

  it('prints a line when role, phase or epoch changes, not when a figure does', () => {
    expect(renderChange(STATUS)).toBe('server 1 (127.0.0.1:2181): follower, phase broadcast, epoch 2')
    expect(isChange(undefined, STATUS)).toBe(true)
    expect(isChange(STATUS, { ...STATUS, sessions: 9, lastZxid: '0x200000006', requestsPerSecond: 1 })).toBe(false)
    expect(isChange(STATUS, { ...STATUS, epoch: 3 })).toBe(true)
  })

  const written = (kind: 'terminal' | 'lines' | 'json', columns?: number): readonly string[] => {
    const texts: string[] = []
    const output = { write: (text: string) => texts.push(text) }
    const screen = makeScreen(columns === undefined ? output : { ...output, columns }, kind)
    screen.show([STATUS])
    screen.show([STATUS])
    screen.tell('ended', 'server 1 has ended', { server: 1 })
    return texts
  }

  it('is a line when something changes, for a file', () => {
    expect(written('lines')).toEqual([`${renderChange(STATUS)}\n`, 'server 1 has ended\n'])
  })

  it('is one object a line, for a program', () => {
    expect(written('json').map((text) => JSON.parse(text) as unknown)).toEqual([
      { event: 'status', ...STATUS },
      { event: 'ended', text: 'server 1 has ended', server: 1 },
    ])
  })

  it('is redrawn in place on a terminal, news above it, no line so long that it wraps', () => {
    const texts = written('terminal', 20)
    expect(texts[0]).toBe(`\r\u001b[0J\n${HEADER.slice(0, 19)}\n${renderRow(STATUS).slice(0, 19)}\n`)
    expect(texts[1]).toBe(`\u001b[3A${texts[0] ?? ''}`)
    expect(texts[2]).toContain('\u001b[3A\r\u001b[0Jserver 1 has ended\n\nserver')
  })
})
