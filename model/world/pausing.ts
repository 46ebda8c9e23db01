/** What happens to a process while it is paused, to be made up for when it goes on. */

export interface Pausing {
  /** Runs it now, or later in the order of arrival. */
  readonly whenAwake: (run: () => void) => void
  /** The same for timers: a process that goes on sees its timers first. */
  readonly whenAwakeFirst: (run: () => void) => void
  readonly pause: () => void
  /** Makes up for what was missed. */
  readonly resume: () => void
  /** The process has died: nothing of it is made up for. */
  readonly forget: () => void
}

export const makePausing = (): Pausing => {
  let isPaused = false
  let timers: (() => void)[] = []
  let missed: (() => void)[] = []

  const forget = (): void => {
    isPaused = false
    timers = []
    missed = []
  }

  return {
    whenAwake: (run) => {
      if (isPaused) missed.push(run)
      else run()
    },
    whenAwakeFirst: (run) => {
      if (isPaused) timers.push(run)
      else run()
    },
    pause: () => {
      isPaused = true
    },
    resume: () => {
      const due = [...timers, ...missed]
      forget()
      for (const run of due) run()
    },
    forget,
  }
}
