/**
 * Cuts: what follows from the invariant and the guards of an action, proved once for the action and then at hand for each
 * of its obligations. Free variables are the parameters of the action. In order: each may use the ones before.
 */
import { all, and, different, not, or, when } from '../../spec/logic/formula.js'
import { variable } from '../../spec/logic/formula.js'
import { choosable, mayStill } from './invariant.js'
import type { Statement } from '../../spec/logic/system.js'
import {
  acknowledged,
  adopted,
  adoptionQuorum,
  atMost,
  commitQuorum,
  committedIn,
  discoveryQuorum,
  e,
  genesis,
  k,
  left,
  member,
  q,
  epochAtMost,
  epochBelow,
  epochOf,
  established,
  f,
  history,
  n,
  reported,
  started,
  t,
  committed,
} from '../../spec/symbols.js'

const epoch = variable('epoch', 'epoch')
const adoptedEpoch = variable('adoptedEpoch', 'epoch')
const sourceLineage = variable('sourceLineage', 'epoch')
const source = variable('source', 'node')
const zxid = variable('zxid', 'transaction')

export const cuts: Readonly<Record<string, readonly Statement[]>> = {
  startEpoch: [
    {
      name: 'the epoch is new',
      why: 'two quorums would have promised it to two leaders',
      formula: not(started(epoch)),
    },
    {
      name: 'nothing of it exists',
      why: 'what exists of an epoch, exists after its start',
      formula: and(
        different(epoch, epochOf(variable('zxid', 'transaction'))),
        not(established(epoch)),
        all(t)(not(history(epoch, t))),
        all(n)(not(adopted(n, epoch))),
        all(t)(not(committedIn(epoch, t))),
      ),
    },
    {
      name: 'none of its transactions exists',
      why: 'a transaction is first in the history of its own epoch',
      formula: and(
        all(n, t)(when(acknowledged(n, t)).then(different(epochOf(t), epoch))),
        all(t)(when(committed(t)).then(different(epochOf(t), epoch))),
        all(f, t)(when(history(f, t)).then(different(epochOf(t), epoch))),
      ),
    },
    {
      name: 'the report is of an older epoch',
      why: 'reports go with the promise',
      formula: and(
        started(sourceLineage),
        epochBelow(sourceLineage, epoch),
        epochAtMost(adoptedEpoch, sourceLineage),
        all(t)(when(reported(source, epoch, t)).then(history(sourceLineage, t))),
      ),
    },
    {
      name: 'adopted by a quorum is adopted by the source',
      why: 'the quorum shares a server with every other, and that one has left all lower epochs',
      formula: all(q, e)(when(epochBelow(e, epoch), mayStill(q, e, adopted(k, e))).then(epochAtMost(e, adoptedEpoch))),
    },
    {
      name: 'choosable may be adopted',
      why: 'who says that a transaction is durable has adopted its epoch',
      formula: all(q, e, t)(when(choosable(q, e, t)).then(mayStill(q, e, adopted(k, e)))),
    },
    {
      name: 'choosable below is in the report',
      why: 'the source adopted a later epoch',
      formula: all(q, e, t)(when(epochBelow(e, adoptedEpoch), choosable(q, e, t)).then(reported(source, epoch, t))),
    },
    {
      name: 'choosable in the same epoch is not later than the report',
      why: 'somebody of the quorum reports it, and nobody reports more than the source',
      formula: all(q, t)(when(choosable(q, adoptedEpoch, t)).then(atMost(t, zxid))),
    },
    {
      name: 'choosable in the same epoch is in the report',
      why: 'the lineage of the source has it, and the report is a prefix of that',
      formula: all(q, t)(when(choosable(q, adoptedEpoch, t)).then(reported(source, epoch, t))),
    },
    {
      name: 'choosable is in the report',
      why: 'the cases together',
      formula: all(q, e, t)(when(epochBelow(e, epoch), choosable(q, e, t)).then(reported(source, epoch, t))),
    },
    {
      name: 'the report has nothing foreign',
      why: 'what it has of epochs below, the lineage of the source has, and that has nothing foreign',
      formula: all(
        q,
        e,
        t,
      )(
        when(
          started(e),
          epochBelow(e, epoch),
          reported(source, epoch, t),
          epochBelow(epochOf(t), e),
          mayStill(q, e, adopted(k, e)),
        ).then(history(e, t)),
      ),
    },
    {
      name: 'committed is choosable',
      why: 'by the quorum that committed it',
      formula: all(
        e,
        t,
      )(
        when(committedIn(e, t), different(e, genesis)).then(
          or(choosable(adoptionQuorum(e), e, t), choosable(commitQuorum(t), e, t)),
        ),
      ),
    },
    {
      name: 'the quorum of a later epoch has left it',
      why: 'it has promised the later one',
      formula: all(n, e)(when(started(e), epochBelow(epoch, e), member(n, discoveryQuorum(e))).then(left(n, epoch))),
    },
    {
      name: 'later epochs have left it',
      why: 'an epoch above it has started, so a quorum has left it',
      formula: all(
        q,
        e,
      )(when(started(e), epochBelow(epoch, e)).then(not(all(k)(when(member(k, q)).then(not(left(k, epoch))))))),
    },
  ],
}
