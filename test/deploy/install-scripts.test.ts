// Installing runs nobody's code: wherever this repository installs packages or says how, install scripts are off.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const PLACES = ['README.md', 'CONTRIBUTING.md', 'package.json', 'docs', 'deploy', 'src', '.ci']

const filesIn = (place: string): readonly string[] =>
  /\.\w+$/.test(path.basename(place)) && !path.basename(place).startsWith('.')
    ? [place]
    : readdirSync(path.join(root, place), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))

/** In commands and sentences (`npm ci`), and in lists of arguments (`'ci', …`): those without `--ignore-scripts`. */
const careless = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => /\bnpm (ci|i|install|clean-install)\b|\['(ci|i|install|clean-install)'/.test(line))
    .filter((line) => !line.includes('--ignore-scripts'))

it('every install has scripts off', () => {
  const found = PLACES.flatMap(filesIn).flatMap((file) =>
    careless(readFileSync(path.join(root, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual([])
})

it.each(['RUN npm ci && x', '- run: npm install', "const args = ['ci', '--no-audit']"])('%s would be found', (line) => {
  expect(careless(`a\n${line}\nb`)).toEqual([line])
})

it('no package of the lock file needs one: those that bring one are known, and work without', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>
  }
  const withScripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)
  // esbuild's only makes its start a little faster.
  expect(withScripts.map(([name]) => name)).toEqual(['node_modules/esbuild'])
})
