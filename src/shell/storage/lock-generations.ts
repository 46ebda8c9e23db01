/**
 * Who owns a directory: the highest of its generations `<base>.1`, `<base>.2`, … whose owner still listens behind it.
 *
 * A generation is a name for a socket that listens already, so it never stands for an owner who is not there yet. The
 * next one is taken only after the highest was found dead, with an operation that fails when the name exists: of any
 * number of contenders one gets it. The highest is never removed, not at a clean end either; the owner of a higher one
 * removes those below. So whoever takes a generation late, after a listing that was out of date, finds a higher one
 * when it lists again, and gives way. No step depends on time, and a contender may die between any two.
 */

export type Presence =
  /** Somebody listens. */
  | 'live'
  /** Nobody will ever listen behind this name again. */
  | 'dead'
  /** There is no such name (any more), or what is behind it is changing: look again. */
  | 'absent'

/** The directory, and the socket of the one contender that uses this value. */
export interface LockDirectory {
  readonly list: () => Promise<readonly string[]>
  readonly probe: (name: string) => Promise<Presence>
  /** Listens behind a name that nobody else uses, and returns it. */
  readonly announce: () => Promise<string>
  /** Gives the announced socket a second name. `taken`: it exists. `gone`: the first name does not. */
  readonly link: (from: string, to: string) => Promise<'linked' | 'taken' | 'gone'>
  /** No error when there is no such name. */
  readonly remove: (name: string) => Promise<void>
  /** Ends what `announce` began. */
  readonly withdraw: () => Promise<void>
  /** Puts a regular file in the place of the socket of that name, in one step: the name is never missing. */
  readonly leave: (name: string) => Promise<void>
}

export type Ownership =
  | { readonly kind: 'Owner'; readonly generation: number }
  /** Somebody else owns the directory; `name` is the generation that says so. */
  | { readonly kind: 'Held'; readonly name: string }

/** Each attempt that fails means that another contender has come further; one of them wins or dies. */
const ATTEMPTS = 100

export const generationName = (base: string, generation: number): string => `${base}.${generation}`

/** 0 when there is none. A regular file of that name, too, is a generation, and a dead one. */
export const highestGeneration = (base: string, names: readonly string[]): number =>
  generationsOf(base, names).reduce((highest, generation) => Math.max(highest, generation), 0)

const generationsOf = (base: string, names: readonly string[]): readonly number[] =>
  names.flatMap((name) => {
    const digits = name.startsWith(`${base}.`) ? name.slice(base.length + 1) : ''
    return /^[1-9]\d{0,14}$/.test(digits) ? [Number(digits)] : []
  })

/** Names under which contenders announce themselves: a prefix that no generation has. */
export const announcedPrefix = (base: string): string => `${base}-`

export const takeOwnership = async (directory: LockDirectory, base: string): Promise<Ownership> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const taken = await tryOnce(directory, base)
    if (taken !== undefined) return taken
  }
  return { kind: 'Held', name: generationName(base, highestGeneration(base, await directory.list())) }
}

/** Undefined: the directory has changed meanwhile. */
const tryOnce = async (directory: LockDirectory, base: string): Promise<Ownership | undefined> => {
  const highest = highestGeneration(base, await directory.list())
  if (highest > 0) {
    const name = generationName(base, highest)
    const presence = await directory.probe(name)
    if (presence === 'live') return { kind: 'Held', name }
    if (presence === 'absent') return undefined
  }
  const announced = await directory.announce()
  const generation = highest + 1
  const linked = await directory.link(announced, generationName(base, generation))
  if (linked !== 'linked') {
    await directory.withdraw()
    await directory.remove(announced)
    return undefined
  }
  await directory.remove(announced)
  const names = await directory.list()
  const later = highestGeneration(base, names)
  if (later !== generation) {
    // The listing above was out of date. Ours is not the highest: the owner of a higher one removes it.
    await directory.withdraw()
    return { kind: 'Held', name: generationName(base, later) }
  }
  await removeOld(directory, base, generation, names)
  return { kind: 'Owner', generation }
}

/**
 * The clean end of an owner. Its name stays, dead, as a regular file: whatever copies the directory need not know sockets.
 */
export const giveUp = async (directory: LockDirectory, base: string, generation: number): Promise<void> => {
  await directory.leave(generationName(base, generation))
  await directory.withdraw()
}

/** What earlier owners and contenders have left. Only an owner does this. */
const removeOld = async (
  directory: LockDirectory,
  base: string,
  generation: number,
  names: readonly string[],
): Promise<void> => {
  for (const old of generationsOf(base, names)) {
    if (old < generation) await directory.remove(generationName(base, old))
  }
  for (const name of names.filter((each) => each.startsWith(announcedPrefix(base)))) {
    // Taken from a contender that does not listen yet, it costs that one another attempt.
    if ((await directory.probe(name)) === 'dead') await directory.remove(name)
  }
}
