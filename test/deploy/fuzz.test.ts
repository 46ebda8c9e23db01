/** The files under deploy/ that run `zab fuzz` elsewhere: they are YAML as far as can be told, and their commands exist. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addFuzz } from '../../src/cli/commands/fuzz.js'
import { addReplay } from '../../src/cli/commands/replay.js'

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8')

const WORKFLOW = 'deploy/github-actions/zab-fuzz.yml'
const JOB = 'deploy/kubernetes/zab-fuzz-job.yaml'

const program = new Command('zab')
addFuzz(program, () => undefined)
addReplay(program, () => undefined)
const optionsOf = (name: string): readonly string[] =>
  program.commands.find((command) => command.name() === name)?.options.flatMap(({ long }) => long ?? []) ?? []

/** Every `zab` command line of a text, folded lines joined. */
const commandsIn = (text: string): readonly (readonly string[])[] => {
  const joined = text.replaceAll(/^ *#.*\n/gm, '').replaceAll(/\n\s*(?=--)/g, ' ')
  return Array.from(joined.matchAll(/\bzab (?:-- )?(fuzz|replay)\b(.*)/g)).map(([, name, rest]) => [
    name ?? '',
    ...Array.from((rest ?? '').matchAll(/--[a-z]+/g)).map(([flag]) => flag),
  ])
}

/** What of YAML is easy to get wrong: tabs, odd indentation, a key twice in one mapping. */
const flawsOf = (text: string): readonly string[] => {
  const flaws: string[] = []
  const keys: { readonly indent: number; readonly seen: Set<string> }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const [, spaces = '', dash = '', key] = /^(\s*)((?:- )*)(?:([\w./-]+):(?: |$))?/.exec(line) ?? []
    if (spaces.includes('\t') || spaces.length % 2 === 1) flaws.push(`line ${index + 1}: indentation`)
    const indent = spaces.length + dash.length
    while ((keys.at(-1)?.indent ?? -1) > indent || (dash !== '' && keys.at(-1)?.indent === indent)) keys.pop()
    if (keys.at(-1)?.indent !== indent) keys.push({ indent, seen: new Set() })
    const seen = keys.at(-1)?.seen
    if (key === undefined) continue
    if (seen?.has(key) === true) flaws.push(`line ${index + 1}: ${key} stands twice`)
    seen?.add(key)
  }
  return flaws
}

describe.each([WORKFLOW, JOB])('%s', (name) => {
  const text = read(name)

  it('looks like YAML', () => {
    expect(flawsOf(text)).toEqual([])
  })

  it('runs commands that exist, with options that exist', () => {
    const commands = commandsIn(text)
    expect(commands.length).toBeGreaterThan(0)
    for (const [command = '', ...flags] of commands)
      for (const flag of flags) expect(optionsOf(command), `${command} ${flag}`).toContain(flag)
    expect(commands.flat()).toContain('--shard')
  })

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> } // ours
    for (const [, script] of text.matchAll(/npm run -s ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(script)
  })
})

describe('the workflow', () => {
  const text = read(WORKFLOW)

  it('has as many shards as it says', () => {
    const shards = /shard: \[([\d, ]+)\]/.exec(text)?.[1]?.split(', ')
    expect(shards?.map(Number)).toEqual(shards?.map((_, index) => index + 1))
    expect(text).toContain(`--shard "$SHARD/${shards?.length}"`)
  })

  it('looks longer at night', () => {
    expect(text).toMatch(/cron: '.+'/)
    expect(text).toContain("github.event_name == 'schedule' && '30m'")
  })
})

describe('the Job', () => {
  const text = read(JOB)

  it('has a pod for each shard, named by its index', () => {
    const count = /completions: (\d+)/.exec(text)?.[1]
    expect(text).toContain('completionMode: Indexed')
    expect(text).toContain(`parallelism: ${count}`)
    expect(text).toMatch(new RegExp(`name: SHARDS\\s+value: '${count}'`))
    expect(text).toContain('$((JOB_COMPLETION_INDEX + 1))/$SHARDS')
  })
})

describe('the check', () => {
  it('sees a tab, a key twice, an odd indentation', () => {
    expect(flawsOf('a:\n\tb: 1')).toEqual(['line 2: indentation'])
    expect(flawsOf('a:\n  b: 1\n  b: 2')).toEqual(['line 3: b stands twice'])
    expect(flawsOf('a:\n  - b: 1\n    c: 2\n  - b: 2\n    c: 3')).toEqual([])
    expect(flawsOf('a:\n   b: 1')).toEqual(['line 2: indentation'])
  })
})
