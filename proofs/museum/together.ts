/** Several judges of one run. */
import type { Observe, Observer } from '../../model/observer.js'

export const together =
  <T>(judges: readonly Observe<T>[]): Observe<T> =>
  (host) => {
    const observers = judges.map((judge) => judge(host))
    const each = (tell: (observer: Observer<T>) => void): void => {
      for (const observer of observers) tell(observer)
    }
    return {
      started: (server, durable) => each((judge) => judge.started(server, durable)),
      stepped: (server, before, after, what) => each((judge) => judge.stepped(server, before, after, what)),
      sent: (server, to, message) => each((judge) => judge.sent(server, to, message)),
      written: (server, durable) => each((judge) => judge.written(server, durable)),
      synced: (server, durable) => each((judge) => judge.synced(server, durable)),
      crashed: (server) => each((judge) => judge.crashed(server)),
      replaced: (server, durable, by) => each((judge) => judge.replaced(server, durable, by)),
    }
  }
