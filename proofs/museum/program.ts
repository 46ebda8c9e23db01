/** Programs around the server's step: the shipped step runs, then its outcome is bent a little. */
import type { Program } from '../../model/world/node.js'
import type { ServerEvent } from '../../src/server/event.js'
import * as server from '../../src/server/server.js'
import type { Server, ServerStep } from '../../src/server/server.js'

/** Bends what an event has led to. */
export type Bend = (before: Server, event: ServerEvent, step: ServerStep) => ServerStep

export const bending = (bend: Bend): Program => ({
  initial: server.initial,
  step: (config, before, event, now) => bend(before, event, server.step(config, before, event, now)),
})

/** Nothing of these events reaches the server. */
export const ignoring = (isIgnored: (server: Server, event: ServerEvent) => boolean): Program => ({
  initial: server.initial,
  step: (config, before, event, now) =>
    isIgnored(before, event) ? { server: before, effects: [], clauses: [] } : server.step(config, before, event, now),
})

interface Remembering<Note> extends Server {
  readonly note: Note
}

/** As `bending`, with a note that the process keeps beside its state, and loses with it. */
export const remembering = <Note>(
  blank: Note,
  bend: (before: Server, event: ServerEvent, step: ServerStep, note: Note) => readonly [ServerStep, Note],
): Program => {
  // Every state of this program was made here, with a note.
  const noteOf = (state: Server): Note => (state as Remembering<Note>).note
  const withNote = (state: Server, note: Note): Remembering<Note> => ({ ...state, note })
  return {
    initial: (config) => withNote(server.initial(config), blank),
    step: (config, before, event, now) => {
      const [step, note] = bend(before, event, server.step(config, before, event, now), noteOf(before))
      return { ...step, server: withNote(step.server, note) }
    },
  }
}
