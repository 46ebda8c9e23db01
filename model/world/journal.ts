/** What happened in a run, for the story and the diagram. Kept only when asked for: a failing run is run again with it. */
import type { ServerId } from '../../src/core/configuration.js'

/** How much a line tells: faults, roles and commits; phases and durable epochs; the rest. */
export type Weight = 'essential' | 'helpful' | 'detail'

export type JournalItem =
  | {
      readonly kind: 'note'
      readonly atMs: number
      readonly weight: Weight
      readonly server?: ServerId
      readonly text: string
    }
  | {
      readonly kind: 'message'
      readonly atMs: number
      readonly from: ServerId
      readonly to: ServerId
      readonly text: string
    }

export interface Journal {
  readonly isKept: boolean
  readonly add: (item: JournalItem) => void
  readonly items: () => readonly JournalItem[]
}

export const makeJournal = (isKept: boolean): Journal => {
  const items: JournalItem[] = []
  return {
    isKept,
    add: (item) => {
      if (isKept) items.push(item)
    },
    items: () => items,
  }
}
