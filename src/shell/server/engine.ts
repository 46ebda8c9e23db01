/**
 * The loop around the pure server: an event goes in, the next state is kept, the effects are done in their order.
 *
 * This is the only place that holds the server's state, and it holds nothing else.
 */
import type { ServerEffect } from '../../server/effect.js'
import type { Now, ServerEvent } from '../../server/event.js'
import { initial, step, type Server, type ServerConfig } from '../../server/server.js'

export interface Engine {
  /** Steps at once; an event raised while effects are being done is stepped right after them. */
  readonly dispatch: (event: ServerEvent) => void
  readonly server: () => Server
  /** Nothing is stepped any more. */
  readonly stop: () => void
}

export const makeEngine = (config: ServerConfig, now: () => Now, perform: (effect: ServerEffect) => void): Engine => {
  let server = initial(config)
  let stopped = false
  let stepping = false
  /** Raised while stepping, in order. Each port raises at most a few events from within an effect. */
  const raised: ServerEvent[] = []

  const stepOne = (event: ServerEvent): void => {
    const result = step(config, server, event, now())
    server = result.server
    for (const effect of result.effects) {
      perform(effect)
      // After Fatal nothing more may leave this server.
      if (stopped) return
    }
  }

  return {
    dispatch: (event) => {
      if (stopped) return
      if (stepping) {
        raised.push(event)
        return
      }
      stepping = true
      stepOne(event)
      for (let next = raised.shift(); next !== undefined && !stopped; next = raised.shift()) stepOne(next)
      stepping = false
    },
    server: () => server,
    stop: () => {
      stopped = true
    },
  }
}
