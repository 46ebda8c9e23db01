/**
 * One running server: disk, ports and timers around the pure server function. Each kind of effect has its one place
 * here; each kind of event is raised by one of the parts that this file puts together.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Service } from '../../core/effect.js'
import { isQuorum } from '../../core/quorum.js'
import type { ServerEffect } from '../../server/effect.js'
import type { ServerTimer } from '../../server/event.js'
import { decodeNotification, encodeNotification } from '../../wire/election.js'
import { showWireError } from '../../wire/error.js'
import { answer } from '../admin/four-letter-words.js'
import { maxFileDescriptors } from '../admin/descriptors.js'
import type { AdminView } from '../admin/view.js'
import { makeDynamicFileWriter } from '../configuration/dynamic-file-writer.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import { makeDoorkeeper } from '../network/admission.js'
import { makeClientPort } from '../network/client-port.js'
import { makeElectionLinks } from '../network/election-links.js'
import type { Listener, ListenProblem } from '../network/listener.js'
import { inTurn, memberAddresses } from '../network/member-addresses.js'
import { listenPatiently } from '../network/patience.js'
import { makeQuorumPort } from '../network/quorum-port.js'
import { showStorageError } from '../storage/error.js'
import { nodeFileSystem } from '../storage/file-system.js'
import { openStorage, type StorageOptions } from '../storage/storage.js'
import { adminViewOf } from './admin-view.js'
import { descriptorShares } from './descriptors.js'
import { noteRegularly } from './committed-note.js'
import { makeEngine } from './engine.js'
import { exitCode, LARGEST_MAX_BUFFER_BYTES, limits } from './limits.js'
import type { Log } from './log.js'
import { makeLostDiskAlarm } from './lost-disk.js'
import { judgeMembership } from './membership.js'
import { serverConfigOf, textOf } from './server-config.js'
import { makeStatistics } from './statistics.js'
import { overruled, showConfiguration } from './stored-configuration.js'
import { makeTimers } from './timers.js'
import { makeTurn } from './turn.js'
import { makeWaitingLines } from './waiting.js'

export interface RunningServer {
  /** The exit code, once the server has ended: it was stopped, or it could not go on. */
  readonly ended: Promise<number>
  /** Closes ports, makes what was asked of the disk durable, and ends with `exitCode.stopped`. */
  readonly stop: () => Promise<number>
  readonly view: () => AdminView
  /** The ports that are open; other than configured where 0 was. */
  readonly ports: { readonly [port in PortName]?: number }
}

type PortName = 'quorum' | 'election' | 'client'

/**
 * Starts a server. Left: the exit code; what was wrong is in the log.
 *
 * @param stopping ends the waiting for an address that is not there yet, with `exitCode.stopped`
 */
