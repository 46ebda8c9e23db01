/** One number for a whole run: equal for equal runs, different for most that differ anywhere. FNV-1a over 32 bits. */
import type { ServerId } from '../../src/core/configuration.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ServerEvent } from '../../src/server/event.js'

export interface Fingerprint {
  readonly add: (nowMs: number, server: ServerId, event: ServerEvent, effects: readonly ServerEffect[]) => void
  readonly value: () => number
}

export const makeFingerprint = (): Fingerprint => {
  const words = new Map<string, number>()
  let hash = 0x811c9dc5

  const mix = (value: number): void => {
    hash = Math.imul(hash ^ (value & 0xffff), 0x01000193)
    hash = Math.imul(hash ^ (value >>> 16), 0x01000193)
  }
  /** Words are few; their hashes are kept. */
  const word = (text: string): void => {
    const known = words.get(text) ?? hashOf(text)
    words.set(text, known)
    mix(known)
  }

  const add = (nowMs: number, server: ServerId, event: ServerEvent, effects: readonly ServerEffect[]): void => {
    mix(nowMs)
    mix(server)
    word(event.kind)
    if (event.kind === 'Received') word(event.packet.type)
    for (const effect of effects) {
      word(effect.kind)
      if (effect.kind === 'Send') {
        word(effect.packet.type)
        mix(effect.to)
      } else if (effect.kind === 'Persist') mix(effect.token)
      else if (effect.kind === 'ClientSend' && effect.message.kind === 'Reply') {
        mix(effect.message.xid)
        mix(effect.message.zxid.counter)
      }
    }
  }
  return { add, value: () => hash >>> 0 }
}

const hashOf = (text: string): number => {
  let sum = 7
  for (let index = 0; index < text.length; index += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0
  return sum
}
