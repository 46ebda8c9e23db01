/** One core alone, driven by hand: what the directed scenarios of the model use too. */
export * from '../../model/alone/server.js'