export const startServer = async (
  configuration: ServerConfiguration,
  log: Log,
  stopping: AbortSignal = new AbortController().signal,
): Promise<E.Either<number, RunningServer>> => {
  const config = serverConfigOf(configuration, Date.now())
  const text = textOf(configuration)
  const { self, tickTimeMs } = configuration
  const turn = makeTurn()
  const statistics = makeStatistics(performance.now())

  let end: (code: number) => void = () => undefined
  const ended = new Promise<number>((resolve) => (end = resolve))

  // --- the disk

  const storage = await openStorage(storageOptionsOf(configuration, log), {
    persisted: (token) => engine.dispatch({ kind: 'Persisted', token }),
    failed: (error) => {
      log.error(`storage failed: ${showStorageError(error)}`)
      void shutDown(exitCode.storage)
    },
  })
  if (E.isLeft(storage)) {
    log.error(`storage cannot be opened: ${showStorageError(storage.left)}`)
    return E.left(exitCode.storage)
  }
  const disk = storage.right
  const warning = overruled(configuration, disk.recovered.durable.configuration)
  if (warning !== undefined) log.warn(warning)
  const membership = judgeMembership(configuration, disk.recovered)
  if (E.isLeft(membership)) {
    log.error(`this server does not start: ${membership.left}`)
    await disk.close()
    return E.left(exitCode.fatal)
  }
  for (const text of membership.right.warnings) log.warn(text)
  const { mark, isMarkedLater } = membership.right
  const marked = isMarkedLater ? E.right(undefined) : await disk.markEnsemble(mark)
  if (E.isLeft(marked)) {
    log.error(`storage failed: ${showStorageError(marked.left)}`)
    await disk.close()
    return E.left(exitCode.storage)
  }
  const lostDisk = makeLostDiskAlarm(configuration, mark, disk.recovered, log)

  const { zooCfgToRewrite } = configuration
  const dynamicFile =
    zooCfgToRewrite === undefined ? undefined : makeDynamicFileWriter(zooCfgToRewrite, self, nodeFileSystem, log)

  // --- effects

  const perform = (effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'ClientSend':
        return clients.send(effect.connection, effect.message)
      case 'Send':
        return quorum.send(effect.to, effect.side, effect.packet)
      case 'Persist':
        if (effect.durable.kind === 'Configuration') {
          log.info(`configuration ${showConfiguration(effect.durable.configuration)}`)
          dynamicFile?.committed(effect.durable.configuration)
        }
        lostDisk.persists(effect.durable)
        return disk.persist(effect.token, effect.durable, effect.image)
      case 'SetTimer':
        return timers.set(effect.timer, effect.afterMs)
      case 'CancelTimer':
        return timers.cancel(effect.timer)
      case 'Notify':
        return election.send(effect.to, encodeNotification(effect.notification, text))
      case 'Connect':
        return quorum.connect(effect.to)
      case 'Disconnect':
        return quorum.disconnect(effect.from, effect.side)
      case 'SaveSnapshot':
        return disk.saveSnapshot(effect.zxid, effect.database)
      case 'ClientContinue':
        return clients.continue(effect.connection)
      case 'Continue':
        return turn.add({ flush: () => engine.dispatch({ kind: 'Continued' }) })
      case 'ClientClose':
        return clients.close(effect.connection)
      case 'ClientPause':
        return clients.pause(effect.connection)
      case 'ClientResume':
        return clients.resume(effect.connection)
      case 'ServiceChanged':
        waiting.changed(effect.service)
        if (isMarkedLater && effect.service.kind !== 'NotServing') void disk.markEnsemble(mark)
        return log.info(showService(effect.service))
      case 'Log':
        return log[effect.level](effect.text)
      case 'Fatal':
        log.error(`this server must stop: ${effect.reason}`)
        void shutDown(exitCode.fatal)
    }
  }

  // --- the parts

  const engine = makeEngine(config, turn.now, perform)
  const endNotes = noteRegularly(engine.server, disk.noteCommitted)
  const timers = makeTimers<ServerTimer>((timer) => engine.dispatch({ kind: 'TimerFired', timer }))
  const waiting = makeWaitingLines(() => engine.server().peer, log)
  const shared = { self, dispatch: engine.dispatch, turn, log, statistics }

  const member = configuration.ensemble.members.find(({ id }) => id === self)
  // Where this server itself listens is said by zoo.cfg, and stays so until it is started again.
  // Several addresses of one server have one port here: on all of them is on every address of the machine.
  const isEverywhere = configuration.quorumListenOnAllIPs || member?.otherAddresses !== undefined
  const ownHost = isEverywhere ? '0.0.0.0' : (member?.host ?? '127.0.0.1')
  // Whom zoo.cfg lists and the ensemble does not: it has left, or we have not joined yet and ask them all.
  const addresses = memberAddresses(() => {
    const { committed, lastSeen } = engine.server().peer.configuration
    return [committed, lastSeen, configuration.ensemble]
  })

  const doorkeeper = makeDoorkeeper({
    addressesOf: addresses('quorumPort'),
    strangers: config.core.reconfiguration === 'Enabled',
    fromAnywhere: configuration.membersFromAnywhere,
    log,
    nowMs: () => performance.now(),
  })
  doorkeeper.expect(configuration.ensemble.members.map(({ id }) => id))
  const firstPacketTimeoutMs = limits.firstPacketTicks * tickTimeMs

  const quorum = makeQuorumPort({
    ...shared,
    doorkeeper,
    address: { host: ownHost, port: member?.quorumPort ?? 0 },
    addressOf: inTurn(addresses('quorumPort')),
    firstPacketTimeoutMs,
    aliveMs: tickTimeMs,
    configurationText: text,
  })
  const election = makeElectionLinks({
    ...shared,
    doorkeeper,
    address: { host: member?.host ?? ownHost, port: member?.electionPort ?? 0 },
    listenHost: ownHost,
    addressOf: inTurn(addresses('electionPort')),
    toldAddresses: config.core.reconfiguration === 'Enabled' ? limits.toldAddresses : 0,
    handshakeTimeoutMs: firstPacketTimeoutMs,
    received: (from, payload) => {
      const notification = decodeNotification(payload)
      if (E.isRight(notification)) {
        lostDisk.hears(from, notification.right)
        engine.dispatch({ kind: 'Notified', from, notification: notification.right })
      } else log.warn(`notification of server ${from} ignored: ${showWireError(notification.left)}`)
    },
  })
  const clients = makeClientPort({
    ...shared,
    address: configuration.clientAddress ?? { host: ownHost, port: 0 },
    maxFrameBytes: Math.min(configuration.maxBufferBytes, LARGEST_MAX_BUFFER_BYTES),
    maxConnectionsPerHost: configuration.maxClientCnxns,
    maxConnections: descriptorShares(maxFileDescriptors(), configuration.maxCnxns).clients,
    answerWord: (word) => answer(word, configuration.fourLetterWords, view),
  })

  const view = (): AdminView =>
    adminViewOf({
      configuration,
      server: engine.server(),
      statistics: statistics.current(),
      storage: disk.statistics(),
      connections: clients.connections(),
      learners: quorum.learners(),
    })

  // --- the end

  let ending: Promise<number> | undefined
  const shutDown = (code: number): Promise<number> => {
    ending ??= (async () => {
      engine.stop()
      endNotes()
      timers.cancelAll()
      waiting.stop()
      clients.stop()
      quorum.stop()
      election.close()
      await Promise.race([Promise.all([disk.close(), dynamicFile?.settled()]), delay(limits.stopTimeoutMs)])
      end(code)
      return code
    })()
    return ending
  }

  // --- the start

  const wanted: readonly (readonly [PortName, () => Promise<E.Either<ListenProblem, Listener>>])[] = [
    ...(configuration.standalone ? [] : [['quorum', quorum.listen] as const, ['election', election.listen] as const]),
    ...(configuration.clientAddress === undefined ? [] : [['client', clients.listen] as const]),
  ]
  const ports: { [port in PortName]?: number } = {}
  for (const [name, open] of wanted) {
    const opened = await listenPatiently(open, stopping, log)
    if (E.isLeft(opened)) {
      if (opened.left.kind === 'Stopped') return E.left(await shutDown(exitCode.stopped))
      log.error(opened.left.reason)
      return E.left(await shutDown(exitCode.cannotListen))
    }
    ports[name] = opened.right.port
  }
  const { durable, database, applied } = disk.recovered
  waiting.changed({ kind: 'NotServing' })
  engine.dispatch({ kind: 'Started', durable, database, applied })
  return E.right({ ended, stop: () => shutDown(exitCode.stopped), view, ports })
}

/** Whatever happens, nobody else's word is needed for what is in its log. A changeable ensemble may be growing. */
const decidesAlone = ({ standalone, reconfigEnabled, ensemble, self }: ServerConfiguration): boolean =>
  standalone || (!reconfigEnabled && isQuorum(ensemble.quorums, (id) => id === self))

const storageOptionsOf = (configuration: ServerConfiguration, log: Log): StorageOptions => ({
  dataDir: configuration.dataDir,
  dataLogDir: configuration.dataLogDir,
  preAllocSizeKiB: configuration.preAllocSizeKiB,
  forceSync: configuration.forceSync,
  autocreate: configuration.autocreateDatabase,
  decidesAlone: decidesAlone(configuration),
  ...configuration.autopurge,
  log: (level, text) => log[level](text),
})

const delay = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())

const showService = (service: Service): string => {
  switch (service.kind) {
    case 'NotServing':
      return 'not serving: looking for a leader'
    case 'Leader':
      return `leading, epoch ${service.epoch}`
    case 'Follower':
      return `following server ${service.leader}, epoch ${service.epoch}`
    case 'Observer':
      return `observing server ${service.leader}, epoch ${service.epoch}`
  }
}
