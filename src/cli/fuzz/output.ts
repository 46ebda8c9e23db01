/** What is written: to standard output, which may be a pipe that nobody reads any more, and to files that a flag names. */
import { accessSync, appendFileSync, constants, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EXIT } from '../exit-code.js'

/** Instead of a file: standard output. */
export const STANDARD_OUTPUT = '-'

/** Streams of which a closed pipe is no error. */
const forgiven = new WeakSet<NodeJS.WriteStream>()

/** Resolves when it is out, or nobody reads any more: then the exit code still tells. */
export const say = (text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> =>
  new Promise((resolve) => {
    if (!forgiven.has(stream)) forgiven.add(stream.on('error', () => undefined))
    stream.write(text, () => {
      resolve()
    })
  })

/** Says what is wrong with the command line, or what it names; the exit code for that. */
export const misused = (why: string): number => {
  process.stderr.write(`error: ${why}\n`)
  return EXIT.usage
}

/** Why nothing can be written there, and what to do about it; undefined when it can. */
export const unwritable = (flag: string, file: string | undefined): string | undefined => {
  if (file === undefined || file === STANDARD_OUTPUT) return undefined
  const directory = path.dirname(file)
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory() === true) return `${flag} ${file}: it is a directory; name a file in it`
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
      return `${flag} ${file}: there is no directory ${directory}; make it, or name another file`
    accessSync(found === undefined ? directory : file, constants.W_OK)
    return undefined
  } catch (error) {
    return `${flag} ${file}: ${reasonOf(error)}; name a file that can be written`
  }
}

/** Writes it; what went wrong, if anything did. */
export const writeOut = async (flag: string, file: string, text: string): Promise<string | undefined> => {
  if (file === STANDARD_OUTPUT) {
    await say(text)
    return undefined
  }
  try {
    writeFileSync(file, text)
    return undefined
  } catch (error) {
    return `${flag} ${file}: ${reasonOf(error)}; name a file that can be written`
  }
}

/** The same at the end of what is there. */
export const addTo = (name: string, file: string, text: string): string | undefined => {
  try {
    appendFileSync(file, text)
    return undefined
  } catch (error) {
    return `${name} ${file}: ${reasonOf(error)}; name a file that can be written`
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
