// Prints the digest of a simulation, for a test that compares two processes.
import { simulate } from '../../../model/world/simulate.js'
import { digestOf } from './digest.js'

process.stdout.write(`${digestOf(simulate, Number(process.argv[2]))}\n`)
