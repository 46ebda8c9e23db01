/**
 * Random programs: few connections and few paths, so that requests meet; every kind of request, good and bad.
 * What is left out on purpose stands in known.ts.
 */
import type { Acl } from '../../../src/service/acl.js'
import type { MultiOperation, Request } from '../../../src/service/request.js'
import { encodeRequestBody, opcodeOf } from '../../../src/wire/request.js'
import { Writer } from '../../../src/wire/writer.js'
import type { Random } from './random.js'
import { hexOf, ROOT } from './step.js'
import type { Step } from './step.js'

const CONNECTIONS = 4

export const program = (random: Random, length: number): readonly Step[] => Array.from({ length }, () => step(random))

const step = (random: Random): Step => {
  const on = random.below(CONNECTIONS)
  return random.weighted<Step>([
    [80, () => ({ kind: 'requests', on, requests: [request(random)] })],
    [6, () => ({ kind: 'requests', on, requests: burst(random) })],
    [2, () => ({ kind: 'requests', on, requests: [{ op: 'closeSession' }] })],
    [3, () => ({ kind: 'setWatches', on, back: random.below(8), paths: [some(random), some(random), some(random)] })],
    [3, () => frame(random, on)],
    [1, () => bytes(random, on)],
    [2, () => ({ kind: 'drop', on })],
    [4, () => connect(random, on)],
  ])
}

const connect = (random: Random, on: number): Step => ({
  kind: 'connect',
  on,
  claim: random.weighted<Extract<Step, { readonly kind: 'connect' }>['claim']>([
    [3, () => ({ kind: 'new' })],
    [6, () => ({ kind: 'session', index: random.below(20), password: 'right' })],
    [1, () => ({ kind: 'session', index: random.below(20), password: 'wrong' })],
    [1, () => ({ kind: 'session', index: random.below(20), password: 'null' })],
    [1, () => ({ kind: 'unknown' })],
  ]),
  timeoutMs: random.one([200_000, 200_000, 150_000, 1, 0, -5, 119_999, 120_000, 1_200_000, 1_200_001, 0x7fffffff]),
  readOnly: random.one([false, false, true, undefined]),
  ahead: random.one([undefined, 0, 0, -1, 1]),
})

// --- requests

const request = (random: Random): Request =>
  random.weighted<Request>([
    [50, () => write(random)],
    [10, () => ({ op: 'multi', operations: Array.from({ length: random.below(5) }, () => operation(random)) })],
    [
      34,
      () => ({
        op: random.one(['exists', 'getData', 'getChildren', 'getChildren2']),
        path: path(random),
        watch: random.chance(60),
      }),
    ],
    [3, () => ({ op: 'sync', path: path(random) })],
    [3, () => ({ op: 'ping' })],
    [1, () => ({ op: 'auth', scheme: random.one(['nobody', 'world', 'auth', '']), auth: new Uint8Array(3) })],
  ])

/** Several in one write of the socket. Pings may overtake, and a sync may already see a write behind it: neither. */
const burst = (random: Random): readonly Request[] =>
  Array.from({ length: 2 + random.below(6) }, () => request(random)).filter(
    ({ op }) => op !== 'ping' && op !== 'auth' && op !== 'sync',
  )

const operation = (random: Random): MultiOperation =>
  random.chance(20) ? { op: 'check', path: path(random), version: version(random) } : write(random)

const write = (random: Random): Exclude<MultiOperation, { readonly op: 'check' }> =>
  random.weighted<Exclude<MultiOperation, { readonly op: 'check' }>>([
    [
      55,
      () => ({
        op: random.one(['create', 'create2']),
        path: path(random),
        data: data(random),
        acl: acl(random),
        flags: flags(random),
      }),
    ],
    [22, () => ({ op: 'delete', path: path(random), version: version(random) })],
    [23, () => ({ op: 'setData', path: path(random), data: data(random), version: version(random) })],
  ])

const version = (random: Random): number => random.one([-1, -1, -1, 0, 0, 1, 2, 7, -2, 0x7fffffff, -0x80000000])

const flags = (random: Random): number =>
  random.chance(96) ? random.one([0, 0, 0, 1, 2, 3]) : random.one([5, 6, 7, 8, 100, -1, -0x80000000])

