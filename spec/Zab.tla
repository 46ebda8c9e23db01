------------------------------ MODULE Zab ------------------------------
\* Generated from the same value as the proof obligations: do not edit, change the system instead.
\*
\* A relation is a set of tuples. To check a small instance with TLC, put these two files beside this one and
\* run `tlc -simulate -depth 40 MC.tla`. All states, by `tlc MC.tla`, are too many but for the smallest instances.
\*
\* MC.tla:
\*
\*     ---- MODULE MC ----
\*     EXTENDS Zab, Naturals, FiniteSets
\*     MCNode == 1..3
\*     MCQuorum == {nodes \in SUBSET (1..3) : Cardinality(nodes) >= 2}
\*     MCEpoch == 0..2
\*     MCTransaction == {<<0, 0>>, <<1, 1>>, <<1, 2>>, <<2, 1>>}
\*     MCmember == {<<n, q>> \in MCNode \X MCQuorum : n \in q}
\*     MCepochAtMost == {<<e, f>> \in MCEpoch \X MCEpoch : e <= f}
\*     MCatMost == {<<t, u>> \in MCTransaction \X MCTransaction : t[1] < u[1] \/ (t[1] = u[1] /\ t[2] <= u[2])}
\*     MCepochOf == [t \in MCTransaction |-> t[1]]
\*     MCgenesis == 0
\*     MCorigin == <<0, 0>>
\*     MCInit ==
\*       /\ leaderOf = CHOOSE value \in [Epoch -> Node] : TRUE
\*       /\ discoveryQuorum = CHOOSE value \in [Epoch -> Quorum] : TRUE
\*       /\ adoptionQuorum = CHOOSE value \in [Epoch -> Quorum] : TRUE
\*       /\ commitQuorum = CHOOSE value \in [Transaction -> Quorum] : TRUE
\*       /\ Init
\*     ====
\*
\* MC.cfg:
\*
\*     CONSTANTS
\*       Node <- MCNode
\*       Quorum <- MCQuorum
\*       Epoch <- MCEpoch
\*       Transaction <- MCTransaction
\*       member <- MCmember
\*       epochAtMost <- MCepochAtMost
\*       atMost <- MCatMost
\*       epochOf <- MCepochOf
\*       genesis <- MCgenesis
\*       origin <- MCorigin
\*     INIT MCInit
\*     NEXT Next
\*     INVARIANTS TypeOK Properties Invariant
\*
\* MCInit fixes what Init leaves open: values that say nothing until an action sets them, but very many.
\* For Apalache types are given. TypeOK /\ Invariant is the initial predicate of an inductive step.

CONSTANTS
  \* @type: Set(NODE);
  Node,
  \* @type: Set(QUORUM);
  Quorum,
  \* @type: Set(EPOCH);
  Epoch,
  \* @type: Set(TRANSACTION);
  Transaction,
  \* @type: Set(<<NODE, QUORUM>>);
  member,
  \* @type: Set(<<EPOCH, EPOCH>>);
  epochAtMost,
  \* @type: Set(<<TRANSACTION, TRANSACTION>>);
  atMost,
  \* @type: TRANSACTION -> EPOCH;
  epochOf,
  \* @type: EPOCH;
  genesis,
  \* @type: TRANSACTION;
  origin

\* order
ASSUME EpochsAreReflexive ==
  \A e \in Epoch : <<e, e>> \in epochAtMost

\* order
ASSUME EpochsAreAntisymmetric ==
  \A e \in Epoch, f \in Epoch : (<<e, f>> \in epochAtMost /\ <<f, e>> \in epochAtMost) => e = f

\* order
ASSUME EpochsAreTransitive ==
  \A e \in Epoch, f \in Epoch, g \in Epoch :
    (<<e, f>> \in epochAtMost /\ <<f, g>> \in epochAtMost) => <<e, g>> \in epochAtMost

\* order
ASSUME EpochsAreTotal ==
  \A e \in Epoch, f \in Epoch : <<e, f>> \in epochAtMost \/ <<f, e>> \in epochAtMost

\* order
ASSUME GenesisIsTheLeastEpoch ==
  \A e \in Epoch : <<genesis, e>> \in epochAtMost

\* order
ASSUME ZxidsAreReflexive ==
  \A t \in Transaction : <<t, t>> \in atMost

\* order
ASSUME ZxidsAreAntisymmetric ==
  \A t \in Transaction, u \in Transaction : (<<t, u>> \in atMost /\ <<u, t>> \in atMost) => t = u

\* order
ASSUME ZxidsAreTransitive ==
  \A t \in Transaction, u \in Transaction, v \in Transaction :
    (<<t, u>> \in atMost /\ <<u, v>> \in atMost) => <<t, v>> \in atMost

\* order
ASSUME ZxidsAreTotal ==
  \A t \in Transaction, u \in Transaction : <<t, u>> \in atMost \/ <<u, t>> \in atMost

\* order
ASSUME OriginIsTheLeastZxid ==
  \A t \in Transaction : <<origin, t>> \in atMost

\* a zxid is <epoch, counter>
ASSUME ZxidsGoByEpochFirst ==
  \A t \in Transaction, u \in Transaction :
    <<t, u>> \in atMost => <<epochOf[t], epochOf[u]>> \in epochAtMost

\* zxid <0, 0>
ASSUME OriginIsOfGenesis ==
  epochOf[origin] = genesis

\* nobody proposes in epoch 0
ASSUME NothingElseIsOfGenesis ==
  \A t \in Transaction : epochOf[t] = genesis => t = origin

\* QUO-1: all that the protocol needs of them
ASSUME QuorumsIntersect ==
  \A q \in Quorum, r \in Quorum : \E n \in Node : <<n, q>> \in member /\ <<n, r>> \in member

