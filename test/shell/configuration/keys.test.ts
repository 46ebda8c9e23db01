/** Every key has its place: an effect, none and a reason, a refusal, or a warning that it is unknown. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EFFECTIVE_KEYS, whyWithoutEffect } from '../../../src/shell/configuration/keys.js'
import { NUMERIC_KEYS } from '../../../src/shell/configuration/numbers.js'
import { isSecurityKey } from '../../../src/shell/configuration/security-keys.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'

const read = (line: string) => parse(`dataDir=/d\n${line}`, 'zoo.cfg')

/** The first error, warning or note, as `kind: key`. */
const outcome = (line: string): string => {
  const result = read(line)
  if (result._tag === 'Left') return `${result.left[0]?.kind}: ${result.left[0]?.key}`
  const { notes, warnings } = result.right
  if (notes[0] !== undefined) return `note: ${notes[0].key}`
  return warnings[0] === undefined ? 'fine' : `warning: ${warnings[0].key}`
}

/** Of the zoo.cfg that the official image writes, that of Bitnami's, of charts and of operators. */
const WRITTEN = [
  'admin.serverPort=8080',
  'admin.enableServer=true',
  'autopurge.purgeInterval=0',
  'autopurge.snapRetainCount=3',
  'initLimit=5',
  'maxClientCnxns=60',
  'standaloneEnabled=true',
  'syncLimit=2',
  'tickTime=2000',
  'quorumListenOnAllIPs=true',
  'preAllocSize=65536',
  'snapCount=100000',
  'maxCnxns=0',
  'reconfigEnabled=false',
  '4lw.commands.whitelist=srvr, mntr',
  'maxSessionTimeout=40000',
  'minSessionTimeout=4000',
  'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider',
  'metricsProvider.httpPort=7000',
  'globalOutstandingLimit=1000',
  'fsync.warningthresholdms=1000',
  'extendedTypesEnabled=true',
  'sslQuorum=false',
  'portUnification=false',
  'quorum.auth.enableSasl=false',
  'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory',
  'tcpKeepAlive=true',
  'leaderServes=yes',
  'electionPortBindRetry=0',
  'cnxTimeout=5',
  'audit.enable=false',
  'snapshot.trust.empty=true',
]

const REFUSED = [
  'ssl.keyStore.location=/k.jks',
  'ssl.quorum.trustStore.password=secret',
  'ssl.clientAuth=need',
  'sslQuorum=true',
  'sslQuorumReloadCertFiles=true',
  'SSLQuorum=TRUE',
  'secureClientPort=2281',
  'secureClientPortAddress=0.0.0.0',
  'portUnification=true',
  'client.portUnification=true',
  'client.secure=true',
  'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
  'authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider',
  'quorum.auth.enableSasl=true',
  'quorum.auth.serverRequireSasl=true',
  'quorum.auth.learnerRequireSasl=true',
  'quorum.auth.kerberos.servicePrincipal=zk/_HOST',
  'quorum.auth.learner.saslLoginContext=QuorumLearner',
  'requireClientAuthScheme=sasl',
  'enforce.auth.enabled=true',
  'enforce.auth.schemes=sasl',
  'sessionRequireClientSASLAuth=true',
  'DigestAuthenticationProvider.superDigest=super:hash',
  'DigestAuthenticationProvider.digestAlg=SHA-256',
  'DigestAuthenticationProvider.enabled=false',
  'X509AuthenticationProvider.superUser=CN=x',
  'SASLAuthenticationProvider.superPassword=secret',
  'IPAuthenticationProvider.usexforwardedfor=true',
  'superUser=someone',
  'kerberos.removeHostFromPrincipal=true',
  'jaasLoginRenew=3600000',
  'allowSaslFailedClients=true',
  'letAnySaslUserDoX=true',
  'ensembleAuthName=one',
  'sasl.serverconfig=Server',
  'security.auth_to_local=DEFAULT',
]

