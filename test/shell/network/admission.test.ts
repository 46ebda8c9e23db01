// Who may speak on the ports of servers: listed or not, from its own address or another, while its name can be resolved or not.
import { describe, expect, it } from 'vitest'
import { isSameHost, makeDoorkeeper, type Doorkeeper } from '../../../src/shell/network/admission.js'
import { limits } from '../../../src/shell/server/limits.js'
import { recordingLog } from './support.js'

interface Setting {
  readonly strangers?: boolean
  readonly names?: Map<string, readonly string[]>
}

const hosts = new Map([
  [1, 'one'],
  [2, 'two'],
  [3, '0.0.0.0'],
])

const open = ({ strangers = false, names = new Map([['one', ['10.0.0.1']]]) }: Setting = {}) => {
  const clock = { nowMs: 0 }
  const log = recordingLog()
  const asked: string[] = []
  const doorkeeper = makeDoorkeeper({
    addressesOf: (server) => {
      const host = hosts.get(server)
      return host === undefined ? [] : [{ host, port: 1 }]
    },
    strangers,
    log,
    nowMs: () => clock.nowMs,
    resolve: (host) => {
      asked.push(host)
      return Promise.resolve(names.get(host) ?? [])
    },
  })
  return { doorkeeper, clock, log, asked, names }
}

/** As after an earlier call: the name has been resolved. */
const judge = async (doorkeeper: Doorkeeper, server: number | undefined, remote: string): Promise<string> => {
  doorkeeper.judge(server, remote)
  await Promise.resolve().then(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  return doorkeeper.judge(server, remote).kind
}

describe('a member', () => {
  it('is let in from its own address, and refused from another', async () => {
    const { doorkeeper } = open()
    expect(await judge(doorkeeper, 1, '::ffff:10.0.0.1')).toBe('Member')
    expect(await judge(doorkeeper, 1, '10.0.0.2')).toBe('Refused')
  })

  it('is let in while its name cannot be resolved, with one line', async () => {
    const { doorkeeper, log, clock } = open()
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await judge(doorkeeper, 2, '10.0.0.2')).toBe('Member')
      clock.nowMs += limits.resolvedAgainMs
    }
    expect(log.lines.waiting).toHaveLength(1)
  })

  it('that has moved is let in once its name says so, and its name is not asked for at every call', async () => {
    const { doorkeeper, names, clock, asked } = open()
    expect(await judge(doorkeeper, 1, '10.0.0.1')).toBe('Member')
    names.set('one', ['10.0.0.9'])
    expect(await judge(doorkeeper, 1, '10.0.0.9')).toBe('Refused')
    expect(asked).toEqual(['one'])
    clock.nowMs += limits.resolvedAgainMs
    expect(await judge(doorkeeper, 1, '10.0.0.9')).toBe('Member')
    names.delete('one')
    clock.nowMs += limits.resolvedAgainMs
    expect(await judge(doorkeeper, 1, '10.0.0.9')).toBe('Member')
  })

  it('that only says that it listens everywhere is let in from everywhere', () => {
    expect(open().doorkeeper.judge(3, '10.0.0.7').kind).toBe('Member')
  })
})

describe('who is no member', () => {
  it.each([
    [false, 'Refused'],
    [true, 'Stranger'],
  ])('where strangers may come: %s', (strangers, kind) => {
    const { doorkeeper } = open({ strangers })
    expect(doorkeeper.judge(9, '10.0.0.1').kind).toBe(kind)
    expect(doorkeeper.judge(undefined, '10.0.0.1').kind).toBe(kind)
  })
})

describe('loopback addresses', () => {
  it.each([
    ['127.0.0.1', '::1', true],
    ['127.0.0.1', '127.8.9.1', true],
    ['::ffff:127.0.0.1', '::1', true],
    ['127.0.0.1', '10.0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true],
  ])('%s and %s are one host: %s', (first, second, same) => {
    expect(isSameHost(first, second)).toBe(same)
  })

  it('knows an address that is written out at once', () => {
    const doorkeeper = makeDoorkeeper({
      addressesOf: () => [{ host: '10.0.0.2', port: 1 }],
      strangers: false,
      log: recordingLog(),
      nowMs: () => 0,
      resolve: () => Promise.reject(new Error('nothing is to be looked up')),
    })
    expect(doorkeeper.judge(2, '6.6.6.6').kind).toBe('Refused')
    expect(doorkeeper.judge(2, '10.0.0.2').kind).toBe('Member')
  })

  it('lets nobody in on the word alone while a name is being looked up, and looks up early whom it expects', async () => {
    const { doorkeeper, asked } = open()
    expect(doorkeeper.judge(1, '6.6.6.6').kind).toBe('Refused')
    expect(asked).toEqual(['one'])
    doorkeeper.expect([1, 2])
    expect(asked).toEqual(['one', 'two'])
    await Promise.resolve()
    expect(doorkeeper.judge(1, '10.0.0.1').kind).toBe('Member')
  })

  it('asks no address where they are translated on the way, and counts others as strangers where the ensemble may change', async () => {
    const options = { addressesOf: () => [{ host: '10.0.0.2', port: 1 }], log: recordingLog(), nowMs: () => 0 }
    const anywhere = makeDoorkeeper({ ...options, strangers: false, fromAnywhere: true })
    expect(anywhere.judge(2, '6.6.6.6').kind).toBe('Member')
    expect(makeDoorkeeper({ ...options, strangers: true }).judge(2, '6.6.6.6').kind).toBe('Stranger')
    await Promise.resolve()
  })
})