VARIABLES
  \* @type: Set(<<NODE, EPOCH, NODE>>);
  promisedTo,
  \* @type: Set(<<NODE, EPOCH>>);
  promised,
  \* @type: Set(<<NODE, EPOCH>>);
  left,
  \* @type: Set(<<NODE, EPOCH, TRANSACTION>>);
  reported,
  \* @type: Set(<<NODE, EPOCH, EPOCH>>);
  reportedLineage,
  \* @type: Set(<<NODE, TRANSACTION>>);
  log,
  \* @type: Set(<<NODE, TRANSACTION>>);
  durable,
  \* @type: Set(<<NODE, EPOCH>>);
  lineage,
  \* @type: Set(EPOCH);
  started,
  \* @type: Set(<<EPOCH, TRANSACTION>>);
  history,
  \* @type: EPOCH -> NODE;
  leaderOf,
  \* @type: EPOCH -> QUORUM;
  discoveryQuorum,
  \* @type: Set(<<NODE, EPOCH>>);
  adopted,
  \* @type: Set(EPOCH);
  established,
  \* @type: EPOCH -> QUORUM;
  adoptionQuorum,
  \* @type: Set(<<NODE, TRANSACTION>>);
  acknowledged,
  \* @type: Set(<<EPOCH, TRANSACTION>>);
  committedIn,
  \* @type: Set(TRANSACTION);
  committed,
  \* @type: TRANSACTION -> EPOCH;
  committer,
  \* @type: TRANSACTION -> QUORUM;
  commitQuorum,
  \* @type: Set(<<NODE, TRANSACTION>>);
  delivered,
  \* @type: Set(<<NODE, TRANSACTION, TRANSACTION>>);
  deliveredBefore,
  \* @type: Set(<<TRANSACTION, TRANSACTION>>);
  deliveredAtBroadcast

vars == <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage, started,
          history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum, acknowledged,
          committedIn, committed, committer, commitQuorum, delivered, deliveredBefore,
          deliveredAtBroadcast>>

TypeOK ==
  /\ promisedTo \in SUBSET (Node \X Epoch \X Node)
  /\ promised \in SUBSET (Node \X Epoch)
  /\ left \in SUBSET (Node \X Epoch)
  /\ reported \in SUBSET (Node \X Epoch \X Transaction)
  /\ reportedLineage \in SUBSET (Node \X Epoch \X Epoch)
  /\ log \in SUBSET (Node \X Transaction)
  /\ durable \in SUBSET (Node \X Transaction)
  /\ lineage \in SUBSET (Node \X Epoch)
  /\ started \in SUBSET Epoch
  /\ history \in SUBSET (Epoch \X Transaction)
  /\ leaderOf \in [Epoch -> Node]
  /\ discoveryQuorum \in [Epoch -> Quorum]
  /\ adopted \in SUBSET (Node \X Epoch)
  /\ established \in SUBSET Epoch
  /\ adoptionQuorum \in [Epoch -> Quorum]
  /\ acknowledged \in SUBSET (Node \X Transaction)
  /\ committedIn \in SUBSET (Epoch \X Transaction)
  /\ committed \in SUBSET Transaction
  /\ committer \in [Transaction -> Epoch]
  /\ commitQuorum \in [Transaction -> Quorum]
  /\ delivered \in SUBSET (Node \X Transaction)
  /\ deliveredBefore \in SUBSET (Node \X Transaction \X Transaction)
  /\ deliveredAtBroadcast \in SUBSET (Transaction \X Transaction)

Init ==
  /\ promisedTo = {<<n, e, l>> \in Node \X Epoch \X Node : FALSE}
  /\ promised = {<<n, e>> \in Node \X Epoch : FALSE}
  /\ left = {<<n, e>> \in Node \X Epoch : FALSE}
  /\ reported = {<<n, e, t>> \in Node \X Epoch \X Transaction : FALSE}
  /\ reportedLineage = {<<n, e, f>> \in Node \X Epoch \X Epoch : FALSE}
  /\ log = {<<n, t>> \in Node \X Transaction : t = origin}
  /\ durable = {<<n, t>> \in Node \X Transaction : t = origin}
  /\ lineage = {<<n, e>> \in Node \X Epoch : e = genesis}
  /\ started = {e \in Epoch : e = genesis}
  /\ history = {<<e, t>> \in Epoch \X Transaction : e = genesis /\ t = origin}
  /\ leaderOf \in [Epoch -> Node]
  /\ discoveryQuorum \in [Epoch -> Quorum]
  /\ adopted = {<<n, e>> \in Node \X Epoch : e = genesis}
  /\ established = {e \in Epoch : e = genesis}
  /\ adoptionQuorum \in [Epoch -> Quorum]
  /\ acknowledged = {<<n, t>> \in Node \X Transaction : FALSE}
  /\ committedIn = {<<e, t>> \in Epoch \X Transaction : e = genesis /\ t = origin}
  /\ committed = {t \in Transaction : t = origin}
  /\ committer = [t \in Transaction |-> genesis]
  /\ commitQuorum \in [Transaction -> Quorum]
  /\ delivered = {<<n, t>> \in Node \X Transaction : t = origin}
  /\ deliveredBefore = {<<n, t, u>> \in Node \X Transaction \X Transaction : FALSE}
  /\ deliveredAtBroadcast = {<<t, u>> \in Transaction \X Transaction : FALSE}

