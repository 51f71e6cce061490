/**
 * Each rule, mark and demand of the message protocol (docs/architecture.md), removed one at a time. The simulation must
 * notice every one.
 */
import type { Condition } from '../../lambda/tasks/conditions.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { Change } from '../../lambda/tasks/store.ts';
import { type FaultRates, NO_FAULTS } from '../support/simulation/simulator.ts';
import type { ProtocolMutation, Schedule } from './schedule.ts';

interface MutationCase extends Partial<Pick<Schedule, 'faults' | 'maxReceiveCount' | 'tools'>> {
  /** The rule that is removed. */
  readonly without: string;
  readonly mutation: ProtocolMutation;
}

/** @returns a rewrite that removes the conditions that match, from the changes that `applies` selects */
function dropCondition(
  matches: (condition: Condition) => boolean,
  applies: (change: Change) => boolean = () => true,
): (change: Change) => Change {
  return (change) =>
    applies(change) ? { ...change, when: change.when.filter((condition) => !matches(condition)) } : change;
}

/** @returns whether a condition, or one that it consists of, tests this attribute (in this way) */
function matchCondition(attribute: string, test?: Condition['test']): (condition: Condition) => boolean {
  return (condition) =>
    'attribute' in condition
      ? condition.attribute === attribute && (test === undefined || condition.test === test)
      : condition.of.some(matchCondition(attribute, test));
}

const isClaim = ({ add, set }: Change) => add?.failures === 1 && set?.generation !== undefined;
const isAnswer = ({ set }: Change) => set?.phaseAt !== undefined;
const isPark = ({ set }: Change) => set?.parked === true;
/** Raises the generation of a parked row past an abandoned wake-up. */
const isOvertake = ({ set }: Change) => set !== undefined && Object.keys(set).join() === 'generation';
const isHeartbeat = ({ set, add }: Change) =>
  set?.leaseUntil !== undefined && set.run === undefined && set.failures === undefined && add === undefined;

/** Another writer's mark in the row of a refused write: the write cannot recognize its own earlier success. */
function hideMark(mark: keyof TaskRow): ProtocolMutation {
  return {
    rewriteWritten: (written) =>
      written.done || written.row?.[mark] === undefined
        ? written
        : ({ ...written, row: { ...written.row, [mark]: 'another writer' } } as typeof written),
  };
}

function dropAttribute(change: Change, attribute: string): Change {
  const { [attribute as 'run']: _, ...set } = change.set ?? {};
  return { ...change, set };
}

/** Writes that land long after their sender gave up on them. */
const LATE_WRITE_RATES: FaultRates = { ...NO_FAULTS, late: 0.35, requestLost: 0.1, skewMs: 3_000 };
/** Tools that a client's answer resumes. */
const ASKING_TOOLS = ['asks', 'asksTwo', 'cleansUp'];
/** Workers that die after their requests took effect. */
const CRASH_RATES: FaultRates = { ...NO_FAULTS, crashAfter: 0.08, crashBefore: 0.03 };
/** Writes that take effect while their responses are lost. */
const LOST_RESPONSE_RATES: FaultRates = { ...NO_FAULTS, responseLost: 0.45 };

export const MUTATIONS: readonly MutationCase[] = [
  { without: 'sending the message before the write (rule 1)', mutation: { sendAfterWrite: true } },
  { without: 'a void row for an abandoned create (rule 1)', mutation: { skipInsert: (row) => row.void === true } },
  {
    without: 'a raised generation for an abandoned wake-up (rule 1)',
    mutation: { skipUpdate: isOvertake },
    faults: LATE_WRITE_RATES,
    tools: ASKING_TOOLS,
  },
  {
    without: 'a commitBy that passes (rule 1)',
    mutation: { rewriteWakeUp: (wakeUp) => ({ ...wakeUp, commitBy: Number.MAX_SAFE_INTEGER }) },
  },
  {
    without: 'the run token on what a run writes (rule 2)',
    mutation: { rewriteChange: dropCondition(matchCondition('run', '=')) },
  },
  {
    without: 'the lease that a claim respects (rule 2)',
    mutation: { rewriteChange: dropCondition(matchCondition('leaseUntil'), isClaim) },
  },
  {
    without: 'strict generations (rule 3)',
    mutation: {
      rewriteWakeUp: (wakeUp) => ({ ...wakeUp, generation: 1 }),
      rewriteChange: (change) => {
        const open = dropCondition(matchCondition('generation'))(change);
        return open.set?.generation === undefined ? open : { ...open, set: { ...open.set, generation: 1 } };
      },
    },
  },
  {
    without: 'the parked state in the claim (rule 6)',
    mutation: { rewriteChange: dropCondition(matchCondition('parked'), isClaim) },
  },
  {
    without: 'renewal of the lease and the visibility (rule 4)',
    mutation: {
      rewriteChange: (change) => (isHeartbeat(change) ? dropAttribute(change, 'leaseUntil') : change),
      rewriteVisibility: (ms, nth) => (nth > 1 ? undefined : ms),
    },
  },
  {
    without: 'keeping the message of a run that has not ended (rule 5)',
    mutation: { rewriteDisposal: () => 'delete' },
  },
  { without: 'deleting the message of a run that has ended (rule 5)', mutation: { rewriteDisposal: () => 'keep' } },
  {
    without: 'failures cleared by progress (rule 7)',
    mutation: { rewriteChange: (change) => dropAttribute(change, 'failures') },
  },
  {
    without: 'failures counted by the claim (rule 7)',
    mutation: { rewriteChange: (change) => (isClaim(change) ? { ...change, add: {} } : change) },
  },
  { without: 'the redrive of dead letters (rule 8)', mutation: { redrive: 'drop' }, maxReceiveCount: 3 },
  {
    without: 'the revision that answers demand (write: answer)',
    mutation: { rewriteChange: dropCondition(matchCondition('revision'), isAnswer) },
  },
  {
    without: 'the revision that a park demands (write: park)',
    mutation: { rewriteChange: dropCondition(matchCondition('revision'), isPark) },
  },
  {
    without: 'the generation that answers demand (write: answer)',
    mutation: { rewriteChange: dropCondition(matchCondition('generation'), isAnswer) },
    faults: LATE_WRITE_RATES,
    tools: ASKING_TOOLS,
  },
  { without: 'the terminal state (promise 3)', mutation: { rewriteChange: dropCondition(matchCondition('status')) } },
  {
    without: 'withdrawal before the tool learns of the timeout (write: withdraw)',
    mutation: { skipUpdate: (change) => change.set?.questions !== undefined && !isPark(change) && !isAnswer(change) },
    faults: CRASH_RATES,
  },
  { without: 'the mark of a create', mutation: hideMark('nonce') },
  { without: 'the mark of a claim', mutation: hideMark('run'), faults: LOST_RESPONSE_RATES, tools: ['plain'] },
  { without: 'the mark of a run’s end and of a cancel', mutation: hideMark('endedBy') },
];
