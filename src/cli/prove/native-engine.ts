/** A solver on PATH, one process a check: z3, and cvc5 for the cross-check. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import type { Answer, Check, Engine, Verdict } from './engine.js'
import { GRACE_MS } from './engine.js'

interface Solver {
  readonly command: string
  readonly name: string
  readonly options: (check: Check) => readonly string[]
}

const z3: Solver = {
  command: 'z3',
  name: 'Z3',
  options: ({ seed, timeoutMs }) => ['-in', `-t:${timeoutMs}`, `smt.random_seed=${seed}`, `sat.random_seed=${seed}`],
}

/** Instantiation by enumeration as the last resort makes it complete for unsatisfiable formulas of this fragment. */
const cvc5: Solver = {
  command: 'cvc5',
  name: 'cvc5',
  options: ({ seed, timeoutMs }) => [
    '--lang=smt2',
    '--full-saturate-quant',
    '--produce-unsat-assumptions',
    `--seed=${seed}`,
    `--tlimit-per=${timeoutMs}`,
  ],
}

/** The version of the solver; undefined when it is not on PATH. */
const versionOf = ({ command }: Solver): string | undefined => {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
  return status === 0 ? /(?<!\d)\d+\.\d+(\.\d+)*/.exec(stdout)?.[0] : undefined
}

export const nativeZ3 = (processes: number): Engine | undefined => engineOf(z3, processes)
export const nativeCvc5 = (processes: number): Engine | undefined => engineOf(cvc5, processes)

const engineOf = (solver: Solver, processes: number): Engine | undefined => {
  const version = versionOf(solver)
  if (version === undefined) return undefined
  const children = new Set<ChildProcess>()
  const queue: (() => void)[] = []
  const pump = (): void => {
    while (children.size < processes) {
      const run = queue.shift()
      if (run === undefined) return
      run()
    }
  }
  return {
    name: `${solver.name} ${version} (${solver.command} on PATH, ${processes} at once)`,
    check: (check) =>
      new Promise((resolve) => {
        queue.push(() => {
          const { child, answer } = ask(solver, check)
          children.add(child)
          void answer.then((given) => {
            children.delete(child)
            resolve(given)
            pump()
          })
        })
        pump()
      }),
    close: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}

const ask = (solver: Solver, check: Check): { readonly child: ChildProcess; readonly answer: Promise<Answer> } => {
  const begunMs = performance.now()
  const child = spawn(solver.command, solver.options(check), { stdio: ['pipe', 'pipe', 'ignore'] })
  const answer = new Promise<Answer>((resolve) => {
    let output = ''
    const guard = setTimeout(() => child.kill('SIGKILL'), check.timeoutMs + GRACE_MS)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    const end = (reason: string): void => {
      clearTimeout(guard)
      resolve(read(output, reason, performance.now() - begunMs))
    }
    child.once('error', (error) => end(error.message))
    child.once('close', () => end(''))
    child.stdin.on('error', () => undefined)
    child.stdin.end(scriptOf(check))
  })
  return { child, answer }
}

const scriptOf = ({ text, assumptions }: Check): string =>
  assumptions.length === 0
    ? `(set-logic UF)\n${text}\n(check-sat)\n`
    : `(set-option :produce-unsat-assumptions true)\n(set-logic UF)\n${text}\n(check-sat-assuming (${assumptions.join(' ')}))\n(get-unsat-assumptions)\n`

/** The first word counts. Whatever is not `unsat` or `sat` is no answer. */
const read = (output: string, reason: string, ms: number): Answer => {
  const [first = '', ...rest] = output.trim().split('\n')
  const verdict: Verdict = first === 'unsat' || first === 'sat' ? first : 'unknown'
  return {
    verdict,
    reason: verdict === 'unknown' ? reason || first || 'no answer' : '',
    core:
      verdict === 'unsat'
        ? rest
            .join(' ')
            .replace(/[()]/g, ' ')
            .split(/\s+/)
            .filter((word) => word !== '')
        : [],
    model: '',
    ms,
  }
}