\* Stands for: acceptedEpoch durable; then LEADERINFO at the leader, ACKEPOCH at a learner.
\* Clauses: DISC-3, DISC-4, DISC-7, RECV-1, RECV-2.
Promise(server, leader, epoch) ==
  \* a real epoch
  /\ epoch # genesis
  \* not promised before
  /\ <<server, epoch>> \notin promised
  \* no later promise
  /\ <<server, epoch>> \notin left
  /\ promisedTo' = {<<n, e, l>> \in Node \X Epoch \X Node :
       <<n, e, l>> \in promisedTo \/ (n = server /\ e = epoch /\ l = leader)}
  /\ promised' = {<<n, e>> \in Node \X Epoch : <<n, e>> \in promised \/ (n = server /\ e = epoch)}
  /\ left' = {<<n, e>> \in Node \X Epoch :
       <<n, e>> \in left \/ (n = server /\ <<e, epoch>> \in epochAtMost /\ e # epoch)}
  /\ reported' = {<<n, e, t>> \in Node \X Epoch \X Transaction :
       <<n, e, t>> \in reported \/ (n = server /\ e = epoch /\ <<n, t>> \in log)}
  /\ reportedLineage' = {<<n, e, f>> \in Node \X Epoch \X Epoch :
       <<n, e, f>> \in reportedLineage \/ (n = server /\ e = epoch /\ <<n, f>> \in lineage)}
  /\ UNCHANGED <<log, durable, lineage, started, history, leaderOf, discoveryQuorum, adopted,
                 established, adoptionQuorum, acknowledged, committedIn, committed, committer,
                 commitQuorum, delivered, deliveredBefore, deliveredAtBroadcast>>

