/**
 * Four-letter words: the commands that an administrator types at the client port.
 *
 * They are the first four bytes of a connection; the answer is text, and the connection is closed after it.
 */
import { toHex } from '../../core/zxid.js'
import { plainLines } from '../server/plain-text.js'
import { modeOf, monitorText, showDecimal } from './monitor.js'
import type { AdminView, ConnectionView } from './view.js'
import { version } from './version.js'

/** The words that ZooKeeper knows; those that we do not answer are known, so that they are not taken for a length. */
const WORDS = [
  ...['ruok', 'srvr', 'stat', 'mntr', 'isro', 'conf', 'cons', 'wchs'],
  ...['dump', 'envi', 'reqs', 'crst', 'srst', 'wchc', 'wchp', 'dirs', 'gtmk', 'stmk', 'hash', 'lsnp', 'icfg', 'orst'],
] as const

export type Word = (typeof WORDS)[number]

const codeOf = (word: string): number => [...word].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0)

const words: ReadonlyMap<number, Word> = new Map(WORDS.map((word) => [codeOf(word), word]))

/** What telnet sends when its user interrupts it: closed without a word. */
export const TELNET_CLOSE = 0xfff4fffd

/** The word whose four ASCII bytes are this unsigned big-endian integer. */
export const wordOf = (code: number): Word | undefined => words.get(code)

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'

/** The answer to a word. `view` is called only when the word is allowed and needs it. */
export const answer = (word: Word, whitelist: 'all' | readonly string[], view: () => AdminView): string => {
  if (whitelist !== 'all' && !whitelist.includes(word)) {
    return `${word} is not executed because it is not in the whitelist.\n`
  }
  if (word === 'ruok') return 'imok'
  const seen = view()
  const serves = seen.metrics.mode !== 'not serving'
  if (word === 'isro') return serves ? 'rw' : 'null'
  // Hosts of a configuration, for one, are words of others.
  return serves ? plainLines(answerServing(word, seen)) : NOT_SERVING
}

const answerServing = (word: Word, view: AdminView): string => {
  switch (word) {
    case 'srvr':
      return `${versionLine}${summary(view)}`
    case 'stat':
      return `${versionLine}Clients:\n${view.connections.map(showConnection).join('')}\n${summary(view)}`
    case 'mntr':
      return monitorText(view)
    case 'conf':
      return showConfiguration(view)
    case 'cons':
      return `${view.connections.map(showConnection).join('')}\n`
    case 'wchs':
      return `Total watches:${view.metrics.watchCount}\n`
    default:
      return `${word} is not supported by this server.\n`
  }
}

const versionLine = `Zookeeper version: ${version}\n`

const summary = (view: AdminView): string => {
  const { statistics, metrics } = view
  const { minMs, averageMs, maxMs } = statistics.latency
  return [
    `Latency min/avg/max: ${Math.round(minMs)}/${showDecimal(averageMs)}/${Math.round(maxMs)}`,
    `Received: ${statistics.packetsReceived}`,
    `Sent: ${statistics.packetsSent}`,
    `Connections: ${view.connections.length}`,
    `Outstanding: ${metrics.outstandingRequests}`,
    `Zxid: ${toHex(metrics.lastZxid)}`,
    `Mode: ${modeOf(view)}`,
    `Node count: ${metrics.nodeCount}`,
    '',
  ].join('\n')
}

/** The bracket holds the interest in the socket, in hexadecimal: 1 reads, 0 does not. */
const showConnection = (connection: ConnectionView): string =>
  ` /${connection.remote}[${connection.paused ? 0 : 1}]` +
  `(queued=${connection.outstanding},recved=${connection.received},sent=${connection.sent})\n`

const showConfiguration = (view: AdminView): string =>
  view.configuration.map(([key, value]) => `${key}=${value}\n`).join('') +
  (view.membership === '' ? '' : `membership: \n${view.membership}`)
