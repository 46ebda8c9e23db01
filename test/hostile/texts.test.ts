/**
 * Every function of a text is given a quarter of a megabyte of what is hardest to read. Whatever took the square of its length would
 * need many times the time of a test. Functions of texts alone are found in the sources and need not be listed: a new one
 * is tried from its first day.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/core/configuration.js'
import { ZERO } from '../../src/core/zxid.js'
import { parseEnsemble } from '../../src/service/configuration/ensemble.js'
import { parseServerLine } from '../../src/service/configuration/server-line.js'
import { decodeConfiguration } from '../../src/service/configuration/data.js'
import { empty } from '../../src/service/database.js'
import { proposedConfiguration } from '../../src/service/reconfigure.js'
import type { ReconfigRequest } from '../../src/service/request.js'
import { parseDecimal } from '../../src/service/whole-number.js'
import { parse } from '../../src/shell/configuration/zoo-cfg.js'
import { find, trailTo } from '../../src/service/tree.js'
import { decodeHandshake, decodeNotification } from '../../src/wire/election.js'
import { decodeEpoch } from '../../src/wire/number-file.js'
import { Writer } from '../../src/wire/writer.js'

const LENGTH = 1 << 18

const root = fileURLToPath(new URL('../..', import.meta.url))

// --- texts

/** What a pattern may begin anew at, try to divide in two ways, or count. */
const UNITS = [
  ...[':', '%', '/', '.', '\\', ' ', '\t', '\n', '\r', '\0', '0', '1', 'a', 'f', '=', ';', '[', ']', '-', '+', ','],
  ...['|', '"', "'", '#', '!', '\u00e9', '\ud800', '\u0661', '::', ':1', '1.', '/.', '/..', '\\u', '\\\n', '[a', ' \n'],
  ...[
    'a=',
    'server.1=',
    'server.1=a:1:1\n',
    'server.1=a:1:1;1,',
    'version=',
    '\nversion=1',
    '1:',
    'group.1=1:',
    '[::]:',
  ],
]

const repeated = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH)

/** With something before or after it that it does not end well with. */
const texts: readonly string[] = UNITS.flatMap((unit) => {
  const text = repeated(unit)
  return [`${text}x`, `server.1=${text}!`, `1.2.3.4/${text}`]
})

// --- functions of texts alone, found in the sources

interface Found {
  readonly file: string
  readonly name: string
  /** The types of its parameters, as they are written. */
  readonly types: readonly string[]
  /** It does something beside reading, and is waited for. */
  readonly isAsynchronous: boolean
}

const isAsynchronous = ({ modifiers, type }: ts.ArrowFunction): boolean =>
  modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true ||
  type?.getText().startsWith('Promise<') === true

const exportedFunctions = (file: string, code = readFileSync(path.join(root, file), 'utf8')): readonly Found[] => {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true)
  return source.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) &&
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
      ? statement.declarationList.declarations.flatMap(({ name, initializer }) =>
          initializer !== undefined && ts.isArrowFunction(initializer)
            ? [
                {
                  file,
                  name: name.getText(),
                  types: initializer.parameters.map(({ type }) => type?.getText() ?? ''),
                  isAsynchronous: isAsynchronous(initializer),
                },
              ]
            : [],
        )
      : [],
  )
}

const functions = ['core', 'service', 'server', 'wire', 'shell'].flatMap((folder) =>
  readdirSync(path.join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => exportedFunctions(path.join('src', folder, name))),
)

const isText = (type: string): boolean => /^string(?: \| (?:null|undefined))*$/.test(type)

const ofTexts = functions.filter(({ types, isAsynchronous: does }) => !does && types.length > 0 && types.every(isText))

const nameOf = ({ file, name }: Found): string => `${file} ${name}`

// --- functions of a text and something else

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const framed = (write: (writer: Writer) => void): Uint8Array => {
  const writer = new Writer()
  write(writer)
  return writer.written()
}

const ALONE: Configuration = { version: ZERO, members: [], quorums: { kind: 'Majority', voters: [] } }

const proposal = (wanted: Partial<ReconfigRequest>): unknown =>
  proposedConfiguration(
    ALONE,
    { op: 'reconfig', joining: null, leaving: null, newMembers: null, fromConfig: ZERO, ...wanted },
    ZERO,
  )

