/** `zab four-letter <word> [host:port]`: what `echo srvr | nc` does, with nothing but Node. */
import { InvalidArgumentError } from 'commander'
import type { Address } from '../../shell/configuration/server-configuration.js'
import { parseHostAndPort, parsePort, showAddress } from '../../service/configuration/host.js'
import type { AddCommand } from '../command.js'
import { withExample } from '../command.js'
import { EXIT } from '../exit-code.js'
import { fourLetter } from '../four-letter.js'

const TIMEOUT_MS = 5000

export const addFourLetter: AddCommand = (program, finish) => {
  const command = program
    .command('four-letter')
    .description('ask a server a four-letter word: srvr, mntr, stat, ruok, conf, …')
    .argument('<word>', 'four letters', readWord)
    .argument('[host:port]', 'client address of the server', readAddress, { host: '127.0.0.1', port: 2181 })
    .action(async (word: string, address: Address) => finish(await ask(word, address)))
  withExample(command, 'zab four-letter srvr 127.0.0.1:2181')
}

const ask = async (word: string, address: Address): Promise<number> => {
  const answer = await fourLetter(address, word, TIMEOUT_MS)
  if (answer._tag === 'Left') {
    process.stderr.write(`error: ${showAddress(address)}: ${answer.left}; is a server running there?\n`)
    return EXIT.unknown
  }
  process.stdout.write(answer.right.endsWith('\n') ? answer.right : `${answer.right}\n`)
  return EXIT.held
}

const readWord = (text: string): string => {
  if (/^[a-z]{4}$/.test(text)) return text
  throw new InvalidArgumentError('It must be four small letters, such as srvr.')
}

const readAddress = (text: string): Address => {
  const port = parsePort(text)
  const address = port === undefined ? parseHostAndPort(text) : { host: '127.0.0.1', port }
  if (address === undefined) throw new InvalidArgumentError('It must be host:port, such as 127.0.0.1:2181.')
  return address
}
