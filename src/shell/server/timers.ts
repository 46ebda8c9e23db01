/**
 * Timers by name, as the server function sets them: one timer a name, setting it again moves it.
 *
 * A timer that was cancelled or moved never fires for its old setting, not even late.
 */

/** What a timer set runs on; replaced in tests. */
export interface Clock {
  readonly setTimer: (run: () => void, afterMs: number) => unknown
  readonly clearTimer: (handle: unknown) => void
}

/** The process's own timers. */
export const processClock: Clock = {
  setTimer: (run, afterMs) => setTimeout(run, afterMs),
  // A handle comes from setTimer above and from nowhere else.
  clearTimer: (handle) => clearTimeout(handle as NodeJS.Timeout),
}

export interface Timers<Name extends string> {
  /** Fires once, `afterMs` milliseconds from now, in place of any earlier setting of that name. */
  readonly set: (name: Name, afterMs: number) => void
  readonly cancel: (name: Name) => void
  readonly cancelAll: () => void
}

/** @param fired called with the name of each timer that has run out */
export const makeTimers = <Name extends string>(
  fired: (name: Name) => void,
  clock: Clock = processClock,
): Timers<Name> => {
  // The setting that counts, by name. A late call of an older setting finds another one here, or none.
  const settings = new Map<Name, { readonly handle: unknown }>()

  const cancel = (name: Name): void => {
    const setting = settings.get(name)
    if (setting === undefined) return
    settings.delete(name)
    clock.clearTimer(setting.handle)
  }

  const set = (name: Name, afterMs: number): void => {
    cancel(name)
    const handle = clock.setTimer(() => {
      if (settings.get(name) !== setting) return
      settings.delete(name)
      fired(name)
    }, afterMs)
    const setting = { handle }
    settings.set(name, setting)
  }

  const cancelAll = (): void => {
    for (const name of [...settings.keys()]) cancel(name)
  }

  return { set, cancel, cancelAll }
}
