/** The small records that larger ones are made of: ids, ACLs, stats, lists of strings. */
import type { Acl, Id } from '../service/acl.js'
import type { Names } from '../service/names.js'
import type { PersistedStat, Stat } from '../service/stat.js'
import type { Reader } from './reader.js'
import type { Writer } from './writer.js'

/** Two empty strings. */
export const MINIMUM_ID_SIZE = 8
/** Permissions and two empty strings. */
export const MINIMUM_ACL_SIZE = 12

export const writeId = (writer: Writer, { scheme, id }: Id): void => {
  writer.string(scheme)
  writer.string(id)
}

/** A null scheme or id reads as an empty one: no provider accepts it, so the answer is INVALIDACL as in ZooKeeper. */
export const readId = (reader: Reader): Id => {
  const scheme = reader.nullableString('scheme') ?? ''
  return { scheme, id: reader.nullableString('id') ?? '' }
}

export const writeAcl = (writer: Writer, acl: Acl): void => {
  writer.int(acl.permissions)
  writeId(writer, acl.id)
}

export const readAcl = (reader: Reader): Acl => {
  const permissions = reader.int('perms')
  return { permissions, id: readId(reader) }
}

export const writeAcls = (writer: Writer, acls: readonly Acl[] | null): void => {
  if (acls === null) {
    writer.count(-1)
    return
  }
  writer.count(acls.length)
  for (const acl of acls) writeAcl(writer, acl)
}

export const readAcls = (reader: Reader): readonly Acl[] | null => reader.vector(MINIMUM_ACL_SIZE, 'acl', readAcl)

export const writeStrings = (writer: Writer, strings: Names): void => {
  writer.count(strings.length)
  for (const string of strings) writer.string(string)
}

export const readStrings = (reader: Reader, what: string): readonly string[] | null =>
  reader.vector(4, what, (each) => each.string(what))

const writeStatCommon = (writer: Writer, stat: PersistedStat): void => {
  writer.zxid(stat.czxid)
  writer.zxid(stat.mzxid)
  writer.longFromNumber(stat.ctimeMs)
  writer.longFromNumber(stat.mtimeMs)
  writer.int(stat.version)
  writer.int(stat.cversion)
  writer.int(stat.aversion)
  writer.long(stat.ephemeralOwner)
}

const readStatCommon = (reader: Reader): Omit<PersistedStat, 'pzxid'> => ({
  czxid: reader.zxid('czxid'),
  mzxid: reader.zxid('mzxid'),
  ctimeMs: reader.longAsNumber('ctime'),
  mtimeMs: reader.longAsNumber('mtime'),
  version: reader.int('version'),
  cversion: reader.int('cversion'),
  aversion: reader.int('aversion'),
  ephemeralOwner: reader.long('ephemeralOwner'),
})

/** Stat, 68 bytes: what clients see. */
export const writeStat = (writer: Writer, stat: Stat): void => {
  writeStatCommon(writer, stat)
  writer.int(stat.dataLength)
  writer.int(stat.childCount)
  writer.zxid(stat.pzxid)
}

export const readStat = (reader: Reader): Stat => ({
  ...readStatCommon(reader),
  dataLength: reader.int('dataLength'),
  childCount: reader.int('numChildren'),
  pzxid: reader.zxid('pzxid'),
})

/** StatPersisted, 60 bytes: what is stored. */
export const writePersistedStat = (writer: Writer, stat: PersistedStat): void => {
  writeStatCommon(writer, stat)
  writer.zxid(stat.pzxid)
}

export const readPersistedStat = (reader: Reader): PersistedStat => ({
  ...readStatCommon(reader),
  pzxid: reader.zxid('pzxid'),
})
