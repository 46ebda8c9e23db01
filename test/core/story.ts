/**
 * Stories: text files of commands to a small ensemble, each followed by what it brought about.
 *
 *     # Comments tell the story.
 *     submit 3 a
 *     ----
 *     3 → 1: PROPOSAL 1:1
 *
 * A command ends with `----`, its outcome with an empty line. `quietly` before a command leaves its outcome out.
 */
import type { Durable, Effect } from '../../src/core/effect.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { TimerName } from '../../src/core/timer.js'
import * as Z from '../../src/core/zxid.js'
import { ensembleOf, Network } from './network.js'
import { showMessage } from './server.js'

type Command = (story: Story, words: readonly string[]) => void

const TIMERS: readonly TimerName[] = [
  'election.resend',
  'election.finalize',
  'phase.limit',
  'leader.ping',
  'liveness',
  'learner.reconnect',
]

class Story {
  network = new Network(ensembleOf([1, 2, 3]))
  lines: string[] = []

  constructor() {
    this.use(this.network)
  }

  use(network: Network): void {
    this.network = network
    network.observe = (id, _node, effect) => {
      const line = shown(id, effect)
      // One notification to every voter is one line.
      if (line !== undefined && !(effect.kind === 'Notify' && this.lines.at(-1) === line)) this.lines.push(line)
    }
  }

  each(words: readonly string[], act: (id: ServerId) => void): void {
    for (const word of words) act(Number(word))
  }
}

const commands: Readonly<Record<string, Command>> = {
  /** ensemble 1 2 3 [observers 4] [window n]: a new one; nothing is started. */
  ensemble: (story, words) => {
    const after = (word: string): readonly string[] => {
      const start = words.indexOf(word)
      const end = words.findIndex((other, index) => index > start && !/^\d+$/.test(other))
      return start < 0 ? [] : words.slice(start + 1, end < 0 ? undefined : end)
    }
    const first = words.findIndex((word) => !/^\d+$/.test(word))
    const voters = words.slice(0, first < 0 ? undefined : first).map(Number)
    const window = after('window').map(Number)[0]
    story.use(
      new Network(
        ensembleOf(voters, after('observers').map(Number)),
        window === undefined ? {} : { committedWindow: window },
      ),
    )
  },
  /** Disks answer only when told: `disks slow`, `disks fast`. */
  disks: ({ network }, [speed]) => {
    network.autoSync = speed !== 'slow'
  },
  start: (story, words) => {
    story.each(words, (id) => story.network.start(id))
  },
  crash: (story, words) => {
    story.each(words, (id) => story.network.crash(id))
  },
  isolate: (story, words) => {
    story.each(words, (id) => story.network.isolate(id))
  },
  heal: ({ network }) => {
    network.heal()
  },
  submit: ({ network }, [id, ...transactions]) => {
    for (const transaction of transactions) network.submit(Number(id), transaction)
  },
  /** sync 2 [n]: all that server 2 has written, or its n oldest records, become durable. */
  sync: ({ network }, [id, count]) => {
    network.sync(Number(id), count === undefined ? undefined : Number(count))
  },
  /** Deliver what is on its way, and what it brings about, until nothing moves. */
  deliver: ({ network }) => {
    network.settle()
  },
  fire: ({ network }, [id, name]) => {
    const timer = TIMERS.find((known) => known === name)
    if (timer === undefined) throw new Error(`no timer ${name}`)
    network.fire(Number(id), timer)
  },
  /** Deliver, and let the timers of elections fire, until everyone who is up serves. */
  elect: ({ network }) => {
    network.elect()
  },
  /** What is on the disks. */
  log: ({ network, lines }) => {
    for (const [id, { disk }] of network.nodes) {
      const image = Z.equals(disk.base, Z.ZERO) ? '' : ` image up to ${Z.show(disk.base)},`
      lines.push(
        `${id}:${image} ${network.logOf(id).join(' ') || 'no log'}; accepted ${disk.acceptedEpoch}, current ${disk.currentEpoch}`,
      )
    }
  },
  /** What the servers are, and what they have delivered. */
  state: ({ network, lines }) => {
    for (const [id, { peer, isUp }] of network.nodes) {
      const phase = 'phase' in peer.role ? `, ${peer.role.phase.kind}` : ''
      lines.push(
        isUp
          ? `${id}: ${peer.role.kind}${phase}; delivered ${network.deliveredBy(id).join(' ') || 'nothing'}`
          : `${id}: down`,
      )
    }
  },
}

const shown = (id: ServerId, effect: Effect<string>): string | undefined => {
  switch (effect.kind) {
    case 'Notify': {
      const { state, vote, round } = effect.notification
      return `${id}: ${state}, round ${round}: leader ${vote.leader}, epoch ${vote.peerEpoch}, last ${Z.show(vote.zxid)}`
    }
    case 'Send':
      return `${id} → ${effect.to}: ${showMessage(effect.message)}`
    case 'Persist':
      return `${id}: writes ${showDurable(effect.durable)}`
    case 'Deliver':
      return `${id}: delivers ${Z.show(effect.entry.zxid)}=${effect.entry.transaction}`
    case 'InstallSnapshot':
      return `${id}: installs the image up to ${Z.show(effect.zxid)}`
    case 'ServiceChanged':
      return `${id}: ${effect.service.kind}${'epoch' in effect.service ? ` in epoch ${effect.service.epoch}` : ''}`
    case 'Refused':
      return `${id}: refuses ${effect.transaction}`
    case 'Doubted':
      return `${id}: ${effect.reason}`
    case 'Fatal':
      return `${id}: stops: ${effect.reason}`
    case 'Connect':
    case 'Disconnect':
    case 'SetTimer':
    case 'CancelTimer':
    case 'Proposed':
      return undefined
  }
}

const showDurable = (durable: Durable<string>): string => {
  switch (durable.kind) {
    case 'AcceptedEpoch':
    case 'CurrentEpoch':
      return `${durable.kind} ${durable.epoch}`
    case 'Append':
      return `log ${durable.entries.map(({ zxid }) => Z.show(zxid)).join(' ')}`
    case 'Truncate':
      return `the cut after ${Z.show(durable.zxid)}`
    case 'Snapshot':
      return `the image up to ${[durable.zxid, ...durable.entries.map(({ zxid }) => zxid)].map(Z.show).join(', then ')}`
    case 'Configuration':
      return `the configuration ${Z.show(durable.configuration.version)}`
  }
}

/** The text of a story with the outcomes that its commands have now. */
export const tell = (text: string): string => {
  const story = new Story()
  const told = commandsOf(text).flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [line]
    const words = line.split(/\s+/)
    const isQuiet = words[0] === 'quietly'
    const [name = '', ...rest] = isQuiet ? words.slice(1) : words
    const command = commands[name]
    if (command === undefined) throw new Error(`no command ${name}`)
    story.lines = []
    command(story, rest)
    return isQuiet || story.lines.length === 0 ? [line] : [line, '----', ...story.lines]
  })
  return `${told.join('\n')}\n`
}

/** Without the outcomes. */
const commandsOf = (text: string): readonly string[] => {
  const kept: string[] = []
  let isOutcome = false
  for (const line of text.trimEnd().split('\n')) {
    isOutcome = line === '----' || (isOutcome && line !== '')
    if (!isOutcome) kept.push(line)
  }
  return kept
}
