/** Of acknowledgements in a row only the last is handed on, and nothing else is left out or moved. */
import { describe, expect, it } from 'vitest'
import type { Packet } from '../../../src/server/packet.js'
import { withoutOutdated } from '../../../src/shell/network/acknowledgements.js'
import { zxid } from '../../../src/core/zxid.js'

const ack = (epoch: number, counter: number): Packet => ({ type: 'ACK', zxid: zxid(epoch, counter) })
const ping: Packet = { type: 'PING', zxid: zxid(1, 9), touched: [] }
const shortened = (...packets: readonly Packet[]): readonly Packet[] =>
  withoutOutdated(packets.map((packet) => ({ packet }))).map(({ packet }) => packet)

describe('a run of acknowledgements', () => {
  it('is its last one', () => {
    expect(shortened(ack(1, 1), ack(1, 2), ack(1, 3))).toEqual([ack(1, 3)])
  })

  it('ends at any other packet', () => {
    expect(shortened(ack(1, 1), ack(1, 2), ping, ack(1, 3))).toEqual([ack(1, 2), ping, ack(1, 3)])
  })

  it('never hides that of NEWLEADER, another epoch, or one out of order', () => {
    const packets = [ack(2, 0), ack(2, 1), ack(2, 0), ack(1, 7), ack(2, 5), ack(2, 4)]
    expect(shortened(...packets)).toEqual(packets)
  })
})
