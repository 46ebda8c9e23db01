/**
 * What stands behind `npm start`, `npm test` and the other scripts: plain Node, no dependency. It makes the checkout
 * ready (packages, then `dist/`), only as far as it is not, and then runs the task. All that it says goes to stderr.
 *
 *   node src/cli/bootstrap.mjs <task> [argument…]
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const LEAST_NODE = [20, 19]
const STAMP = '.stamp'
const LOCK = '.lock'
const LOCK_WAIT_MS = 600_000
const LOCK_POLL_MS = 100

/** What goes into dist/, and what decides how it is built. */
const FOLDERS = ['src', 'spec', 'model', 'proofs']
const SOURCES = [...FOLDERS, 'tsconfig.json', '.ci/tsconfig.build.json', 'package-lock.json']

const EXIT_VIOLATED = 1
const EXIT_USAGE = 2

// --- what is missing

/** Is this version of Node new enough? */
export const isSupported = (version) => {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
}

/**
 * Packages of the lock file that are absent, or there in another version. `installed` is npm's own record,
 * node_modules/.package-lock.json. Optional packages may be absent, most are for other platforms; npm never installs
 * what a lock file calls extraneous.
 */
export const missingPackages = (lockFile, installed) =>
  Object.entries(lockFile.packages)
    .filter(([where, wanted]) => {
      if (where === '' || wanted.extraneous === true) return false
      const found = installed.packages[where]
      const dispensable = wanted.optional === true || wanted.devOptional === true
      return found === undefined ? !dispensable : found.version !== wanted.version
    })
    .map(([where]) => where.replace(/^.*node_modules\//, ''))

/** A digest of names, sizes and times of all that goes into the build: another digest, another build. */
export const sourceDigest = (root) => {
  const hash = createHash('sha256')
  const add = (name) => {
    const file = path.join(root, name)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat?.isDirectory()) {
      for (const child of readdirSync(file).sort()) add(`${name}/${child}`)
    } else if (stat !== undefined && /\.(ts|json)$/.test(name)) hash.update(`${name}\0${stat.size}\0${stat.mtimeMs}\n`)
  }
  SOURCES.forEach(add)
  return hash.digest('hex')
}

/** Why packages must be installed; undefined when they need not be. */
export const installReason = (root) => {
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return 'node_modules is missing'
  const missing = missingPackages(readJson(path.join(root, 'package-lock.json')) ?? { packages: {} }, installed)
  if (missing.length === 0) return undefined
  return `node_modules differs from package-lock.json in ${missing.length} packages, such as ${missing[0]}`
}

/** Why dist/ must be built; undefined when it need not be. */
export const buildReason = (root) => {
  const stamp = readText(path.join(root, 'dist', STAMP))
  if (stamp === undefined) return 'there is no build'
  return stamp === sourceDigest(root) ? undefined : 'the sources have changed'
}

// --- one at a time

/**
 * Runs `work` while holding a lock file that names our process. Waits for another process that holds it; the lock of
 * a process that is no more is taken away.
 */
export const withLock = (file, work) => {
  mkdirSync(path.dirname(file), { recursive: true })
  const deadline = Date.now() + LOCK_WAIT_MS
  for (let said = false; !tryLock(file); ) {
    const holder = readText(file)
    if (holder !== undefined && !isAlive(Number(holder))) breakLock(file, holder)
    else if (Date.now() > deadline) throw new Error(`${file} is held by process ${holder}; end it or remove the file`)
    else {
      if (!said) say(`waiting for process ${holder ?? '?'}, which is preparing this checkout`)
      said = true
      pause(LOCK_POLL_MS)
    }
  }
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** Written elsewhere, then linked: the lock appears with its content, so nobody ever reads half a number. */
const tryLock = (file) => {
  const own = `${file}.${process.pid}.new`
  try {
    writeFileSync(own, String(process.pid))
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Of several processes that find the same dead holder one wins the rename; one that took a living lock gives it back. */
const breakLock = (file, holder) => {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (readText(aside) !== holder && !existsSync(file)) renameSync(aside, file)
  } catch {
    // Another process was faster.
  }
  rmSync(aside, { force: true })
}

const isAlive = (pid) => {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

// --- making ready

const install = (root) => {
  const reason = installReason(root)
  if (reason === undefined) return
  say(`npm ci --ignore-scripts: ${reason}`)
  const npm = process.env.npm_execpath
  // No package may run anything when it is installed; none of ours needs to.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund']
  quietly(npm === undefined ? 'npm' : process.execPath, npm === undefined ? args : [npm, ...args], root)
}

const build = (root) => {
  const reason = buildReason(root)
  if (reason === undefined) return
  say(`building dist/: ${reason}`)
  const dist = path.join(root, 'dist')
  const digest = sourceDigest(root)
  rmSync(path.join(dist, STAMP), { force: true })
  quietly(process.execPath, [tool(root, '@typescript/native/bin/tsc'), '-p', '.ci/tsconfig.build.json'], root)
  removeOrphans(root, dist)
  writeFileSync(path.join(dist, STAMP), digest)
}

/** Removes what was built from a source that is no more. Nothing else in dist/ is of any concern here. */
export const removeOrphans = (root, dist) => {
  for (const folder of FOLDERS.filter((name) => existsSync(path.join(dist, name))))
    for (const entry of readdirSync(path.join(dist, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue
      const built = path.join(entry.parentPath ?? entry.path, entry.name)
      const source = path.join(root, path.relative(dist, built).replace(/\.js(\.map)?$/, '.ts'))
      if (!existsSync(source)) rmSync(built)
    }
}

const prepare = (root, needsBuild) => {
  if (installReason(root) === undefined && (!needsBuild || buildReason(root) === undefined)) return
  withLock(path.join(root, 'dist', LOCK), () => {
    install(root)
    if (needsBuild) build(root)
  })
}

/** A step of the preparation. Its output goes to stderr; when it fails, so do we. */
const quietly = (command, args, cwd) => {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  throw new Error(`${[command, ...args].join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`)
}

// --- tasks

/** Inside this process, so that signals, standard streams and the exit code are the program's own. */
const here =
  (file, ...first) =>
  async (root, args) => {
    const program = path.join(root, file)
    process.argv = [process.execPath, program, ...first, ...args]
    await import(pathToFileURL(program).href)
  }

/** As a child: for tools that are not ours. Signals go on to it, its exit code is ours. */
const child =
  (program, ...first) =>
  (root, args) => {
    const started = spawn(process.execPath, [tool(root, program), ...first, ...args], { cwd: root, stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => started.kill(signal))
    return new Promise((resolve) => {
      started.on('error', (error) => resolve(fail(error.message)))
      started.on('exit', (code, signal) => resolve((process.exitCode = code ?? (signal === null ? 1 : 128))))
    })
  }

const tool = (root, name) => path.join(root, 'node_modules', name)

const MAIN = 'dist/src/cli/main.js'
const BIOME = ['@biomejs/biome/bin/biome', 'format', '--config-path=.ci/biome.format.json']
const FORMATTED = ['src', 'spec', 'model', 'proofs', 'test', '.ci']

const TASKS = {
  start: { needsBuild: true, run: here(MAIN, 'start') },
  zab: { needsBuild: true, run: here(MAIN) },
  bench: { needsBuild: true, run: here(MAIN, 'bench') },
  build: { needsBuild: true, run: () => undefined },
  test: { needsBuild: true, run: child('vitest/vitest.mjs', 'run', '--config', '.ci/vitest.config.ts') },
  typecheck: { needsBuild: false, run: child('@typescript/native/bin/tsc', '--noEmit', '-p', '.') },
  lint: { needsBuild: false, run: child('eslint/bin/eslint.js', '--config', '.ci/eslint.config.js', '.') },
  imports: { needsBuild: false, run: child('../.ci/imports.mjs') },
  format: { needsBuild: false, run: child(...BIOME, '--write', ...FORMATTED) },
  'format:check': { needsBuild: false, run: child(...BIOME, ...FORMATTED) },
}

const say = (text) => process.stderr.write(`zab: ${text}\n`)

const fail = (text, code = EXIT_VIOLATED) => {
  say(text)
  process.exitCode = code
}

const main = async ([name, ...args]) => {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined
  if (task === undefined) return fail(`no task "${name ?? ''}"; there are ${Object.keys(TASKS).join(', ')}`, EXIT_USAGE)
  const root = fileURLToPath(new URL('../..', import.meta.url))
  try {
    prepare(root, task.needsBuild)
  } catch (error) {
    return fail(error.message)
  }
  await task.run(root, args)
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function readJson(file) {
  const text = readText(file)
  return text === undefined ? undefined : JSON.parse(text)
}

/** False when a test imports this file. Node has resolved symbolic links in our own name, but not in argv. */
const isProgram = () =>
  process.argv[1] !== undefined &&
  existsSync(process.argv[1]) &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)

if (isProgram()) {
  if (isSupported(process.version)) await main(process.argv.slice(2))
  else {
    const wanted = LEAST_NODE.join('.')
    fail(`this is Node ${process.version}; Zab needs ${wanted} or newer (https://nodejs.org/en/download)`, EXIT_USAGE)
  }
}
