/** A standalone server: the client protocol, a transaction log with every record type, and snapshots. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ZERO } from '../../../src/core/zxid.js'
import { writeAcls } from '../../../src/wire/record.js'
import { LOG_HEADER_SIZE, scanRecord } from '../../../src/wire/log.js'
import { OPEN, RecordingClient } from './client.js'
import type { RecordedFrame } from './client.js'
import { freePort, startJava } from './java.js'

export interface StandaloneRecording {
  readonly connections: readonly (readonly RecordedFrame[])[]
  /** By file name in the vectors' folder. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export const recordStandalone = async (directory: string): Promise<StandaloneRecording> => {
  const port = await freePort()
  const lines = ['tickTime=2000', 'extendedTypesEnabled=true']
  const first = await startJava(directory, port, lines)
  const connections = await drive(port).finally(() => first.stop())
  // A second start replays the log and writes a snapshot that has everything in it.
  const second = await startJava(directory, port, lines)
  const third = new RecordingClient()
  await third.connect(port).finally(() => second.stop())
  third.close()
  return {
    connections: [...connections, third.frames],
    files: collect(join(directory, 'data', 'version-2'), 'standalone'),
  }
}

const drive = async (port: number): Promise<readonly (readonly RecordedFrame[])[]> => {
  const client = new RecordingClient()
  const session = await client.connect(port)
  await writes(client)
  await reads(client)
  await multis(client)
  await others(client)
  await client.request({ op: 'auth', scheme: 'digest', auth: text('bob:secret') }, -4)
  await client.raw(7, (writer) => {
    writer.string('/a')
    writeAcls(writer, [...OPEN, { permissions: 1, id: { scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' } }])
    writer.int(-1)
  })
  const stays = new RecordingClient()
  await stays.connect(port, undefined, undefined)
  await stays.request({ op: 'create', path: '/left', data: text('x'), acl: OPEN, flags: 1 })
  stays.close()
  const refused = new RecordingClient()
  await refused.connect(port, { ...session, password: new Uint8Array(16) })
  refused.close()
  const last = new RecordingClient()
  await last.connect(port)
  await last.request({ op: 'create', path: '/gone-1', data: null, acl: OPEN, flags: 1 })
  await last.request({ op: 'create2', path: '/gone-2', data: null, acl: OPEN, flags: 1 })
  await last.request({ op: 'closeSession' })
  last.close()
  const unknown = new RecordingClient()
  await unknown.connect(port)
  await unknown.raw(10, () => undefined)
  unknown.close()
  return [client.frames, stays.frames, refused.frames, last.frames, unknown.frames]
}

const writes = async (client: RecordingClient): Promise<void> => {
  await client.request({ op: 'create', path: '/a', data: text('hello'), acl: OPEN, flags: 0 })
  await client.request({ op: 'create2', path: '/b', data: null, acl: OPEN, flags: 1 })
  await client.request({ op: 'create', path: '/a/s-', data: text(''), acl: OPEN, flags: 2 })
  await client.request({ op: 'create2', path: '/a/s-', data: text('q'), acl: OPEN, flags: 3 })
  await client.request({ op: 'create', path: '/grün-π', data: text('ü'), acl: OPEN, flags: 0 })
  await client.request({ op: 'create', path: '/a', data: null, acl: OPEN, flags: 0 })
  await client.request({ op: 'create', path: '/no/parent', data: null, acl: OPEN, flags: 0 })
  await client.request({ op: 'create', path: '/acl', data: null, acl: [], flags: 0 })
  await client.request({
    op: 'create',
    path: '/locked',
    data: null,
    acl: [{ permissions: 1, id: { scheme: 'world', id: 'anyone' } }],
    flags: 0,
  })
}

const reads = async (client: RecordingClient): Promise<void> => {
  await client.request({ op: 'getData', path: '/a', watch: true })
  await client.request({ op: 'exists', path: '/later', watch: true })
  await client.request({ op: 'getChildren', path: '/a', watch: true })
  await client.request({ op: 'getChildren2', path: '/', watch: false })
  await client.request({ op: 'getData', path: '/b', watch: false })
  await client.request({ op: 'exists', path: '/a', watch: false })
  await client.request({ op: 'setData', path: '/a', data: text('again'), version: 0 })
  await client.request({ op: 'setData', path: '/a', data: text('again'), version: 0 })
  await client.request({ op: 'setData', path: '/locked', data: null, version: -1 })
  await client.request({ op: 'create', path: '/later', data: null, acl: OPEN, flags: 0 })
  await client.request({ op: 'exists', path: '/later', watch: true })
  await client.request({ op: 'delete', path: '/later', version: -1 })
  await client.request({ op: 'delete', path: '/a', version: -1 })
  await client.request({ op: 'delete', path: '/a/s-0000000000', version: 0 })
}

const multis = async (client: RecordingClient): Promise<void> => {
  await client.request({
    op: 'multi',
    operations: [
      { op: 'check', path: '/a', version: 1 },
      { op: 'create', path: '/m', data: text('m'), acl: OPEN, flags: 0 },
      { op: 'create2', path: '/m/n', data: null, acl: OPEN, flags: 0 },
      { op: 'setData', path: '/m', data: text('mm'), version: 0 },
      { op: 'delete', path: '/m/n', version: -1 },
    ],
  })
  await client.request({
    op: 'multi',
    operations: [
      { op: 'create', path: '/never', data: null, acl: OPEN, flags: 0 },
      { op: 'check', path: '/a', version: 77 },
      { op: 'setData', path: '/a', data: null, version: -1 },
    ],
  })
  await client.request({ op: 'multi', operations: [] })
}

const others = async (client: RecordingClient): Promise<void> => {
  await client.request({ op: 'sync', path: '/' })
  await client.request({ op: 'ping' }, -2)
  await client.request(
    {
      op: 'setWatches',
      relativeZxid: ZERO,
      dataWatches: ['/a'],
      existWatches: ['/none'],
      childWatches: ['/a', '/gone'],
    },
    -8,
  )
  await client.raw(19, (writer) => writeCreate(writer, '/container', 4))
  await client.raw(21, (writer) => {
    writeCreate(writer, '/ttl', 5)
    writer.long(60_000n)
  })
  await client.raw(19, (writer) => writeCreate(writer, '/container-2', 4))
  // A container that has had a child and has none any more is removed by the server: deleteContainer.
  await client.request({ op: 'create', path: '/container/c', data: null, acl: OPEN, flags: 0 })
  await client.request({ op: 'delete', path: '/container/c', version: -1 })
  await delay(1200)
}

const writeCreate = (
  writer: Parameters<Parameters<RecordingClient['raw']>[1]>[0],
  path: string,
  flags: number,
): void => {
  writer.string(path)
  writer.buffer(text('t'))
  writeAcls(writer, OPEN)
  writer.int(flags)
}

/** Snapshots, logs without their padding, and epoch files. */
export const collect = (directory: string, prefix: string): ReadonlyMap<string, Uint8Array> =>
  new Map(
    readdirSync(directory)
      .sort()
      .map((name) => [
        `${prefix}.${name}`,
        name.startsWith('log.') ? trimmed(join(directory, name)) : read(join(directory, name)),
      ]),
  )

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path))

const trimmed = (path: string): Uint8Array => {
  const bytes = read(path)
  const endOf = (offset: number): number => {
    const scan = scanRecord(bytes, offset, true)
    return scan.kind === 'Record' ? endOf(scan.next) : offset
  }
  return bytes.subarray(0, endOf(LOG_HEADER_SIZE))
}
