/** Directories are made from any path, odd ones too, and the making always ends. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeFileSystem } from '../../../src/shell/storage/file-system.js'
import { errorOf } from './support/harness.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'zab-directories-'))
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('makeDirectory', () => {
  test.each(['a', 'a/b/c', 'a//b', 'a/b/', './a/./b', 'a/../c', '"quoted"', "'/x y'", 'ü/\u{1f600}', '...'])(
    'makes %j, twice without harm',
    async (name) => {
      const directory = `${root}/${name}`
      await nodeFileSystem.makeDirectory(directory)
      await nodeFileSystem.makeDirectory(directory)
      expect((await stat(path.resolve(directory))).isDirectory()).toBe(true)
    },
  )

  test('takes a relative path from the working directory', async () => {
    const relative = path.relative(process.cwd(), path.join(root, 'x', 'y'))
    await nodeFileSystem.makeDirectory(relative)
    expect((await stat(path.join(root, 'x', 'y'))).isDirectory()).toBe(true)
    await nodeFileSystem.makeDirectory('.')
    await nodeFileSystem.makeDirectory('/')
  })

  test.each(['/proc/zab/data', '/proc/self/zab/a/b', '/dev/null/a'])('ends with an error for %s', async (directory) => {
    expect(await errorOf(nodeFileSystem.makeDirectory(directory))).toMatchObject({
      kind: 'Io',
      operation: 'create directory',
    })
  })

  test('refuses a file in the way', async () => {
    await writeFile(path.join(root, 'file'), '')
    expect(await errorOf(nodeFileSystem.makeDirectory(path.join(root, 'file')))).toMatchObject({ code: 'EEXIST' })
    expect(await errorOf(nodeFileSystem.makeDirectory(path.join(root, 'file', 'a')))).toMatchObject({ code: 'ENOTDIR' })
  })
})
