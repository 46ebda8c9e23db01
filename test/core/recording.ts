/** Rules that note every verdict of every premise; `zab clauses` uses them too. */
export { recording, unseen } from '../../model/recording.js'
