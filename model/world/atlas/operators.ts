/** What operators do. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Reconfiguration } from '../command.js'
import type { Random } from '../random.js'
import { pick } from '../random.js'
import type { FaultContext, Faults } from './fault.js'
import { serverOf, twoOf } from './fault.js'

type Wish = Pick<Reconfiguration, 'voters' | 'observers' | 'leaving'>
type Draw = (context: FaultContext) => Wish

const joins: Draw = (context) => ({ voters: [serverOf(context)], observers: [], leaving: [] })

const leaves: Draw = (context) => ({ voters: [], observers: [], leaving: [serverOf(context)] })

const observes: Draw = (context) => ({ voters: [], observers: [serverOf(context)], leaving: [] })

const changesPlaces: Draw = (context) => {
  const [first, second] = twoOf(context)
  return context.random.below(2) === 0
    ? { voters: [first], observers: [], leaving: [second] }
    : { voters: [first], observers: [second], leaving: [] }
}

/** Each server votes, observes or is out. */
const isAnotherEnsemble: Draw = ({ random, servers }) => {
  const places = servers.map((server) => ({ server, place: pick(random, ['votes', 'votes', 'observes', 'out']) }))
  const at = (wanted: string): readonly ServerId[] =>
    places.filter(({ place }) => place === wanted).map(({ server }) => server)
  const wish = { voters: at('votes'), observers: at('observes') }
  return random.below(2) === 0 ? wish : { ...wish, leaving: at('out') }
}

const WISHES: readonly [Draw, ...Draw[]] = [
  joins,
  joins,
  joins,
  leaves,
  leaves,
  observes,
  changesPlaces,
  isAnotherEnsemble,
  isAnotherEnsemble,
]

const VERSIONS = [undefined, undefined, undefined, undefined, undefined, 'last', 'last', 'unknown'] as const

const versionOf = (random: Random): Pick<Reconfiguration, 'version'> => {
  const version = pick(random, VERSIONS)
  return version === undefined ? {} : { version }
}

export const operators = {
  reconfigure: {
    group: 'operators',
    does: 'an operator adds servers, removes them (the leader too), or changes who votes, several at once; or asks for nonsense',
    promise:
      'safe whatever is asked for, and when (RECFG-1…10); a write commits again when quorums of the last committed and of ' +
      'the last seen configuration run, without those that the committed one makes observers',
    bound:
      'where there are reconfigurations no disk is damaged, and nobody who has had a vote in any proposed configuration loses ' +
      'more of its disk than it has told anybody of (ballots.ts); settling lets all servers run, those that have left too',
    draw: (context) => ({
      kind: 'reconfigure',
      client: context.random.below(context.clients),
      ...pick(context.random, WISHES)(context),
      ...versionOf(context.random),
    }),
  },
} as const satisfies Faults
