/** A solver process that cannot even start. */
process.exit(3)
