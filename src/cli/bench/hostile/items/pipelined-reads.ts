/** One write, and behind it many reads of a large node in one burst. */
import type { Arena, Finding, Item } from '../item.js'
import { attackedClient, createOf, found, hold, MEGABYTE, sized } from '../tools.js'

const BIG = '/big'

/** `xid`: of the reads. */
const burst = async (arena: Arena, reads: number, xid: (number: number) => number): Promise<Finding> => {
  const client = await attackedClient(arena)
  await client.call(createOf(BIG, MEGABYTE), arena.signal)
  client.socket.pause()
  client.ask(createOf('/before-reads'))
  for (let number = 0; number < reads; number += 1)
    client.askAs(xid(number), { op: 'getData', path: BIG, watch: false })
  await client.flush(arena.signal)
  await hold(arena, 5000)
  // Slowly at last: a little at a time.
  for (let turn = 0; turn < 20 && !client.isClosed; turn += 1) {
    client.socket.resume()
    await hold(arena, 5)
    client.socket.pause()
    await hold(arena, 200)
  }
  const { answers } = client
  client.leave()
  return found(`${reads} reads of 1 MB behind a create in one burst, ${answers} answers taken`, MEGABYTE)
}

const REPORT = 'issue 10 §2: a wait of 19.6 s, 1.7 GB, and a RangeError that ended the process'

export const pipelinedReads: Item = {
  name: 'pipelined-reads',
  does: 'One create, then 900 reads of a 1 MB node in one burst, whose answers are not read at first and then slowly.',
  after: REPORT,
  isQuick: false,
  afterwards: 'nothing',
  attack: (arena) => burst(arena, sized(arena, 900, 100), (number) => number + 10),
}

export const pipelinedReads9000: Item = {
  name: 'pipelined-reads-9000',
  does: 'The same with 9,000 reads of number 0, which is counted nowhere.',
  after: REPORT,
  isQuick: false,
  afterwards: 'nothing',
  attack: (arena) => burst(arena, sized(arena, 9000, 200), () => 0),
}

export const honestPipeline: Item = {
  name: 'honest-pipeline',
  does: 'Seventy pipelined reads of 1 MB behind a create, read at full speed: all 71 answers must come.',
  after: 'issue 10 §2: refused without one answer',
  isQuick: true,
  afterwards: 'nothing',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    await client.call(createOf(BIG, MEGABYTE), arena.signal)
    const before = client.answers
    const reads = sized(arena, 70, 70)
    client.ask(createOf('/before-reads'))
    for (let number = 0; number < reads; number += 1) client.ask({ op: 'getData', path: BIG, watch: false })
    await client.flush(arena.signal)
    await client.answered(before + reads + 1, arena.signal)
    const answers = client.answers - before
    client.leave()
    const check = { aim: 'all answers come', held: answers === reads + 1, seen: `${answers} of ${reads + 1}` }
    return found(`${reads} reads of 1 MB behind a create`, MEGABYTE, [check])
  },
}
