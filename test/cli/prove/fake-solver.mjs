/** A solver process that says that it is ready, and dies at the first question. */
process.on('message', () => process.exit(3))
process.send({ kind: 'ready', version: 'fake' })
