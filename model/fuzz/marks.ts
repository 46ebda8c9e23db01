/** Reachability marks: situations in which bugs have hidden. A generator that never reaches one is blind there, and says so. */

export const marks = {
  // broadcast
  commit: 'a commit',
  twoInFlight: 'two proposals in flight',
  pipeline: 'a pipeline of five proposals or more',
  committedByOthers: "a commit before the leader's own disk has it",
  deliveredBeforeSync: 'a follower delivers before its own disk has it',
  thirdEpoch: 'a commit in a third epoch or later',
  inform: 'an observer delivers by INFORM',
  forwarded: 'a write is forwarded to the leader',
  // leadership
  uncommittedTail: 'leader change with an uncommitted tail',
  twoLeaders: 'two leaders at once, the old one not yet aware',
  leaderCrash: 'an established leader crashes',
  prospectiveCrash: 'a leader crashes before it is established',
  stepsDown: 'a leader without quorum steps down',
  dropsSilent: 'a leader drops a silent or lagging learner',
  // election and discovery
  threeRounds: 'a server goes through three rounds of election before it serves',
  earlyLearner: 'a learner comes to a leader that is still looking',
  refused: 'a promise is refused: the offered epoch is older',
  promisedLater: 'a leader gives up: a voter has promised a later epoch',
  notCounted: 'ACKEPOCH says "do not count me"',
  followerAhead: 'a follower is ahead of its leader, which gives up',
  // synchronization
  emptyDiff: 'DIFF without entries',
  diff: 'DIFF with entries',
  trunc: 'TRUNC',
  snap: 'SNAP',
  snapUnderLoad: 'SNAP while proposals are in flight',
  observerSynchronized: 'an observer is synchronized',
  // disks
  window: 'a crash between durable history and durable epoch',
  promiseLost: 'a crash loses an acceptedEpoch on its way to the disk',
  suffixLost: 'a crash loses un-synced log records',
  imageRestart: 'a server starts from a stored image',
  olderDisk: 'a restart with an older disk',
  emptyDisk: 'a restart with an empty disk',
  untoldLost: 'a voter keeps its vote: nobody had been told of what its older disk lacks',
  votesAgain: 'a voter votes again: it has made good the disk that it lost',
  imageStored: 'a state image is stored in the background',
  // operators
  reconfigured: 'a reconfiguration commits',
  joinerVotes: 'a joiner gets a vote',
  observerVotes: 'an observer becomes a voter',
  leaderLeaves: 'a leader reconfigures itself away',
  removedFollows: 'a server that was removed follows, without a vote',
  reconfigurationInterrupted: 'a leader crashes between the proposal of a reconfiguration and its commit',
  reconfigurationFinished: 'a new leader finishes a reconfiguration',
  reconfigurationCut: 'a reconfiguration is cut off by TRUNC',
  configurationAdopted: 'a server that looks for a leader adopts a newer configuration',
  // clients
  sessionMoved: 'a session moves to another server',
  movedRefused: 'a request is refused: its session has moved',
  sessionExpired: 'a session expires',
  ephemeralGone: 'an ephemeral node is deleted with its session',
  sequential: 'a sequential node is created',
  failedMulti: 'a multi with a failure',
  refusedWrite: 'a write is refused by its outcome (an error transaction)',
  syncAnswered: 'a sync is answered',
  watchFired: 'a watch fires',
  watchesRestored: 'watches are put back on a new connection',
  missedTold: 'a change is told that came while the watcher was away',
} as const satisfies Readonly<Record<string, string>>

export type Mark = keyof typeof marks

/** Told of each time that a situation comes up. */
export type Hit = (mark: Mark) => void
