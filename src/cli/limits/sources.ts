/** The sources in which limits are looked for: all that a server runs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Source } from './declared.js'

const ROOMS = ['core', 'service', 'server', 'wire', 'shell'] as const

/** `root`: of the checkout. */
export const limitSources = (root: string): readonly Source[] =>
  ROOMS.flatMap((room) =>
    readdirSync(join(root, 'src', room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => {
        const file = `src/${room}/${name}`
        return { file, text: readFileSync(join(root, file), 'utf8') }
      }),
  )
