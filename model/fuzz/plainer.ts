/** Commands that say less than others: without an adverb, with a smaller number; and two waits as one. */
import type { ClientAction, Command, Reconfiguration } from '../world/command.js'
import type { Trial } from './trial.js'

/** One command of each is plainer. Words and numbers only get fewer and smaller, so that it ends. */
export const plainerCommands = ({ options, commands }: Trial): readonly Trial[] =>
  commands.flatMap((command, index) => {
    const next = commands[index + 1]
    const together =
      command.kind === 'advance' && next?.kind === 'advance'
        ? [commands.toSpliced(index, 2, { kind: 'advance', ms: command.ms + next.ms })]
        : []
    return [...together, ...plainerThan(command).map((plainer) => commands.with(index, plainer))].map((changed) => ({
      options,
      commands: changed,
    }))
  })

/** The plainest first. */
const plainerThan = (command: Command): readonly Command[] => {
  switch (command.kind) {
    case 'crash':
      return plainerCrashes(command)
    case 'cut':
      return command.port === undefined ? [] : [{ kind: 'cut', from: command.from, to: command.to }]
    case 'isolate':
      return command.direction === undefined ? [] : [{ kind: 'isolate', server: command.server }]
    case 'partition': {
      const [only, ...others] = command.group
      return only === undefined || others.length > 0 ? [] : [{ kind: 'isolate', server: only }]
    }
    case 'reset':
      return command.partial === undefined ? [] : [{ kind: 'reset', first: command.first, second: command.second }]
    case 'move':
      return command.abrupt === undefined ? [] : [{ kind: 'move', client: command.client, server: command.server }]
    case 'request':
      return plainerActions(command.action).map((action) => ({ ...command, action }))
    case 'storm':
      return command.count === 1 ? [] : [{ ...command, count: 1 }]
    case 'pause':
    case 'stallTimers':
    case 'stranger':
      return [10, 100, 1000].filter((ms) => ms < command.ms).map((ms) => ({ ...command, ms }))
    case 'slowDisk':
    case 'slowLink':
      return [10, 100].filter((factor) => factor < command.factor).map((factor) => ({ ...command, factor }))
    case 'advance': {
      // Leading digits count: 3,000 is plainer than 3,217.
      const ms = roundDown(command.ms)
      return ms === command.ms ? [] : [{ kind: 'advance', ms }]
    }
    case 'reconfigure':
      return plainerReconfigurations(command)
    case 'restart':
    case 'replaceDisk':
    case 'heal':
    case 'halfOpen':
    case 'failDisk':
    case 'flip':
    case 'drift':
    case 'jump':
    case 'drop':
    case 'mend':
      return []
  }
}

const roundDown = (ms: number): number => {
  const unit = 10 ** Math.max(0, String(ms).length - 1)
  return Math.floor(ms / unit) * unit
}

const plainerCrashes = (command: Extract<Command, { readonly kind: 'crash' }>): readonly Command[] => {
  const { server, effect, at, loss } = command
  const plain: Command = { kind: 'crash', server }
  if (effect === undefined && at === undefined) return loss === undefined ? [] : [plain]
  const sudden: readonly Command[] = loss === undefined ? [plain] : [plain, { kind: 'crash', server, loss }]
  if (loss === undefined) return sudden
  return [...sudden, at === undefined ? { kind: 'crash', server, effect: effect ?? 0 } : { kind: 'crash', server, at }]
}

/** From any version; with one server fewer. */
const plainerReconfigurations = (command: Reconfiguration): readonly Command[] => {
  const { version, ...fromAny } = command
  const fewer = (['leaving', 'observers', 'voters'] as const).flatMap((list) =>
    (command[list] ?? []).map((server) => ({ ...command, [list]: command[list]?.filter((other) => other !== server) })),
  )
  return version === undefined ? fewer : [fromAny, ...fewer]
}

const plainerActions = (action: ClientAction): readonly ClientAction[] => {
  if (!('path' in action)) return []
  const plainPath = action.path === '/a' ? [] : [{ ...action, path: '/a' }]
  if (!('watch' in action) || action.watch === undefined) return plainPath
  const { watch: _watch, ...unwatched } = action
  return [unwatched, ...plainPath]
}