const data = (random: Random): Uint8Array | null =>
  random.one([null, new Uint8Array(0), Uint8Array.of(1, 2, 255), new Uint8Array(1 + random.below(300))])

// --- access lists

const world = (permissions: number, id = 'anyone'): Acl => ({ permissions, id: { scheme: 'world', id } })

const acl = (random: Random): readonly Acl[] | null =>
  random.weighted<readonly Acl[] | null>([
    [80, () => [world(31)]],
    [12, () => [entry(random)]],
    [4, () => [entry(random), world(31), entry(random)]],
    [1, () => null],
    [1, () => []],
  ])

const entry = (random: Random): Acl => {
  const permissions = random.one([1, 2, 4, 8, 16, 5, 7, 30, 31, 0, 32, -1])
  const [scheme, id] = random.one(IDS)
  return { permissions, id: { scheme, id } }
}

const IDS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['world', 'anyone'],
  ['world', 'anyone'],
  ['world', 'other'],
  ['world', ''],
  ['auth', ''],
  ['auth', 'anyone'],
  ['digest', 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0='],
  ['digest', 'bob'],
  ['digest', 'a:b:c'],
  ['digest', ':b'],
  ['digest', 'a:'],
  ['digest', 'a:b::'],
  ['digest', ''],
  ['digest', ':'],
  ['ip', '127.0.0.1'],
  ['ip', '127.0.0.0/8'],
  ['ip', '127.0.0.1/32'],
  ['ip', '127.0.0.1/33'],
  ['ip', '127.0.0.1/'],
  ['ip', '127.0.0.1/-1'],
  ['ip', '10.0.0.1'],
  ['ip', '126.0.0.0/7'],
  ['ip', '0.0.0.0/0'],
  ['ip', '127.0.0'],
  ['ip', '127.0.0.256'],
  ['ip', '127.0.0.1/8/8'],
  ['ip', ''],
  ['ip', 'localhost'],
  ['ip', '::1'],
  ['ip', '0:0:0:0:0:0:0:1'],
  ['ip', '::ffff:127.0.0.1'],
  ['ip', '127.0.0.1/+8'],
  ['ip', '0127.-0.+0.1'],
  ['ip', '127.0.0.\u0661'],
  ['sasl', 'x'],
  ['super', ''],
  ['x509', 'CN=x'],
  ['', ''],
  ['nobody', 'x'],
]

// --- paths

const NAMES = [
  '/a',
  '/b',
  '/a/x',
  '/a/y',
  '/b/x',
  '/a/x/q',
  '/a/s-',
  '/b/s-',
  '/a/s-0000000001',
  '/b/s-0000000000',
] as const

const path = (random: Random): string =>
  random.weighted([
    [85, () => ROOT + random.one(NAMES)],
    [3, () => ROOT],
    [9, () => odd(random)],
    [3, () => random.one(['/zookeeper', '/zookeeper/quota', '/zookeeper/none', '/zookeeper/config/x'])],
  ])

const odd = (random: Random): string =>
  random.one([
    '',
    '/',
    `${ROOT}/`,
    `${ROOT}//a`,
    `/${ROOT}/a`,
    `${ROOT}/a/`,
    `${ROOT}/.`,
    `${ROOT}/..`,
    `${ROOT}/./a`,
    `${ROOT}/../a`,
    `${ROOT}/a/..`,
    `${ROOT}/...`,
    `${ROOT}/.a`,
    `${ROOT}/a.`,
    `${ROOT}/\0`,
    `${ROOT}/a\0b`,
    `${ROOT}/\u0001`,
    `${ROOT}/\n`,
    `${ROOT}/\u007f`,
    `${ROOT}/\u009f`,
    `${ROOT}/ü`,
    `${ROOT}/π\u2028`,
    `${ROOT}/\ud83d\ude00`,
    `${ROOT}/\uf8ff`,
    `${ROOT}/\ufff0`,
    `${ROOT}/ `,
    ROOT.slice(1),
    `${ROOT.slice(1)}/a`,
    'a',
    '.',
    '//',
  ])

const some = (random: Random): readonly string[] => Array.from({ length: random.below(4) }, () => path(random))

// --- what no client sends

