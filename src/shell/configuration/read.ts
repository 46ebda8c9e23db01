/** Reads zoo.cfg and myid: the thin part with side effects around `parse` and `complete`. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, map, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { complete, warningsOf } from './complete.js'
import type { MyId } from './complete.js'
import { dynamicFileIn } from './dynamic-file.js'
import type { DynamicFile } from './dynamic-file.js'
import type { ConfigurationError, ConfigurationWarning } from '../../service/configuration/error.js'
import type { ServerConfiguration } from './server-configuration.js'
import { parse } from './zoo-cfg.js'

export interface Read {
  readonly configuration: ServerConfiguration
  readonly warnings: readonly ConfigurationWarning[]
  /** Keys without effect here. */
  readonly notes: readonly ConfigurationWarning[]
}

/** The configuration of the server that `file` and the `myid` in its dataDir describe. Never rejects. */
export const readServerConfiguration = async (file: string): Promise<Either<readonly ConfigurationError[], Read>> => {
  const text = await readText(file)
  if (text._tag === 'Left') return left([unreadable(file, text.left)])
  const dynamic = await readDynamicFile(dynamicFileIn(text.right))
  if (dynamic._tag === 'Left') return left([dynamic.left])
  const parsed = parse(text.right, file, dynamic.right)
  if (parsed._tag === 'Left') return parsed
  const { notes, settings, warnings } = parsed.right
  const myIdPath = path.join(settings.dataDir, 'myid')
  const myId = await readText(myIdPath)
  if (myId._tag === 'Left' && myId.left !== 'ENOENT') return left([unreadable(myIdPath, myId.left)])
  const said: MyId = { path: myIdPath, text: myId._tag === 'Right' ? myId.right : undefined }
  return pipe(
    complete(settings, file, said),
    map((configuration) => ({
      configuration:
        dynamic.right === undefined ? configuration : { ...configuration, zooCfgToRewrite: path.resolve(file) },
      warnings: [...warnings, ...warningsOf(settings, file, said, configuration.self)],
      notes,
    })),
  )
}

/** A relative path begins at the directory of the process, as with ZooKeeper. An empty one is no file; parse complains. */
const readDynamicFile = async (
  name: string | undefined,
): Promise<Either<ConfigurationError, DynamicFile | undefined>> => {
  if (name === undefined || name === '') return right(undefined)
  const text = await readText(name)
  return text._tag === 'Left' ? left(unreadable(name, text.left)) : right({ path: name, text: text.right })
}

/** The text of a file, or the code of the error. */
const readText = async (file: string): Promise<Either<string, string>> => {
  try {
    return right(await readFile(file, 'utf8'))
  } catch (error) {
    return left(error instanceof Error && 'code' in error ? String(error.code) : String(error))
  }
}

const unreadable = (file: string, code: string): ConfigurationError => ({
  kind: 'Unreadable',
  file,
  line: 0,
  key: 'file',
  reason: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`,
  remedy: 'give the path of a file that this user may read',
})
