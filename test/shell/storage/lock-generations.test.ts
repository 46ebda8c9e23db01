/** Contenders for one directory, in every order of their steps and with deaths between them: never two owners. */
import { describe, expect, test } from 'vitest'
import { giveUp, highestGeneration, takeOwnership } from '../../../src/shell/storage/lock-generations.js'
import type { Contend } from './support/lock-model.js'
import { explore, showMove } from './support/lock-model.js'

const ours: Contend = async (directory) => (await takeOwnership(directory, 'lock')).kind === 'Owner'

const LIMIT = 400_000

const never = (result: Awaited<ReturnType<typeof explore>>): void => {
  expect(result.twoOwners?.map(showMove)).toBeUndefined()
  expect(result.nobody?.map(showMove)).toBeUndefined()
}

describe('in every order of steps', () => {
  test.each([
    ['an empty directory', []],
    ['an owner that is gone', ['lock.1']],
    ['generations with gaps, and what a contender left', ['lock.1', 'lock.4', 'lock-x', 'lock']],
  ])('two contenders for %s: one owner, wherever up to two die', async (_, initial) => {
    const result = await explore(initial, [ours, ours], 2, LIMIT)
    never(result)
    expect(result.states).toBeGreaterThan(100)
  })

  test('three contenders, one of which dies anywhere', async () => {
    const result = await explore(['lock.1'], [ours, ours, ours], 1, LIMIT)
    never(result)
    expect(result.states).toBeGreaterThan(1000)
  }, 180_000)
})

test('an owner that gives up makes room for one', async () => {
  const brief: Contend = async (directory, owns) => {
    const taken = await takeOwnership(directory, 'lock')
    if (taken.kind === 'Held') return false
    owns(true)
    // What an owner does with the directory is over before it gives it up.
    await directory.list()
    owns(false)
    await giveUp(directory, 'lock', taken.generation)
    return false
  }
  const result = await explore(['lock.1'], [brief, brief], 2, LIMIT)
  expect(result.twoOwners?.map(showMove)).toBeUndefined()
})

/** The algorithms that look right. Each is what this one was made from by leaving one thing out. */
describe('the search finds two owners', () => {
  /** Look, remove what is dead, link again: what is removed may be the lock of who was quicker. */
  const unlinkThenLink: Contend = async (directory) => {
    const own = await directory.announce()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if ((await directory.link(own, 'lock.1')) === 'linked') return true
      const presence = await directory.probe('lock.1')
      if (presence === 'live') return false
      await directory.remove('lock.1')
    }
    return false
  }

  /** No second look at the directory: a generation that was taken late, after a higher one, counts. */
  const withoutLookingAgain: Contend = async (directory) => {
    const highest = highestGeneration('lock', await directory.list())
    if ((await directory.probe(`lock.${highest}`)) === 'live') return false
    const own = await directory.announce()
    return (await directory.link(own, `lock.${highest + 1}`)) === 'linked'
  }

  /** A clean end that takes its own generation away makes room for one that is lower. */
  const removesItsOwn: Contend = async (directory) => {
    const taken = await takeOwnership(directory, 'lock')
    if (taken.kind !== 'Owner') return false
    await directory.remove(`lock.${taken.generation}`)
    return true
  }

  test('when a dead lock is removed to make room', async () => {
    expect((await explore(['lock.1'], [unlinkThenLink, unlinkThenLink], 0, LIMIT)).twoOwners).toBeDefined()
  })

  test('when nobody looks again after taking a generation', async () => {
    const result = await explore(['lock.1'], [withoutLookingAgain, ours, ours], 1, LIMIT)
    expect(result.twoOwners).toBeDefined()
  })

  test('when the highest generation is removed', async () => {
    expect((await explore(['lock.1'], [removesItsOwn, ours], 0, LIMIT)).twoOwners).toBeDefined()
  })
})

test('a generation is a whole number after the name of the lock', () => {
  const names = ['lock', 'lock.', 'lock.0', 'lock.01', 'lock.7', 'lock.12', 'lock.x', 'lock-99', 'other.50', 'lock.1.2']
  expect(highestGeneration('lock', names)).toBe(12)
})
