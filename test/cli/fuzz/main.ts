// The same, to be started as a process.
import { zab } from './program.js'

process.exit(await zab(process.argv.slice(2)))
