/** Timers are set by name and fire as events. One timer a name: setting it again moves it. */
export type TimerName =
  /** ELEC-11: send the notifications again. */
  | 'election.resend'
  /** ELEC-5: no better vote came within finalizeWait. */
  | 'election.finalize'
  /** DISC, SYNC: the phase must end within initLimit. LIVE-2. */
  | 'phase.limit'
  /** Leader: every half tick, PING all learners and check the quorum. BCAST-8. */
  | 'leader.ping'
  /** Leader and learner: half of syncLimit has passed; who was silent? BCAST-8. */
  | 'liveness'
  /** Learner: dial the leader again after a refused connection. */
  | 'learner.reconnect'
