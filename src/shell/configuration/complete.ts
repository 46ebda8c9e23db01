/** Settings and the text of `myid` → the configuration of one server. Pure. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import type { Member, ServerId } from '../../core/configuration.js'
import { decodeMyId } from '../../wire/number-file.js'
import type { ConfigurationError, ConfigurationWarning } from '../../service/configuration/error.js'
import type { ServerConfiguration, Settings } from './server-configuration.js'
import { isSameHost, isWildcardHost, showAddress } from '../../service/configuration/host.js'

/** `path` is where it was, or should have been; `text` is undefined when there is none. */
export interface MyId {
  readonly path: string
  readonly text: string | undefined
}

/** Id of a standalone server that has neither myid nor server line. */
const STANDALONE_ID: ServerId = 1

export const complete = (
  settings: Settings,
  file: string,
  myId: MyId,
): Either<readonly ConfigurationError[], ServerConfiguration> => {
  const self = readSelf(settings, myId)
  if (self._tag === 'Left') return left([self.left])
  const id = self.right
  const ensemble = isAmongServers(settings, id) ? settings.ensemble : ensembleOfOne(settings, id)
  const member = ensemble.members.find((one) => one.id === id)
  if (member === undefined)
    return left([
      {
        kind: 'Conflict',
        file: myId.path,
        line: 1,
        key: 'myid',
        reason: `${file} has no line server.${id}`,
        remedy: `write one of ${ensemble.members.map((one) => one.id).join(', ')} to myid or add the line`,
      },
    ])
  const conflict = clientConflict(settings, member, file)
  if (conflict !== undefined) return left([conflict])
  return right({ ...settings, ensemble, self: id, clientAddress: member.clientAddress ?? settings.clientAddress })
}

/** A standalone server whose number is not that of the only line: ZooKeeper starts it, and passes over the line. */
export const warningsOf = (
  { ensemble: { members }, standalone }: Settings,
  file: string,
  { path }: MyId,
  self: ServerId,
): readonly ConfigurationWarning[] => {
  const [only] = members
  return !standalone || only === undefined || only.id === self
    ? []
    : [{ file, line: 0, key: `server.${only.id}`, reason: `no effect: ${path} says that this is server ${self}` }]
}

/** A server that is alone may have any number. */
const isAmongServers = ({ ensemble: { members }, standalone }: Settings, id: ServerId): boolean =>
  standalone ? members.some((member) => member.id === id) : members.length > 0

const readSelf = (settings: Settings, { path, text }: MyId): Either<ConfigurationError, ServerId> => {
  const only = settings.standalone ? (settings.ensemble.members[0]?.id ?? STANDALONE_ID) : undefined
  const remedy = `write this server's number to it, as in: echo 1 > ${path}`
  if (text === undefined)
    return only === undefined
      ? left({ kind: 'Missing', file: path, line: 0, key: 'myid', reason: 'an ensemble needs it', remedy })
      : right(only)
  const id = decodeMyId(text)
  if (isRight(id)) return id
  const first = (text.split('\n', 1)[0] ?? '').trim().slice(0, LONGEST_QUOTE)
  return left({ kind: 'Invalid', file: path, line: 1, key: 'myid', reason: `"${first}" is no server number`, remedy })
}

/** Characters of a value that a message quotes; the rest is left out. */
const LONGEST_QUOTE = 40

/** Its quorum and election port are never used. */
const ensembleOfOne = (settings: Settings, id: ServerId): Settings['ensemble'] => ({
  version: settings.ensemble.version,
  members: [{ id, role: 'participant', host: '127.0.0.1', quorumPort: 0, electionPort: 0 }],
  quorums: { kind: 'Majority', voters: [id] },
})

/** clientPort may repeat what the server line says, or say it for any address; nothing else. */
const clientConflict = (
  { clientAddress: fixed }: Settings,
  { clientAddress: named, id }: Member,
  file: string,
): ConfigurationError | undefined =>
  fixed === undefined ||
  named === undefined ||
  (fixed.port === named.port && (isSameHost(fixed.host, named.host) || isWildcardHost(fixed.host)))
    ? undefined
    : {
        kind: 'Conflict',
        file,
        line: 0,
        key: 'clientPort',
        reason: `${showAddress(fixed)} here, ${showAddress(named)} in the line server.${id}`,
        remedy: 'remove clientPort, or make the two agree',
      }
