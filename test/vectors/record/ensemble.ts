/**
 * Two of three servers are Apache's; the third is played by hand: on the election port it asks for votes, on the quorum
 * port it joins the leader with different histories. A proxy keeps what the Java follower and the Java leader say.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newLeaderZxid, zxid, ZERO } from '../../../src/core/zxid.js'
import type { Zxid } from '../../../src/core/zxid.js'
import type { Packet } from '../../../src/server/packet.js'
import { encodeHandshake, encodeNotification } from '../../../src/wire/election.js'
import { QuorumDecoder, encodePacket } from '../../../src/wire/quorum.js'
import { Writer } from '../../../src/wire/writer.js'
import { collectingFold } from '../../wire/collecting-fold.js'
import { OPEN, RecordingClient } from './client.js'
import { hex, orThrow, RecordedConnection, until } from './connection.js'
import { freePort, startJava } from './java.js'
import type { JavaServer } from './java.js'
import { startProxy } from './proxy.js'
import { collect } from './standalone.js'

/** Both directions of one quorum connection. */
export interface RecordedStream {
  readonly name: string
  readonly learner: string
  readonly leader: string
}

export interface EnsembleRecording {
  readonly streams: readonly RecordedStream[]
  readonly election: { readonly name: string; readonly sent: string; readonly received: string }[]
  readonly files: ReadonlyMap<string, Uint8Array>
}

const SELF = 3
const context = { self: SELF, configurationText: '' }
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

export const recordEnsemble = async (directory: string): Promise<EnsembleRecording> => {
  const quorumPorts = [await freePort(), await freePort(), await freePort()]
  const electionPorts = [await freePort(), await freePort(), await freePort()]
  const proxy = await startProxy(quorumPorts[1] ?? 0)
  const lines = (leaderPort: number): readonly string[] => [
    'tickTime=500',
    'initLimit=20',
    'syncLimit=10',
    ...quorumPorts.map(
      (port, index) => `server.${index + 1}=127.0.0.1:${index === 1 ? leaderPort : port}:${electionPorts[index] ?? 0}`,
    ),
  ]
  const start = async (id: number, leaderPort: number): Promise<JavaServer> =>
    startJava(join(directory, `server-${id}`), await freePort(), lines(leaderPort), id)
  const started = await Promise.allSettled([start(1, proxy.port), start(2, quorumPorts[1] ?? 0)])
  const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  try {
    const [follower, leader] = servers
    if (follower === undefined || leader === undefined) throw new Error('an ensemble of two did not start')
    const last = await write(follower.clientPort)
    const streams = await learn(quorumPorts[1] ?? 0, leader.clientPort, last)
    const election = await askForVotes(electionPorts)
    const between: RecordedStream = {
      name: 'Java follower and Java leader',
      learner: hex(Buffer.concat(proxy.streams.dialler)),
      leader: hex(Buffer.concat(proxy.streams.listener)),
    }
    const files = collect(join(follower.dataDirectory, 'version-2'), 'follower')
    return { streams: [between, ...streams], election, files }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    proxy.close()
  }
}

/** Writes through the follower, so that REQUEST, SYNC and REVALIDATE travel. Gives the last zxid. */
const write = async (port: number): Promise<Zxid> => {
  const client = new RecordingClient()
  const session = await client.connect(port)
  await client.request({ op: 'create', path: '/a', data: text('hello'), acl: OPEN, flags: 0 })
  await client.request({ op: 'create2', path: '/e', data: null, acl: OPEN, flags: 3 })
  await client.request({ op: 'setData', path: '/a', data: text('2'), version: 7 })
  await client.request({
    op: 'multi',
    operations: [
      { op: 'create', path: '/m', data: null, acl: OPEN, flags: 0 },
      { op: 'delete', path: '/m', version: 0 },
    ],
  })
  await client.request({ op: 'sync', path: '/' })
  client.close()
  const again = new RecordingClient()
  await again.connect(port, session)
  await again.request({ op: 'delete', path: '/a', version: -1 })
  again.close()
  // Two pings of the leader, with their answers.
  await delay(1000)
  return zxid(1, 6)
}

/** Joins the leader with the histories that make it choose DIFF, TRUNC and SNAP; the last time as an observer. */
const learn = async (port: number, clientPort: number, last: Zxid): Promise<readonly RecordedStream[]> => [
  await join1('DIFF', port, 'participant', zxid(1, 3)),
  await join1('DIFF without transactions', port, 'participant', last),
  await join1('TRUNC', port, 'participant', zxid(1, last.counter + 4)),
  await join1('SNAP', port, 'participant', ZERO),
  await join1('observer', port, 'observer', last, async () => {
    const client = new RecordingClient()
    await client.connect(clientPort)
    await client.request({ op: 'create', path: '/o', data: null, acl: OPEN, flags: 0 })
    await client.request({ op: 'closeSession' })
    client.close()
  }),
]

const join1 = async (
  name: string,
  port: number,
  role: 'participant' | 'observer',
  lastZxid: Zxid,
  meanwhile: () => Promise<void> = () => delay(600),
): Promise<RecordedStream> => {
  const decoder = new QuorumDecoder({ sender: 'leader', maximumLength: 1 << 21, fold: collectingFold })
  const packets: Packet[] = []
  const connection = await RecordedConnection.open(port, (chunk) => {
    packets.push(...orThrow(decoder.feed(chunk)).map(({ packet }) => packet))
  })
  const send = (packet: Packet): void => {
    const writer = new Writer()
    encodePacket(writer, packet, context)
    connection.send(writer.written())
  }
  const arrival = (type: Packet['type']): Promise<void> =>
    until(type, () => packets.some((packet) => packet.type === type))
  send({ type: 'FOLLOWERINFO', role, acceptedEpoch: 1, configurationVersion: ZERO })
  await arrival('LEADERINFO')
  send({ type: 'ACKEPOCH', currentEpoch: 1, lastZxid })
  await arrival('NEWLEADER')
  send({ type: 'ACK', zxid: newLeaderZxid(1) })
  await arrival('UPTODATE')
  send({ type: 'ACK', zxid: newLeaderZxid(1) })
  await meanwhile()
  send({ type: 'PING', zxid: lastZxid, touched: [] })
  await delay(100)
  connection.close()
  return { name, learner: hex(Buffer.concat(connection.sent)), leader: hex(Buffer.concat(connection.received)) }
}

/** The third server has the largest id, so it dials; it says that it is looking, and is told who leads. */
const askForVotes = (electionPorts: readonly number[]): Promise<EnsembleRecording['election']> =>
  Promise.all(
    electionPorts.slice(0, 2).map(async (port, index) => {
      const connection = await RecordedConnection.open(port, () => undefined)
      const address = `127.0.0.1:${electionPorts[SELF - 1] ?? 0}`
      connection.send(encodeHandshake({ id: SELF, addresses: [address] }))
      const vote = { leader: SELF, zxid: ZERO, peerEpoch: 0 }
      connection.send(encodeNotification({ state: 'LOOKING', vote, round: 1, configurationVersion: ZERO }, 'version=0'))
      await until('an answer', () => connection.received.length > 0)
      await delay(300)
      connection.close()
      const received = hex(Buffer.concat(connection.received))
      return { name: `server ${index + 1}`, sent: hex(Buffer.concat(connection.sent)), received }
    }),
  )