const frame = (random: Random, on: number): Step => {
  const whole = body(request(random))
  return random.weighted<Step>([
    // Cut off.
    [
      4,
      () => ({
        kind: 'frame',
        on,
        opcode: whole.opcode,
        body: hexOf(whole.bytes.subarray(0, random.below(whole.bytes.length))),
      }),
    ],
    // More than there should be.
    [2, () => ({ kind: 'frame', on, opcode: whole.opcode, body: `${hexOf(whole.bytes)}00ff` })],
    // Null where something should be, in every request that there is.
    [3, () => ({ kind: 'frame', on, ...withNulls(random) })],
    // A null path, and lengths that cannot be.
    [
      2,
      () => ({
        kind: 'frame',
        on,
        opcode: random.one([1, 2, 3, 4, 5, 8, 9, 12, 15]),
        body: `${random.one(LENGTHS)}00000000`,
      }),
    ],
    // Unknown opcodes.
    [2, () => ({ kind: 'frame', on, opcode: random.one([10, 23, 99, 108, 1000, -2, -100]), body: '' })],
    // A multi with what may not stand in one, or without an end.
    [
      1,
      () => ({
        kind: 'frame',
        on,
        opcode: 14,
        body: random.one(['0000000b00ffffffff', '0000000900ffffffff00000001 2f', '']).replace(' ', ''),
      }),
    ],
  ])
}

/** A request in which a path, the data, the access list, a scheme or an identity may be null. */
const withNulls = (random: Random): { readonly opcode: number; readonly body: string } => {
  const opcode = random.one([1, 15, 2, 3, 4, 5, 8, 9, 12, 16, 101])
  const writer = new Writer()
  switch (opcode) {
    case 16:
      for (let each = 0; each < 3; each += 1) writer.string(random.one([null, '']))
      writer.long(-1n)
      break
    case 101:
      writer.long(0n)
      for (let list = 0; list < 3; list += 1) {
        const count = random.one([-1, 0, 0, 1])
        writer.count(count)
        if (count === 1) writer.string(random.one([null, ROOT]))
      }
      break
    default:
      writeWithNulls(writer, opcode, random)
  }
  return { opcode, body: hexOf(writer.written()) }
}

const writeWithNulls = (writer: Writer, opcode: number, random: Random): void => {
  writer.string(random.one([null, null, path(random)]))
  switch (opcode) {
    case 1:
    case 15:
      writer.buffer(random.one([null, new Uint8Array(2)]))
      writeAclWithNulls(writer, random)
      writer.int(random.below(4))
      return
    case 5:
      writer.buffer(random.one([null, new Uint8Array(2)]))
      writer.int(version(random))
      return
    case 2:
      writer.int(version(random))
      return
    case 9:
      return
    default:
      writer.bool(random.chance(50))
  }
}

const writeAclWithNulls = (writer: Writer, random: Random): void => {
  const count = random.one([-1, 1, 1, 2])
  writer.count(count)
  for (let each = 0; each < count; each += 1) {
    writer.int(31)
    writer.string(random.one([null, 'world', 'auth', 'digest', 'ip', 'x509', 'sasl']))
    writer.string(random.one([null, null, 'anyone']))
  }
}

const LENGTHS = ['ffffffff', 'fffffffe', '80000000', '7fffffff', '00200000', '00000009'] as const

const body = (of: Request): { readonly opcode: number; readonly bytes: Uint8Array } => {
  // Pings are told from others by their xid; without it they would be taken for the comparer's.
  const request: Request = of.op === 'ping' || of.op === 'auth' ? { op: 'sync', path: ROOT } : of
  const writer = new Writer()
  encodeRequestBody(writer, request)
  return { opcode: opcodeOf(request), bytes: writer.written() }
}

const bytes = (random: Random, on: number): Step =>
  random.chance(50)
    ? {
        kind: 'bytes',
        on,
        first: false,
        hex: random.one([
          '00100000',
          '7fffffff',
          'ffffffff',
          '80000000',
          '0000000400000001',
          '00000000',
          '0000000700000001000000',
        ]),
      }
    : {
        kind: 'bytes',
        on,
        first: true,
        hex: random
          .one([
            '7fffffff',
            'ffffffff',
            '00000000',
            '00000004000000 00',
            `0000000c${'00'.repeat(12)}`,
            `0000002b${'00'.repeat(43)}`,
          ])
          .replace(' ', ''),
      }