/** Up to its end, as a number of any size. */
const decimal = (text: string): unknown => parseDecimal(text, 0, text.length, Number.MAX_SAFE_INTEGER)

const others: readonly (readonly [string, (text: string) => unknown])[] = [
  ['parseServerLine', (text) => parseServerLine(1, text)],
  ['parseEnsemble', (text) => parseEnsemble([{ key: 'server.1', value: text, line: 1 }], ZERO, 'file')],
  ['parseEnsemble, keys', (text) => parseEnsemble([{ key: text, value: '1', line: 1 }], ZERO, 'file')],
  ['parseEnsemble, groups', (text) => parseEnsemble([{ key: 'group.1', value: text, line: 1 }], ZERO, 'file')],
  ['decodeConfiguration', (text) => decodeConfiguration(bytesOf(text))],
  ['proposedConfiguration, joining', (text) => proposal({ joining: text })],
  ['proposedConfiguration, leaving', (text) => proposal({ leaving: text })],
  ['proposedConfiguration, new members', (text) => proposal({ newMembers: text })],
  ['parseDecimal', decimal],
  ['parse', (text) => parse(text, 'zoo.cfg')],
  ['parse, a dynamic file', (text) => parse('dynamicConfigFile=a', 'zoo.cfg', { path: 'a', text })],
  ['decodeEpoch', (text) => decodeEpoch(bytesOf(text))],
  ['find', (text) => find(empty.tree, text)],
  ['trailTo', (text) => trailTo(empty.tree, text)],
  [
    'decodeHandshake',
    (text) =>
      decodeHandshake(
        framed((writer) => {
          writer.long(-65535n)
          writer.long(1n)
          writer.string(text.slice(0, 2048))
        }),
      ),
  ],
  [
    'decodeNotification',
    (text) =>
      decodeNotification(
        framed((writer) => {
          writer.int(0)
          for (let each = 0; each < 4; each++) writer.long(1n)
          writer.int(2)
          writer.string(text)
        }),
      ),
  ],
]

// --- tests

describe('a quarter of a megabyte of one thing', () => {
  it.each(ofTexts.map((each) => [nameOf(each), each] as const))(
    'is read in a moment by %s',
    async (_, { file, name, types }) => {
      const module = (await import(pathToFileURL(path.join(root, file)).href)) as Readonly<Record<string, unknown>>
      const subject = module[name]
      if (typeof subject !== 'function') throw new Error(`${file} does not export ${name}`)
      for (const text of texts)
        for (const [place] of types.entries()) {
          // A result of any kind is an answer; what throws has none.
          const given = types.map((__, index) => (index === place ? text : '10.0.0.0/8'))
          expect(() => void Reflect.apply(subject, undefined, given)).not.toThrow()
        }
    },
  )

  it.each(others)('is read in a moment by %s', (_, read) => {
    for (const text of texts) expect(() => void read(text)).not.toThrow()
  })
})

describe('the functions that are tried', () => {
  it('are those that read texts, and some of them are known', () => {
    const names = ofTexts.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['parseProperties', 'isRange', 'versionOf', 'decodeMyId', 'isValid']))
  })

  it('include one that is new', () => {
    const planted =
      'const own = (text: string) => 1\nexport const parseNew = (text: string, base: number): number => base\n'
    expect(exportedFunctions('new.ts', planted)).toEqual([
      { file: 'new.ts', name: 'parseNew', types: ['string', 'number'], isAsynchronous: false },
    ])
    expect(exportedFunctions('new.ts', 'export const open = async (file: string) => 1\n')).toEqual([
      { file: 'new.ts', name: 'open', types: ['string'], isAsynchronous: true },
    ])
  })

  it('are all that a name calls a reader of a text', () => {
    const tried = new Set([...ofTexts.map(({ name }) => name), ...others.map(([name]) => name)])
    const missed = functions.filter(
      ({ name, types }) => /^(?:parse|decode|is[A-Z])/.test(name) && types.some(isText) && !tried.has(name),
    )
    expect(missed.map(nameOf)).toEqual([])
  })
})