const keysAskedFor = (source: string): readonly string[] =>
  [...source.matchAll(/values\.(?:text|required|integer|boolean|unless|choice)\(\s*'([^']+)'/g)].map(
    ([, key]) => key ?? '',
  )

describe('the table of keys', () => {
  it('has a row for every effective key, and none of them is anything else', () => {
    for (const key of [...EFFECTIVE_KEYS, ...Object.keys(NUMERIC_KEYS)]) {
      expect(EFFECTIVE_KEYS.has(key), key).toBe(true)
      expect([whyWithoutEffect(key), isSecurityKey(key)], key).toEqual([undefined, false])
    }
  })

  it('names all that zoo-cfg.ts asks for', () => {
    const source = readFileSync(new URL('../../../src/shell/configuration/zoo-cfg.ts', import.meta.url), 'utf8')
    expect(keysAskedFor(source).length).toBeGreaterThan(20)
    expect(keysAskedFor(source).filter((key) => !EFFECTIVE_KEYS.has(key))).toEqual([])
    // A key that is read without a row is found.
    const planted = source.replace("values.text('dataLogDir')", "values.text('dataLogDirectory')")
    expect(keysAskedFor(planted).filter((key) => !EFFECTIVE_KEYS.has(key))).toEqual(['dataLogDirectory'])
  })

  it.each(WRITTEN)('starts with %s, which images write', (line) => {
    expect(read(line)._tag).toBe('Right')
    expect(outcome(line)).not.toMatch(/^warning/)
  })

  it('says of a key without effect why, once, with the prefix and without', () => {
    expect(outcome('admin.serverPort=8080')).toBe('note: admin.serverPort')
    expect(outcome('zookeeper.cnxTimeout=5')).toBe('note: zookeeper.cnxTimeout')
    expect(outcome('metricsProvider.ssl.keyStore.location=/k')).toBe('note: metricsProvider.ssl.keyStore.location')
    expect(outcome('fooBar=1')).toBe('warning: fooBar')
    expect(read('snapCount=9\nzookeeper.snapCount=7')).toMatchObject({
      right: { settings: { snapCount: 7 }, warnings: [{ line: 2, reason: 'line 3 overrides this one' }] },
    })
  })
})

describe('a key that asks for security that is not there', () => {
  it.each(REFUSED)('%s keeps the server from starting, with the prefix too', (line) => {
    const key = line.slice(0, line.indexOf('='))
    expect(outcome(line)).toBe(`Unsupported: ${key}`)
    expect(outcome(`zookeeper.${line}`)).toBe(`Unsupported: zookeeper.${key}`)
  })

  it.each(REFUSED.filter((line) => !line.startsWith('Digest')))('%s does not when it is empty or off', (line) => {
    const key = line.slice(0, line.indexOf('='))
    for (const value of ['', 'false']) expect(outcome(`${key}=${value}`)).toBe('fine')
  })

  it('is known by its family, though its name is not', () => {
    for (const key of [
      'ssl.tomorrow',
      'sslTomorrow',
      'secureTomorrow',
      'quorum.ssl.x',
      'authProvider.9',
      'kerberosX',
      'tls',
    ])
      expect(outcome(`${key}=x`)).toBe(`Unsupported: ${key}`)
  })

  it('may ask for what there is anyway', () => {
    for (const line of [
      'DigestAuthenticationProvider.enabled=true',
      'DigestAuthenticationProvider.digestAlg=SHA1',
      'authProvider.1=org.apache.zookeeper.server.auth.IPAuthenticationProvider',
    ])
      expect(outcome(line)).toBe('fine')
  })

  it('is one error a key, with its line and a remedy', () => {
    const result = read('sslQuorum=true\nauthProvider.1=x')
    expect(result).toMatchObject({ left: [{ line: 2 }, { line: 3 }] })
    if (result._tag === 'Left')
      expect(result.left.every(({ reason, remedy }) => reason !== '' && remedy !== '')).toBe(true)
  })
})
