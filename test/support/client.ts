/**
 * The client library that nobody here wrote, node-zookeeper-client, with promises and types: the only file that
 * touches it. It has no `sync`; `settle` does what sync is for.
 */
import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'
import { within } from './wait.js'

/** Zxids and session ids in hexadecimal. */
export interface Stat {
  readonly czxid: string
  readonly mzxid: string
  readonly pzxid: string
  readonly ctime: string
  readonly mtime: string
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: string
  readonly dataLength: number
  readonly numChildren: number
}

export interface Node {
  /** Undefined: no data, which is not the same as empty data. */
  readonly data: Buffer | undefined
  readonly stat: Stat
}

export interface WatchEvent {
  readonly name: string
  readonly path: string
}

// --- what the library gives, as far as it is used here

type Raw = { readonly [Field in keyof Stat]: Buffer | number }
type Watcher = (event: WatchEvent) => void
type Failure = (Error & { readonly name: string }) | null | undefined

interface LibraryClient {
  readonly connectionManager: { readonly socket: { readonly destroy: () => void } | undefined }
  connect(): void
  close(): void
  once(event: 'connected' | 'disconnected' | 'expired', listener: () => void): void
  getSessionId(): Buffer
  getSessionPassword(): Buffer
  create(path: string, data: Buffer | undefined, mode: number, done: (error: Failure, path: string) => void): void
  setData(path: string, data: Buffer, version: number, done: (error: Failure, stat: Raw) => void): void
  remove(path: string, version: number, done: (error: Failure) => void): void
  getData(path: string, watcher: Watcher | undefined, done: (error: Failure, data: Buffer, stat: Raw) => void): void
  exists(path: string, watcher: Watcher | undefined, done: (error: Failure, stat: Raw | undefined) => void): void
  getChildren(path: string, watcher: Watcher | undefined, done: (error: Failure, names: string[]) => void): void
}

interface Library {
  createClient(connectString: string, options: Readonly<Record<string, unknown>>): LibraryClient
  readonly CreateMode: { readonly [name in Mode]: number }
}

type Mode = 'PERSISTENT' | 'PERSISTENT_SEQUENTIAL' | 'EPHEMERAL' | 'EPHEMERAL_SEQUENTIAL'

const library: Library = createRequire(import.meta.url)('node-zookeeper-client')

export interface Session {
  readonly id: Buffer
  readonly password: Buffer
}

export interface ClientOptions {
  readonly sessionTimeoutMs?: number
  readonly session?: Session
}

/** Connects a client to one of the servers; it is cut off when the test is over. */
export const connect = async (connectString: string, options: ClientOptions = {}): Promise<Client> => {
  const client = library.createClient(connectString, {
    sessionTimeout: options.sessionTimeoutMs ?? 10_000,
    spinDelay: 100,
    sessionId: options.session?.id,
    sessionPassword: options.session?.password,
  })
  const result = new Client(client)
  onTestFinished(() => result.cut())
  const connected = new Promise<void>((resolve, reject) => {
    client.once('connected', resolve)
    client.once('expired', () => reject(new Error('SESSION_EXPIRED')))
  })
  client.connect()
  await within(`a session at ${connectString}`, connected)
  return result
}

export class Client {
  constructor(private readonly client: LibraryClient) {}

  create(path: string, data?: string, mode: Mode = 'PERSISTENT'): Promise<string> {
    return promise((done) =>
      this.client.create(path, data === undefined ? undefined : Buffer.from(data), library.CreateMode[mode], done),
    )
  }

  async setData(path: string, data: string, version = -1): Promise<Stat> {
    return statOf(await promise<Raw>((done) => this.client.setData(path, Buffer.from(data), version, done)))
  }

  async remove(path: string, version = -1): Promise<void> {
    await promise<unknown>((done) => this.client.remove(path, version, (error) => done(error, undefined)))
  }

  get(path: string, watcher?: Watcher): Promise<Node> {
    return promise((done) =>
      this.client.getData(path, watcher, (error, data, stat) =>
        // The library gives an undefined buffer for absent data.
        error ? done(error, NOTHING) : done(error, { data, stat: statOf(stat) }),
      ),
    )
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).data?.toString() ?? ''
  }

  async exists(path: string, watcher?: Watcher): Promise<boolean> {
    return (await promise<unknown>((done) => this.client.exists(path, watcher, done))) !== null
  }

  children(path: string, watcher?: Watcher): Promise<readonly string[]> {
    return promise<string[]>((done) => this.client.getChildren(path, watcher, done))
  }

  /** The server that answers has then applied every write that was acknowledged to anybody before. */
  async settle(): Promise<void> {
    // A delete that fails is ordered like any other write, and its answer comes after all that was ordered before it.
    await this.remove('/there-is-no-such-node').catch((error: unknown) => {
      if (nameOf(error) !== 'NO_NODE') throw error
    })
  }

  get session(): Session {
    return { id: this.client.getSessionId(), password: this.client.getSessionPassword() }
  }

  get sessionId(): string {
    return this.client.getSessionId().toString('hex')
  }

  /** Ends the session. */
  close(): Promise<void> {
    const disconnected = new Promise<void>((resolve) => this.client.once('disconnected', resolve))
    this.client.close()
    return within('the end of a session', disconnected)
  }

  /** Ends the connection and leaves the session to its timeout. */
  cut(): void {
    this.client.connectionManager.socket?.destroy()
    // Only so that it does not connect again: what it would send to end the session has nowhere to go.
    this.client.close()
  }
}

/** The library's name of an error, such as NO_NODE. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error))

const NOTHING: Node = {
  data: undefined,
  stat: {
    czxid: '',
    mzxid: '',
    pzxid: '',
    ctime: '',
    mtime: '',
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: '',
    dataLength: 0,
    numChildren: 0,
  },
}

const promise = <A>(run: (done: (error: Failure, value: A) => void) => void): Promise<A> =>
  new Promise((resolve, reject) =>
    run((error, value) => {
      if (error) reject(error)
      else resolve(value)
    }),
  )

const statOf = (raw: Raw): Stat => ({
  czxid: hex(raw.czxid),
  mzxid: hex(raw.mzxid),
  pzxid: hex(raw.pzxid),
  ctime: hex(raw.ctime),
  mtime: hex(raw.mtime),
  version: Number(raw.version),
  cversion: Number(raw.cversion),
  aversion: Number(raw.aversion),
  ephemeralOwner: hex(raw.ephemeralOwner),
  dataLength: Number(raw.dataLength),
  numChildren: Number(raw.numChildren),
})

const hex = (value: Buffer | number): string => (typeof value === 'number' ? value.toString(16) : value.toString('hex'))
