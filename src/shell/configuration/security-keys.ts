/**
 * Keys that ask for encryption or for authentication that is not implemented: a server that is told of one refuses to start,
 * unless the value switches it off. Plaintext must never be a surprise.
 *
 * Families are known by how a key, or a part of it behind a dot, begins, in any case: a key that a later release of ZooKeeper
 * adds to one is refused too.
 */
import type { ConfigurationError } from '../../service/configuration/error.js'
import type { Property } from '../../service/configuration/properties.js'
import { plainKey } from './keys.js'

interface Family {
  readonly beginnings: readonly string[]
  readonly reason: string
  readonly remedy: string
}

const TLS = ['ssl', 'tls', 'secure', 'portUnification', 'keyStore', 'trustStore', 'requireClientAuth', 'clientAuth']

const AUTHENTICATION = [
  'auth',
  'enforce.auth',
  'sasl',
  'requireSasl',
  'allowSasl',
  'letAnySasl',
  'sessionRequire',
  'kerberos',
  'requireKerberos',
  'krb5',
  'kinit',
  'jaas',
  'login',
  'security',
  'X509',
  'ensembleAuth',
  'superUser',
  'superPassword',
  'IPAuthenticationProvider',
]

/** In this order: the first family that a key belongs to says why. */
const FAMILIES: readonly Family[] = [
  {
    beginnings: TLS,
    reason: 'TLS is not implemented, so the connections would be plaintext',
    remedy: 'encrypt the network below this server, then remove the line or switch it off',
  },
  {
    beginnings: ['DigestAuthenticationProvider'],
    reason: 'the digest scheme is always on, with SHA-1, and has no super user',
    remedy: 'remove the line',
  },
  {
    beginnings: AUTHENTICATION,
    reason: 'this authentication is not implemented, so whoever reaches the port would be let in without it',
    remedy: 'let only whom you trust reach the ports, then remove the line or switch it off',
  },
]

/** Values that ask for nothing, or for what is done anyway. */
const OFF: ReadonlySet<string> = new Set(['', 'false', 'no', 'off', 'none', '0'])

/** By plain key in lower case: what is done anyway. For these, `false` asks for something that is not. */
const ALREADY_SO: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['digestauthenticationprovider.enabled', new Set(['', 'true'])],
  ['digestauthenticationprovider.digestalg', new Set(['', 'sha1', 'sha-1'])],
])

/** Providers that are always there. */
const BUILT_IN: ReadonlySet<string> = new Set([
  'org.apache.zookeeper.server.auth.DigestAuthenticationProvider',
  'org.apache.zookeeper.server.auth.IPAuthenticationProvider',
])

/** Nothing listens for these here, so nothing is in the open either. */
const WITHOUT_A_PORT: readonly string[] = ['admin.', 'metricsprovider.']

/** Does the key belong to a family? With or without the prefix `zookeeper.`. */
export const isSecurityKey = (key: string): boolean => familyOf(key) !== undefined

/** An error for every property that asks for more than there is. */
export const refusedKeys = (properties: readonly Property[], file: string): readonly ConfigurationError[] =>
  properties.flatMap(({ key, line, value }): readonly ConfigurationError[] => {
    const family = familyOf(key)
    if (family === undefined || isHarmless(plainKey(key).toLowerCase(), value)) return []
    return [{ kind: 'Unsupported', file, line, key, reason: family.reason, remedy: family.remedy }]
  })

const familyOf = (key: string): Family | undefined => {
  const plain = plainKey(key).toLowerCase()
  if (WITHOUT_A_PORT.some((beginning) => plain.startsWith(beginning))) return undefined
  // The key itself, and what stands behind each dot of it. Longer keys than anybody writes are looked at in part.
  const parts = plain.split('.', MOST_PARTS)
  const rests = parts.map((_, index) => parts.slice(index).join('.'))
  return FAMILIES.find(({ beginnings }) =>
    rests.some((rest) => beginnings.some((beginning) => rest.startsWith(beginning.toLowerCase()))),
  )
}

/** Parts of a key between dots that are looked at; no key has more. */
const MOST_PARTS = 8

const isHarmless = (plain: string, value: string): boolean =>
  ALREADY_SO.get(plain)?.has(value.toLowerCase()) ??
  (OFF.has(value.toLowerCase()) || (plain.startsWith('authprovider') && BUILT_IN.has(value)))