\* Stands for: ACKEPOCH from a quorum, none of them more recent than the leader.
\* Clauses: DISC-2, DISC-5, DISC-7.
StartEpoch(leader, epoch, quorum, source, adoptedEpoch, sourceLineage, zxid) ==
  \* a quorum has promised
  /\ \A n \in Node : <<n, quorum>> \in member => <<n, epoch, leader>> \in promisedTo
  \* not started by this leader before
  /\ ~(epoch \in started /\ leaderOf[epoch] = leader)
  \* the source is of the quorum
  /\ <<source, quorum>> \in member
  \* an epoch that the source adopted
  /\ /\ <<source, adoptedEpoch>> \in adopted
     /\ <<adoptedEpoch, epoch>> \in epochAtMost
     /\ adoptedEpoch # epoch
  \* nobody adopted a later epoch
  /\ \A n \in Node, f \in Epoch :
       (/\ <<n, quorum>> \in member
        /\ <<n, f>> \in adopted
        /\ <<f, epoch>> \in epochAtMost
        /\ f # epoch)
         => <<f, adoptedEpoch>> \in epochAtMost
  \* the lineage of the source
  /\ <<source, epoch, sourceLineage>> \in reportedLineage
  \* the last zxid of the source
  /\ /\ <<source, epoch, zxid>> \in reported
     /\ (\A t \in Transaction : <<source, epoch, t>> \in reported => <<t, zxid>> \in atMost)
  \* nobody of that epoch has a later zxid
  /\ \A n \in Node, t \in Transaction :
       (<<n, quorum>> \in member /\ <<n, adoptedEpoch>> \in adopted /\ <<n, epoch, t>> \in reported)
         => <<t, zxid>> \in atMost
  /\ started' = {e \in Epoch : e \in started \/ e = epoch}
  /\ history' = {<<e, t>> \in Epoch \X Transaction :
       (e = epoch /\ <<source, epoch, t>> \in reported) \/ (e # epoch /\ <<e, t>> \in history)}
  /\ leaderOf' = [e \in Epoch |-> IF e = epoch THEN leader ELSE leaderOf[e]]
  /\ discoveryQuorum' = [e \in Epoch |-> IF e = epoch THEN quorum ELSE discoveryQuorum[e]]
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 adopted, established, adoptionQuorum, acknowledged, committedIn, committed,
                 committer, commitQuorum, delivered, deliveredBefore, deliveredAtBroadcast>>

\* Stands for: DIFF, TRUNC, SNAP, PROPOSAL, INFORM reaching the log.
\* Clauses: SYNC-1, SYNC-4, SYNC-7, SYNC-10, SYNC-14, BCAST-2, OBS-2.
Synchronize(server, epoch, point, former) ==
  \* the lineage so far
  /\ <<server, former>> \in lineage
  \* the epoch is promised
  /\ <<server, epoch>> \in promised
  \* no later promise
  /\ <<server, epoch>> \notin left
  \* the point is in the history
  /\ <<epoch, point>> \in history
  \* keeps what it shares with the history
  /\ \A t \in Transaction :
       (<<server, t>> \in log /\ <<epoch, t>> \in history /\ <<point, t>> \in atMost /\ point # t)
         => (/\ epochOf[t] = epoch
             /\ (~(<<epoch, t>> \in committedIn /\ <<server, commitQuorum[t]>> \in member)))
  /\ log' = {<<n, t>> \in Node \X Transaction :
       \/ (n = server /\ <<epoch, t>> \in history /\ <<t, point>> \in atMost)
       \/ (n # server /\ <<n, t>> \in log)}
  /\ durable' = {<<n, t>> \in Node \X Transaction :
       <<n, t>> \in durable /\ (n = server => (<<epoch, t>> \in history /\ <<t, point>> \in atMost))}
  /\ lineage' = {<<n, e>> \in Node \X Epoch :
       (n = server /\ e = epoch) \/ (n # server /\ <<n, e>> \in lineage)}
  /\ acknowledged' = {<<n, t>> \in Node \X Transaction :
       /\ <<n, t>> \in acknowledged
       /\ (~(n = server /\ epochOf[t] = epoch /\ <<point, t>> \in atMost /\ point # t))}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, started, history, leaderOf,
                 discoveryQuorum, adopted, established, adoptionQuorum, committedIn, committed,
                 committer, commitQuorum, delivered, deliveredBefore, deliveredAtBroadcast>>

\* Stands for: fsync.
\* Clauses: RECV-6, RECV-12.
Flush(server, point) ==
  /\ durable' = {<<n, t>> \in Node \X Transaction :
       <<n, t>> \in durable \/ (n = server /\ <<n, t>> \in log /\ <<t, point>> \in atMost)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, lineage, started,
                 history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 acknowledged, committedIn, committed, committer, commitQuorum, delivered,
                 deliveredBefore, deliveredAtBroadcast>>

\* Stands for: currentEpoch durable; then ACK of NEWLEADER.
\* Clauses: SYNC-2, RECV-3, RECV-4, RECV-5, DISC-6.
Adopt(server, epoch) ==
  \* the log is of this epoch
  /\ <<server, epoch>> \in lineage
  \* no later promise
  /\ <<server, epoch>> \notin left
  \* the initial history is durable
  /\ \A t \in Transaction :
       (<<epoch, t>> \in history /\ (epochOf[t] # epoch \/ epoch = genesis))
         => <<server, t>> \in durable
  /\ adopted' = {<<n, e>> \in Node \X Epoch : <<n, e>> \in adopted \/ (n = server /\ e = epoch)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, history, leaderOf, discoveryQuorum, established, adoptionQuorum,
                 acknowledged, committedIn, committed, committer, commitQuorum, delivered,
                 deliveredBefore, deliveredAtBroadcast>>

\* Stands for: ACK of NEWLEADER from a quorum; UPTODATE.
\* Clauses: SYNC-3, SYNC-5.
Establish(epoch, quorum) ==
  \* a quorum has adopted
  /\ \A n \in Node : <<n, quorum>> \in member => <<n, epoch>> \in adopted
  /\ established' = {e \in Epoch : e \in established \/ e = epoch}
  /\ adoptionQuorum' = [e \in Epoch |-> IF e = epoch THEN quorum ELSE adoptionQuorum[e]]
  /\ committed' = {t \in Transaction :
       t \in committed \/ (<<epoch, t>> \in history /\ (epochOf[t] # epoch \/ epoch = genesis))}
  /\ committedIn' = {<<e, t>> \in Epoch \X Transaction :
       \/ <<e, t>> \in committedIn
       \/ (e = epoch /\ <<epoch, t>> \in history /\ (epochOf[t] # epoch \/ epoch = genesis))}
  /\ committer' = [t \in Transaction |-> IF /\ <<epoch, t>> \in history
                                            /\ (epochOf[t] # epoch \/ epoch = genesis)
                                            /\ t \notin committed
                                         THEN epoch
                                         ELSE committer[t]]
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, history, leaderOf, discoveryQuorum, adopted, acknowledged, commitQuorum,
                 delivered, deliveredBefore, deliveredAtBroadcast>>

\* Stands for: PROPOSAL.
\* Clauses: BCAST-1, BCAST-4.
Propose(epoch, zxid) ==
  \* the epoch is established
  /\ epoch \in established
  \* a zxid of the epoch
  /\ epochOf[zxid] = epoch
  \* after all of its history
  /\ \A t \in Transaction : <<epoch, t>> \in history => (<<t, zxid>> \in atMost /\ t # zxid)
  \* the primary has delivered the initial history
  /\ \A t \in Transaction :
       (<<epoch, t>> \in history /\ (epochOf[t] # epoch \/ epoch = genesis))
         => <<leaderOf[epoch], t>> \in delivered
  /\ history' = {<<e, t>> \in Epoch \X Transaction :
       <<e, t>> \in history \/ (e = epoch /\ t = zxid)}
  /\ deliveredAtBroadcast' = {<<t, u>> \in Transaction \X Transaction :
       \/ (t = zxid /\ <<leaderOf[epoch], u>> \in delivered)
       \/ (t # zxid /\ <<t, u>> \in deliveredAtBroadcast)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 acknowledged, committedIn, committed, committer, commitQuorum, delivered,
                 deliveredBefore>>

\* Stands for: ACK.
\* Clauses: BCAST-3, BCAST-4, RECV-6.
Acknowledge(server, zxid) ==
  \* the log is of its epoch
  /\ <<server, epochOf[zxid]>> \in lineage
  \* its epoch is adopted
  /\ <<server, epochOf[zxid]>> \in adopted
  \* no later promise
  /\ <<server, epochOf[zxid]>> \notin left
  \* it is durable
  /\ <<server, zxid>> \in durable
  \* a proposal
  /\ zxid # origin
  /\ acknowledged' = {<<n, t>> \in Node \X Transaction :
       \/ <<n, t>> \in acknowledged
       \/ (/\ n = server
           /\ epochOf[t] = epochOf[zxid]
           /\ <<server, t>> \in log
           /\ <<t, zxid>> \in atMost)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 committedIn, committed, committer, commitQuorum, delivered, deliveredBefore,
                 deliveredAtBroadcast>>

\* Stands for: ACK from a quorum; COMMIT and INFORM.
\* Clauses: BCAST-5.
Commit(zxid, quorum) ==
  \* a quorum has acknowledged
  /\ \A n \in Node : <<n, quorum>> \in member => <<n, zxid>> \in acknowledged
  /\ committed' = {t \in Transaction :
       t \in committed \/ (<<epochOf[zxid], t>> \in history /\ <<t, zxid>> \in atMost)}
  /\ committedIn' = {<<e, t>> \in Epoch \X Transaction :
       \/ <<e, t>> \in committedIn
       \/ (e = epochOf[zxid] /\ <<epochOf[zxid], t>> \in history /\ <<t, zxid>> \in atMost)}
  /\ committer' = [t \in Transaction |-> IF /\ <<epochOf[zxid], t>> \in history
                                            /\ <<t, zxid>> \in atMost
                                            /\ t \notin committed
                                         THEN epochOf[zxid]
                                         ELSE committer[t]]
  /\ commitQuorum' = [t \in Transaction |-> IF /\ epochOf[t] = epochOf[zxid]
                                               /\ <<epochOf[zxid], t>> \in history
                                               /\ <<t, zxid>> \in atMost
                                            THEN quorum
                                            ELSE commitQuorum[t]]
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 acknowledged, delivered, deliveredBefore, deliveredAtBroadcast>>

\* Stands for: Deliver, and the state in a SNAP.
\* Clauses: BCAST-6, BCAST-7, SYNC-3.
Deliver(server, zxid) ==
  \* it is committed
  /\ zxid \in committed
  \* not delivered yet
  /\ <<server, zxid>> \notin delivered
  \* in order
  /\ \A t \in Transaction :
       (t \in committed /\ <<t, zxid>> \in atMost /\ t # zxid) => <<server, t>> \in delivered
  /\ delivered' = {<<n, t>> \in Node \X Transaction :
       <<n, t>> \in delivered \/ (n = server /\ t = zxid)}
  /\ deliveredBefore' = {<<n, t, u>> \in Node \X Transaction \X Transaction :
       <<n, t, u>> \in deliveredBefore \/ (n = server /\ u = zxid /\ <<n, t>> \in delivered)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, log, durable, lineage,
                 started, history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 acknowledged, committedIn, committed, committer, commitQuorum, deliveredAtBroadcast>>

\* Stands for: crash, restart; InstallSnapshot of an older image.
\* Clauses: RECV-10, RECV-13, SYNC-8.
Crash(server, point, image) ==
  \* loses nothing durable
  /\ \A t \in Transaction :
       (<<server, t>> \in log /\ <<point, t>> \in atMost /\ point # t)
         => <<server, t>> \notin durable
  /\ log' = {<<n, t>> \in Node \X Transaction :
       <<n, t>> \in log /\ (n = server => <<t, point>> \in atMost)}
  /\ delivered' = {<<n, t>> \in Node \X Transaction :
       <<n, t>> \in delivered /\ (n = server => <<t, image>> \in atMost)}
  /\ deliveredBefore' = {<<n, t, u>> \in Node \X Transaction \X Transaction :
       <<n, t, u>> \in deliveredBefore /\ (n = server => <<u, image>> \in atMost)}
  /\ UNCHANGED <<promisedTo, promised, left, reported, reportedLineage, durable, lineage, started,
                 history, leaderOf, discoveryQuorum, adopted, established, adoptionQuorum,
                 acknowledged, committedIn, committed, committer, commitQuorum, deliveredAtBroadcast>>

Next ==
  \/ \E server \in Node, leader \in Node, epoch \in Epoch :
       Promise(server, leader, epoch)
  \/ \E leader \in Node, epoch \in Epoch, quorum \in Quorum, source \in Node, adoptedEpoch \in Epoch,
        sourceLineage \in Epoch, zxid \in Transaction :
       StartEpoch(leader, epoch, quorum, source, adoptedEpoch, sourceLineage, zxid)
  \/ \E server \in Node, epoch \in Epoch, point \in Transaction, former \in Epoch :
       Synchronize(server, epoch, point, former)
  \/ \E server \in Node, point \in Transaction :
       Flush(server, point)
  \/ \E server \in Node, epoch \in Epoch :
       Adopt(server, epoch)
  \/ \E epoch \in Epoch, quorum \in Quorum :
       Establish(epoch, quorum)
  \/ \E epoch \in Epoch, zxid \in Transaction :
       Propose(epoch, zxid)
  \/ \E server \in Node, zxid \in Transaction :
       Acknowledge(server, zxid)
  \/ \E zxid \in Transaction, quorum \in Quorum :
       Commit(zxid, quorum)
  \/ \E server \in Node, zxid \in Transaction :
       Deliver(server, zxid)
  \/ \E server \in Node, point \in Transaction, image \in Transaction :
       Crash(server, point, image)

Spec == Init /\ [][Next]_vars

\* whatever is delivered was broadcast by some primary
Integrity ==
  \A n \in Node, t \in Transaction :
    (<<n, t>> \in delivered /\ epochOf[t] # genesis)
      => (<<epochOf[t], t>> \in history /\ epochOf[t] # genesis)

\* if one process delivers t before u, every process that delivers u delivers t, and before u
TotalOrder ==
  \A n \in Node, m \in Node, t \in Transaction, u \in Transaction :
    (<<n, t, u>> \in deliveredBefore /\ <<m, u>> \in delivered)
      => (<<m, t>> \in delivered /\ <<m, t, u>> \in deliveredBefore)

\* of two delivered transactions one process delivers both
Agreement ==
  \A n \in Node, m \in Node, t \in Transaction, u \in Transaction :
    (<<n, t>> \in delivered /\ <<m, u>> \in delivered)
      => (<<m, t>> \in delivered \/ <<n, u>> \in delivered)

\* what one primary broadcast earlier is delivered earlier, by everybody who delivers the later one
LocalPrimaryOrder ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (/\ <<epochOf[t], t>> \in history
     /\ epochOf[t] # genesis
     /\ <<epochOf[u], u>> \in history
     /\ epochOf[u] # genesis
     /\ epochOf[t] = epochOf[u]
     /\ <<t, u>> \in atMost
     /\ t # u
     /\ <<n, u>> \in delivered)
      => (<<n, t>> \in delivered /\ <<n, t, u>> \in deliveredBefore)

\* what a former primary broadcast is delivered before what a later one broadcast
GlobalPrimaryOrder ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (/\ <<n, t>> \in delivered
     /\ <<n, u>> \in delivered
     /\ <<epochOf[t], epochOf[u]>> \in epochAtMost
     /\ epochOf[t] # epochOf[u])
      => <<n, t, u>> \in deliveredBefore

\* a primary has delivered, before it broadcasts, all that anybody ever delivers of former primaries
PrimaryIntegrity ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (/\ <<n, t>> \in delivered
     /\ <<epochOf[u], u>> \in history
     /\ epochOf[u] # genesis
     /\ <<epochOf[t], epochOf[u]>> \in epochAtMost
     /\ epochOf[t] # epochOf[u])
      => <<u, t>> \in deliveredAtBroadcast

\* a server promises an epoch once (DISC-4, DISC-7)
OneLeaderAPromise ==
  \A n \in Node, e \in Epoch, l \in Node, m \in Node :
    (<<n, e, l>> \in promisedTo /\ <<n, e, m>> \in promisedTo) => l = m

\* the two relations agree
PromisedToSomebody ==
  \A n \in Node, e \in Epoch, l \in Node :
    <<n, e, l>> \in promisedTo => (<<n, e>> \in promised /\ e # genesis)

\* nobody promises epoch 0
PromisesAreReal ==
  \A n \in Node : <<n, genesis>> \notin promised

\* acceptedEpoch is a promise to help nobody lower (DISC-4)
APromiseLeavesWhatIsBelow ==
  \A n \in Node, e \in Epoch, f \in Epoch :
    (<<n, e>> \in promised /\ <<f, e>> \in epochAtMost /\ f # e) => <<n, f>> \in left

\* the same promise
LeftDownward ==
  \A n \in Node, e \in Epoch, f \in Epoch :
    (<<n, e>> \in left /\ <<f, e>> \in epochAtMost /\ f # e) => <<n, f>> \in left

\* an epoch has started because a quorum promised it to its leader (DISC-2, DISC-5)
DiscoveryQuorum ==
  \A n \in Node, e \in Epoch :
    (e \in started /\ e # genesis /\ <<n, discoveryQuorum[e]>> \in member)
      => <<n, e, leaderOf[e]>> \in promisedTo

\* epoch 0 was over before anything began, and its history is empty
Genesis ==
  /\ genesis \in started
  /\ genesis \in established
  /\ origin \in committed
  /\ (\A n \in Node : <<n, genesis>> \in adopted /\ <<n, origin>> \in delivered)
  /\ (\A t \in Transaction : <<genesis, t>> \in history => t = origin)

\* a history belongs to an epoch that has started, and holds nothing of later ones
HistoryOfStarted ==
  \A e \in Epoch, t \in Transaction :
    <<e, t>> \in history => (e \in started /\ <<epochOf[t], e>> \in epochAtMost)

\* histories that share a transaction are equal up to it
HistoriesAgreeBelow ==
  \A e \in Epoch, t \in Transaction, u \in Transaction :
    (<<e, t>> \in history /\ <<u, t>> \in atMost)
      => (<<e, u>> \in history <=> <<epochOf[t], u>> \in history)

\* every history begins with the empty one
OriginInHistory ==
  \A e \in Epoch : e \in started => <<e, origin>> \in history

\* only an established leader proposes (BCAST-1)
ProposedOnceEstablished ==
  \A e \in Epoch, t \in Transaction : (<<e, t>> \in history /\ epochOf[t] = e) => e \in established

\* first the history, then the acknowledgements of it (SYNC-3)
EstablishedWasStarted ==
  \A e \in Epoch : e \in established => e \in started

\* a log is a prefix of the history that it was last synchronized with
OneLineage ==
  \A n \in Node, e \in Epoch, f \in Epoch : (<<n, e>> \in lineage /\ <<n, f>> \in lineage) => e = f

\* a server synchronizes with epochs that it has promised (SYNC-2)
LineageOfAPromise ==
  \A n \in Node, e \in Epoch :
    <<n, e>> \in lineage => (e \in started /\ (e = genesis \/ <<n, e>> \in promised))

\* the empty log cannot be lost
OriginIsDurable ==
  \A n \in Node : <<n, origin>> \in log /\ <<n, origin>> \in durable

\* nothing foreign stays in a log (SYNC-4, BCAST-2)
LogWithinLineage ==
  \A n \in Node, e \in Epoch, t \in Transaction :
    (<<n, e>> \in lineage /\ <<n, t>> \in log) => <<e, t>> \in history

\* and nothing is missing before its end (SYNC-7, SYNC-11)
LogIsAPrefix ==
  \A n \in Node, e \in Epoch, t \in Transaction, u \in Transaction :
    (<<n, e>> \in lineage /\ <<n, t>> \in log /\ <<e, u>> \in history /\ <<u, t>> \in atMost)
      => <<n, u>> \in log

\* what is on disk is in the log
DurableIsOfTheLog ==
  \A n \in Node, t \in Transaction : <<n, t>> \in durable => <<n, t>> \in log

\* the log is synced in order (BCAST-3)
DurableIsAPrefix ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (<<n, t>> \in durable /\ <<n, u>> \in log /\ <<u, t>> \in atMost) => <<n, u>> \in durable

\* currentEpoch follows the log, never the other way (SYNC-2, RECV-3)
AdoptedUpToLineage ==
  \A n \in Node, e \in Epoch, f \in Epoch :
    (<<n, e>> \in adopted /\ <<n, f>> \in lineage) => <<e, f>> \in epochAtMost

\* a report goes with a promise, and tells of an earlier epoch (DISC-4)
ReportsOfPromises ==
  \A n \in Node, e \in Epoch, f \in Epoch, t \in Transaction :
    /\ (<<n, e, f>> \in reportedLineage
          => (<<n, e>> \in promised /\ <<f, e>> \in epochAtMost /\ f # e /\ f \in started))
    /\ (<<n, e, t>> \in reported => <<n, e>> \in promised)

\* of one log
OneReportedLineage ==
  \A n \in Node, e \in Epoch, f \in Epoch, g \in Epoch :
    (<<n, e, f>> \in reportedLineage /\ <<n, e, g>> \in reportedLineage) => f = g

\* every log begins with the empty one
OriginIsReported ==
  \A n \in Node, e \in Epoch : <<n, e>> \in promised => <<n, e, origin>> \in reported

\* as the log was
ReportWithinLineage ==
  \A n \in Node, e \in Epoch, f \in Epoch, t \in Transaction :
    (<<n, e, f>> \in reportedLineage /\ <<n, e, t>> \in reported) => <<f, t>> \in history

\* as the log was
ReportIsAPrefix ==
  \A n \in Node, e \in Epoch, f \in Epoch, t \in Transaction, u \in Transaction :
    (/\ <<n, e, f>> \in reportedLineage
     /\ <<n, e, t>> \in reported
     /\ <<f, u>> \in history
     /\ <<u, t>> \in atMost)
      => <<n, e, u>> \in reported

\* after a promise nothing lower is adopted (SYNC-2)
AdoptedUpToReportedLineage ==
  \A n \in Node, e \in Epoch, f \in Epoch, g \in Epoch :
    (<<n, f>> \in adopted /\ <<n, e, g>> \in reportedLineage /\ <<f, e>> \in epochAtMost /\ f # e)
      => <<f, g>> \in epochAtMost

\* NEWLEADER is accepted in the epoch that was promised (SYNC-2)
AdoptedAfterAPromise ==
  \A n \in Node, e \in Epoch :
    (<<n, e>> \in adopted /\ e # genesis) => (e \in started /\ <<n, e>> \in promised)

\* proposals are acknowledged in the epoch of the server (BCAST-2)
AcknowledgedInAdopted ==
  \A n \in Node, t \in Transaction :
    <<n, t>> \in acknowledged
      => (<<n, epochOf[t]>> \in adopted /\ <<epochOf[t], t>> \in history /\ epochOf[t] # genesis)

\* an ACK speaks for everything before it (BCAST-3)
AcknowledgedDownward ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (/\ <<n, t>> \in acknowledged
     /\ <<epochOf[t], u>> \in history
     /\ epochOf[u] = epochOf[t]
     /\ <<u, t>> \in atMost)
      => <<n, u>> \in acknowledged

\* an epoch is established because a quorum has adopted it (SYNC-3)
AdoptionQuorum ==
  \A n \in Node, e \in Epoch :
    (e \in established /\ e # genesis /\ <<n, adoptionQuorum[e]>> \in member)
      => <<n, e>> \in adopted

\* a proposal is committed because a quorum has acknowledged it (BCAST-5)
CommitQuorum ==
  \A n \in Node, e \in Epoch, t \in Transaction :
    (<<e, t>> \in committedIn /\ epochOf[t] = e /\ e # genesis /\ <<n, commitQuorum[t]>> \in member)
      => <<n, t>> \in acknowledged

\* only an established leader commits (BCAST-5)
CommittedInEstablished ==
  \A e \in Epoch, t \in Transaction :
    <<e, t>> \in committedIn => (e \in established /\ <<e, t>> \in history /\ t \in committed)

\* with the establishment of its epoch (SYNC-3)
InitialHistoryIsCommitted ==
  \A e \in Epoch, t \in Transaction :
    (e \in established /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
      => <<e, t>> \in committedIn

\* commits go in order (BCAST-5)
CommittedIsAPrefix ==
  \A e \in Epoch, t \in Transaction, u \in Transaction :
    (<<e, t>> \in committedIn /\ <<e, u>> \in history /\ <<u, t>> \in atMost)
      => <<e, u>> \in committedIn

\* what is committed, some epoch has committed
Committer ==
  \A t \in Transaction : t \in committed => <<committer[t], t>> \in committedIn

\* K1: a later epoch starts with all that may be committed earlier (DISC-5)
ChoosableIsKeptByEpochs ==
  \A q \in Quorum, e \in Epoch, f \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ f \in started
     /\ <<e, f>> \in epochAtMost
     /\ e # f
     /\ <<e, t>> \in history
     /\ (\A k \in Node :
           <<k, q>> \in member
             => (\/ (<<k, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
                 \/ (epochOf[t] = e /\ <<k, t>> \in acknowledged)
                 \/ <<k, e>> \notin left)))
      => <<f, t>> \in history

\* K2: what an epoch did without when a quorum adopted it is gone for good (DISC-5)
NothingForeignComesBack ==
  \A q \in Quorum, e \in Epoch, f \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ f \in started
     /\ <<e, f>> \in epochAtMost
     /\ e # f
     /\ <<f, t>> \in history
     /\ <<epochOf[t], e>> \in epochAtMost
     /\ epochOf[t] # e
     /\ (\A k \in Node : <<k, q>> \in member => (<<k, e>> \in adopted \/ <<k, e>> \notin left)))
      => <<e, t>> \in history

\* K3a: who has said that it is durable reports it (RECV-2, RECV-6)
ChoosableIsReportedByWhoHasIt ==
  \A q \in Quorum, n \in Node, e \in Epoch, f \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ (\/ (<<n, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
         \/ (epochOf[t] = e /\ <<n, t>> \in acknowledged))
     /\ <<e, f>> \in epochAtMost
     /\ e # f
     /\ <<n, f>> \in promised
     /\ <<e, t>> \in history
     /\ (\A k \in Node :
           <<k, q>> \in member
             => (\/ (<<k, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
                 \/ (epochOf[t] = e /\ <<k, t>> \in acknowledged)
                 \/ <<k, e>> \notin left)))
      => <<n, f, t>> \in reported

\* K3b: who has adopted a later epoch reports it
ChoosableIsReportedByLaterAdopters ==
  \A q \in Quorum, n \in Node, e \in Epoch, f \in Epoch, g \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ <<e, f>> \in epochAtMost
     /\ e # f
     /\ <<n, f>> \in adopted
     /\ <<f, g>> \in epochAtMost
     /\ f # g
     /\ <<n, g>> \in promised
     /\ <<e, t>> \in history
     /\ (\A k \in Node :
           <<k, q>> \in member
             => (\/ (<<k, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
                 \/ (epochOf[t] = e /\ <<k, t>> \in acknowledged)
                 \/ <<k, e>> \notin left)))
      => <<n, g, t>> \in reported

\* K4a: who has said that it is durable keeps it (RECV-4, RECV-6, SYNC-14)
ChoosableIsDurableWithWhoHasIt ==
  \A q \in Quorum, n \in Node, e \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ (\/ (<<n, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
         \/ (epochOf[t] = e /\ <<n, t>> \in acknowledged))
     /\ <<e, t>> \in history
     /\ (\A k \in Node :
           <<k, q>> \in member
             => (\/ (<<k, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
                 \/ (epochOf[t] = e /\ <<k, t>> \in acknowledged)
                 \/ <<k, e>> \notin left)))
      => <<n, t>> \in durable

\* K4b: who has adopted a later epoch has it (RECV-3, SYNC-14)
ChoosableIsDurableWithLaterAdopters ==
  \A q \in Quorum, n \in Node, e \in Epoch, f \in Epoch, t \in Transaction :
    (/\ e \in started
     /\ <<e, f>> \in epochAtMost
     /\ e # f
     /\ <<n, f>> \in adopted
     /\ <<e, t>> \in history
     /\ (\A k \in Node :
           <<k, q>> \in member
             => (\/ (<<k, e>> \in adopted /\ <<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))
                 \/ (epochOf[t] = e /\ <<k, t>> \in acknowledged)
                 \/ <<k, e>> \notin left)))
      => <<n, t>> \in durable

\* C1: by K1, since what is committed is choosable
CommittedIsInLaterHistories ==
  \A e \in Epoch, f \in Epoch, t \in Transaction :
    (<<e, t>> \in committedIn /\ f \in started /\ <<e, f>> \in epochAtMost /\ e # f)
      => <<f, t>> \in history

\* two committed transactions stand in one history
CommittedIsOneSequence ==
  \A t \in Transaction, u \in Transaction :
    (t \in committed /\ u \in committed /\ <<t, u>> \in atMost) => <<epochOf[u], t>> \in history

\* and everything before them in it is committed
CommittedWithoutHoles ==
  \A t \in Transaction, u \in Transaction :
    (u \in committed /\ <<epochOf[u], t>> \in history /\ <<t, u>> \in atMost) => t \in committed

\* a primary begins with all that is ever committed of earlier ones
EstablishedHasWhatIsCommitted ==
  \A e \in Epoch, t \in Transaction :
    (e \in established /\ t \in committed /\ <<epochOf[t], e>> \in epochAtMost /\ epochOf[t] # e)
      => (<<e, t>> \in history /\ (epochOf[t] # e \/ e = genesis))

\* nothing comes from nowhere
CommittedWasProposed ==
  \A t \in Transaction :
    t \in committed => (epochOf[t] \in started /\ <<epochOf[t], t>> \in history)

\* only what is committed is delivered (BCAST-6)
DeliveredIsCommitted ==
  \A n \in Node, t \in Transaction : <<n, t>> \in delivered => t \in committed

\* and everything before it was (BCAST-6)
DeliveredIsAPrefix ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    (<<n, u>> \in delivered /\ t \in committed /\ <<t, u>> \in atMost) => <<n, t>> \in delivered

\* the order of delivery is that of the zxids
DeliveredInZxidOrder ==
  \A n \in Node, t \in Transaction, u \in Transaction :
    <<n, t, u>> \in deliveredBefore
      <=> (<<n, t>> \in delivered /\ <<n, u>> \in delivered /\ <<t, u>> \in atMost /\ t # u)

\* a primary has delivered its initial history when it broadcasts (BCAST-1)
PrimariesDeliverFirst ==
  \A e \in Epoch, t \in Transaction, u \in Transaction :
    (/\ <<e, u>> \in history
     /\ epochOf[u] = e
     /\ e # genesis
     /\ <<e, t>> \in history
     /\ (epochOf[t] # e \/ e = genesis))
      => <<u, t>> \in deliveredAtBroadcast

\* What is to be shown.
Properties ==
  /\ Integrity
  /\ TotalOrder
  /\ Agreement
  /\ LocalPrimaryOrder
  /\ GlobalPrimaryOrder
  /\ PrimaryIntegrity

\* Inductive: Init implies it, Next keeps it, and it implies the properties.
Invariant ==
  /\ OneLeaderAPromise
  /\ PromisedToSomebody
  /\ PromisesAreReal
  /\ APromiseLeavesWhatIsBelow
  /\ LeftDownward
  /\ DiscoveryQuorum
  /\ Genesis
  /\ HistoryOfStarted
  /\ HistoriesAgreeBelow
  /\ OriginInHistory
  /\ ProposedOnceEstablished
  /\ EstablishedWasStarted
  /\ OneLineage
  /\ LineageOfAPromise
  /\ OriginIsDurable
  /\ LogWithinLineage
  /\ LogIsAPrefix
  /\ DurableIsOfTheLog
  /\ DurableIsAPrefix
  /\ AdoptedUpToLineage
  /\ ReportsOfPromises
  /\ OneReportedLineage
  /\ OriginIsReported
  /\ ReportWithinLineage
  /\ ReportIsAPrefix
  /\ AdoptedUpToReportedLineage
  /\ AdoptedAfterAPromise
  /\ AcknowledgedInAdopted
  /\ AcknowledgedDownward
  /\ AdoptionQuorum
  /\ CommitQuorum
  /\ CommittedInEstablished
  /\ InitialHistoryIsCommitted
  /\ CommittedIsAPrefix
  /\ Committer
  /\ ChoosableIsKeptByEpochs
  /\ NothingForeignComesBack
  /\ ChoosableIsReportedByWhoHasIt
  /\ ChoosableIsReportedByLaterAdopters
  /\ ChoosableIsDurableWithWhoHasIt
  /\ ChoosableIsDurableWithLaterAdopters
  /\ CommittedIsInLaterHistories
  /\ CommittedIsOneSequence
  /\ CommittedWithoutHoles
  /\ EstablishedHasWhatIsCommitted
  /\ CommittedWasProposed
  /\ DeliveredIsCommitted
  /\ DeliveredIsAPrefix
  /\ DeliveredInZxidOrder
  /\ PrimariesDeliverFirst

=========================================================================
