/** Children that all fall into one place of a hash table. */
import { fnvCollisions, fnvOf, javaCollisions } from '../collisions.js'
import type { Arena, Finding, Item } from '../item.js'
import { attackedClient, createAll, createOf, found, lengthOf, sized } from '../tools.js'

const MULTI = 128
const DELETED = 100

const attackWith = async (
  arena: Arena,
  names: (count: number, parent: string) => readonly string[],
): Promise<Finding> => {
  const client = await attackedClient(arena)
  const parent = '/colliding'
  const paths = names(sized(arena, 14_336, 512), `${parent}/`).map((name) => `${parent}/${name}`)
  await client.call(createOf(parent), arena.signal)
  const made = await createAll(client, paths, MULTI, arena.signal)
  const listed = await client.call({ op: 'getChildren', path: parent, watch: false }, arena.signal)
  const deletions = paths.slice(0, DELETED).map((path) => ({ op: 'delete', path, version: -1 }) as const)
  const deleted = await client.askAll(deletions, arena.signal)
  client.leave()
  const check = {
    aim: 'all are made, listed and deleted',
    held: made === paths.length && listed === 0 && deleted,
    seen: `${made} of ${paths.length} made, listing ${listed ?? 'not answered'}`,
  }
  return found(`${made} children with one hash`, lengthOf(paths.slice(0, made)), [check])
}

const AFTER = 'issue 10 §2: a wait of 30 s, the quorum lost, every restart 113 s'

export const collidingNames: Item = {
  name: 'colliding-names',
  does: 'Makes 14,336 children whose names collide in an unkeyed FNV-1a, lists them, deletes some.',
  after: AFTER,
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: (arena) => attackWith(arena, (count) => fnvCollisions(count)),
}

export const collidingPaths: Item = {
  name: 'colliding-paths',
  does: 'The same with names whose whole paths collide.',
  after: AFTER,
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: (arena) => attackWith(arena, (count, parent) => fnvCollisions(count, fnvOf(parent))),
}

export const collidingJavaNames: Item = {
  name: 'colliding-java-names',
  does: "The same with names that collide in Java's String.hashCode.",
  after: `${AFTER}; the same for the hash of the other implementation`,
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: (arena) => attackWith(arena, (count) => javaCollisions(count)),
}
