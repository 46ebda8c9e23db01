/**
 * A directory of locks in memory, and every way in which contenders can be interleaved over it, deaths included. States
 * that were met before are not gone on from, so the number of states is what bounds the search.
 */
import type { LockDirectory } from '../../../../src/shell/storage/lock-generations.js'

/** What a contender is after: resolves to whether it got the directory; false, too, when it has given it back. */
export type Contend = (directory: LockDirectory, owns: (isOwner: boolean) => void) => Promise<boolean>

interface Contender {
  /**
   * The answers to its steps since it last began anew, which is when it lists the directory and listens nowhere: they,
   * and the code, determine where it is.
   */
  answers: string[]
  pending:
    | { readonly step: string; readonly run: () => unknown; readonly resolve: (value: unknown) => void }
    | undefined
  outcome: 'running' | 'owner' | 'refused' | 'dead'
  /** It believes so while it runs on. */
  owns: boolean
}

/** Names and the contender (or −1, long dead) whose socket each is. */
type Files = Map<string, number>

const LONG_DEAD = -1

class World {
  readonly files: Files
  readonly contenders: readonly Contender[]

  constructor(initial: readonly string[], contend: readonly Contend[]) {
    this.files = new Map(initial.map((name) => [name, LONG_DEAD]))
    this.contenders = contend.map(() => ({ answers: [], pending: undefined, outcome: 'running', owns: false }))
    contend.forEach((one, index) => {
      const contender = this.contender(index)
      void one(this.directoryOf(index), (isOwner) => void (contender.owns = isOwner)).then((isOwner) => {
        if (contender.outcome === 'running') contender.outcome = isOwner ? 'owner' : 'refused'
      })
    })
  }

  contender(index: number): Contender {
    const found = this.contenders[index]
    if (found === undefined) throw new Error(`no contender ${index}`)
    return found
  }

  /** Every operation waits until the schedule comes to it. */
  private directoryOf(index: number): LockDirectory {
    const contender = this.contender(index)
    const { files } = this
    let isListening = false
    const step = <A>(name: string, run: () => A): Promise<A> =>
      new Promise((resolve) => {
        // The step's own answer is what its own promise is given.
        contender.pending = { step: name, run, resolve: (value) => resolve(value as A) }
      })
    const isLive = (owner: number | undefined): boolean =>
      owner !== undefined && owner !== LONG_DEAD && !['dead', 'refused'].includes(this.contender(owner).outcome)
    return {
      list: () => {
        if (!isListening) contender.answers = []
        return step('list', () => [...files.keys()].sort())
      },
      probe: (name) =>
        step(`probe ${name}`, () => (files.has(name) ? (isLive(files.get(name)) ? 'live' : 'dead') : 'absent')),
      announce: () =>
        step('announce', () => {
          isListening = true
          files.set(`lock-${index}`, index)
          return `lock-${index}`
        }),
      link: (from, to) =>
        step(`link ${to}`, () => {
          if (files.has(to)) return 'taken'
          if (!files.has(from)) return 'gone'
          files.set(to, index)
          return 'linked'
        }),
      remove: (name) => step(`remove ${name}`, () => void files.delete(name)),
      leave: (name) => step(`leave ${name}`, () => void files.set(name, LONG_DEAD)),
      withdraw: () =>
        step('withdraw', () => {
          isListening = false
          for (const [name, owner] of files) if (owner === index) files.set(name, LONG_DEAD)
        }),
    }
  }

  key(): string {
    const contenders = this.contenders.map(({ answers, outcome, owns, pending }) =>
      outcome === 'running' ? [answers, pending?.step, owns] : outcome,
    )
    return JSON.stringify([[...this.files].sort(), contenders])
  }
}

/** Runs what a resolved promise set going, up to the next operation of each contender. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One move of a schedule: the next step of a contender, or its death instead of it. */
interface Move {
  readonly contender: number
  readonly dies: boolean
}

export const showMove = ({ contender, dies }: Move): string => `${contender}${dies ? ' dies' : ''}`

const move = async (world: World, { contender: index, dies }: Move): Promise<void> => {
  const contender = world.contender(index)
  const { pending } = contender
  if (dies) {
    contender.outcome = 'dead'
    contender.pending = undefined
    return
  }
  if (pending === undefined) return
  contender.pending = undefined
  const answer = pending.run()
  contender.answers.push(JSON.stringify(answer) ?? '')
  pending.resolve(answer)
  await settle()
}

const movesOf = (world: World, mayDie: boolean): readonly Move[] =>
  world.contenders.flatMap(({ outcome, pending }, contender) => {
    if (outcome !== 'running' && outcome !== 'owner') return []
    const dying = mayDie ? [{ contender, dies: true }] : []
    return outcome === 'running' && pending !== undefined ? [{ contender, dies: false }, ...dying] : dying
  })

export interface Explored {
  readonly states: number
  /** The schedule after which two contenders live that both got the directory. */
  readonly twoOwners: readonly Move[] | undefined
  /** A schedule at whose end somebody lives and nobody has the directory. */
  readonly nobody: readonly Move[] | undefined
}

/** @param deaths at most so many contenders die, anywhere, owners too */
export const explore = async (
  initial: readonly string[],
  contend: readonly Contend[],
  deaths: number,
  limit: number,
): Promise<Explored> => {
  const seen = new Set<string>()
  const stack: (readonly Move[])[] = [[]]
  let nobody: readonly Move[] | undefined
  while (stack.length > 0) {
    const schedule = stack.pop() ?? []
    const world = new World(initial, contend)
    await settle()
    for (const each of schedule) await move(world, each)
    const key = world.key()
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > limit) throw new Error(`more than ${limit} states`)
    const owners = world.contenders.filter(
      ({ outcome, owns }) => outcome === 'owner' || (outcome === 'running' && owns),
    )
    if (owners.length > 1) return { states: seen.size, twoOwners: schedule, nobody }
    const moves = movesOf(world, schedule.filter(({ dies }) => dies).length < deaths)
    const isOver = world.contenders.every(({ outcome }) => outcome !== 'running')
    const died = world.contenders.some(({ outcome }) => outcome === 'dead')
    if (isOver && !died && owners.length === 0) nobody ??= schedule
    for (const each of moves) stack.push([...schedule, each])
  }
  return { states: seen.size, twoOwners: undefined, nobody }
}
