/**
 * One broken socket, port, child or stream never ends a server: an `error` event that nobody listens to would. Whoever
 * makes something that emits one says here, in a table, where it is listened to.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the server, and `zab start` around it, consist of. */
const PLACES = [
  'src/shell',
  'src/cli/start',
  'src/cli/commands/server.ts',
  'src/cli/commands/start.ts',
  'src/cli/four-letter.ts',
]

/** Calls that make an emitter of `error`, or hand one out. */
const MAKERS =
  /(?:\bnet\.|(?<![.\w]))(?:createServer|createConnection|connect|dialSocket|dial|spawn|fork|exec|execFile|createWriteStream|createReadStream|watch|pipeline)\(|\.pipe\(|new (?:Socket|Server|Worker)\(|process\.std(?:in|out|err)\.(?:resume|write)|makeScreen\(process|accepted: \(socket|accept = \(socket/g

interface Entry {
  readonly makers: number
  /** What the file must contain, for each of them. */
  readonly listens: readonly RegExp[]
}

const TABLE: Readonly<Record<string, Entry>> = {
  'src/shell/network/dial.ts': { makers: 1, listens: [/Its `error` says/] },
  'src/shell/network/listener.ts': {
    makers: 3,
    listens: [/server\.once\('error'/, /removeAllListeners\('error'\)[^}]*server\.on\('error'/],
  },
  'src/shell/network/client-port.ts': {
    makers: 1,
    listens: [/accept = \(socket: Socket\): void => \{\s+socket\.on\('error'/],
  },
  'src/shell/network/election-links.ts': {
    makers: 4,
    listens: [/dialSocket\(address\)[\s\S]{0,900}socket\.on\('error'/, /accept = [\s\S]{0,160}socket\.on\('error'/],
  },
  'src/shell/network/quorum-port.ts': {
    makers: 2,
    listens: [
      /dial\(address\)\s+const connection = new QuorumConnection\(socket/,
      /accept = [^\n]*\s+const connection = new QuorumConnection\(socket/,
    ],
  },
  'src/shell/server/run.ts': { makers: 1, listens: [/process\.stdin\.once\('error'/, /surviveBrokenStreams\(\)/] },
  'src/shell/storage/lock-directory.ts': {
    makers: 2,
    listens: [
      /server\.on\('error'/,
      /net\.connect\(socketPath\)[\s\S]{0,300}socket\.on\('error'/,
      /pauseOnConnect[\s\S]{0,40}\s+socket\.on\('error'/,
    ],
  },
  'src/cli/start/child.ts': { makers: 1, listens: [/child\.on\('error'/, /child\.stdin\?\.on\('error'/] },
  'src/cli/start/ports.ts': { makers: 1, listens: [/server\.once\('error'/] },
  'src/cli/commands/server.ts': { makers: 3, listens: [/surviveBrokenStreams\(\)/] },
  'src/cli/commands/start.ts': { makers: 1, listens: [/surviveBrokenStreams\(\)/] },
  'src/cli/four-letter.ts': { makers: 1, listens: [/\.on\('error'/] },
}

const NOTHING: Entry = { makers: 0, listens: [] }

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')

/** What is wrong with a file. */
const problemsOf = (text: string, { makers, listens }: Entry): readonly string[] => {
  const found = [...withoutComments(text).matchAll(MAKERS)].map(([call]) => call)
  return [
    ...(found.length === makers ? [] : [`${found.length} makers, not ${makers}: ${found.join(' ')}`]),
    ...listens.filter((listener) => !listener.test(text)).map((listener) => `does not contain ${String(listener)}`),
  ]
}

const files = PLACES.flatMap((place) =>
  place.endsWith('.ts')
    ? [place]
    : readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => path.posix.join(place, name)),
)

it('everything that may emit an error has a listener, in the place that the table names', () => {
  const problems = files.flatMap((file) =>
    problemsOf(readFileSync(path.join(root, file), 'utf8'), TABLE[file] ?? NOTHING).map((what) => `${file}: ${what}`),
  )
  expect(problems).toEqual([])
  expect(Object.keys(TABLE).filter((file) => !files.includes(file))).toEqual([])
})

it.each([
  'const socket = connect({ host, port })',
  'net.createServer(accept).listen(port)',
  "spawn('sh', [])",
  'createWriteStream(file)',
  'process.stdout.write(line)',
  'new Worker(file)',
  'input.pipe(output)',
])('a new one would be found: %s', (line) => {
  expect(problemsOf(`/** connect( in a comment */\n${line}\n`, NOTHING)).toHaveLength(1)
})

it('a listener that is taken away would be found', () => {
  const file = 'src/shell/network/client-port.ts'
  const text = readFileSync(path.join(root, file), 'utf8').replace("socket.on('error', () => undefined)", '')
  expect(problemsOf(text, TABLE[file] ?? NOTHING)).toHaveLength(1)
})
