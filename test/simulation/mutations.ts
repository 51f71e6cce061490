/** Each rule and each mark of the protocol, taken away. The simulation must notice every one of them. */
import type { Condition } from '../../lambda/tasks/conditions.ts';
import type { TaskRow } from '../../lambda/tasks/record.ts';
import type { Change } from '../../lambda/tasks/store.ts';
import type { Mutation, Schedule } from './schedule.ts';
import { type Faults, NO_FAULTS } from '../support/simulation/simulator.ts';

interface Case extends Partial<Pick<Schedule, 'faults' | 'maxReceiveCount' | 'tools'>> {
  /** The rule that is taken away. */
  readonly without: string;
  readonly mutation: Mutation;
}

const without =
  (matches: (condition: Condition) => boolean, applies: (change: Change) => boolean = () => true) =>
  (change: Change): Change =>
    applies(change) ? { ...change, when: change.when.filter((condition) => !matches(condition)) } : change;

const on =
  (attribute: string, test?: Condition['test']) =>
  (condition: Condition): boolean =>
    'attribute' in condition
      ? condition.attribute === attribute && (test === undefined || condition.test === test)
      : condition.of.some(on(attribute, test));

const isClaim = ({ add, set }: Change) => add?.failures === 1 && set?.generation !== undefined;
const isAnswer = ({ set }: Change) => set?.phaseAt !== undefined;
const isPark = ({ set }: Change) => set?.parked === true;
const isOvertake = ({ set }: Change) => set !== undefined && Object.keys(set).join() === 'generation';
const isHeartbeat = ({ set, add }: Change) =>
  set?.leaseUntil !== undefined && set.run === undefined && set.failures === undefined && add === undefined;

/** A refused write's row with somebody else's mark: the write cannot recognise its own earlier success. */
const unmarked = (mark: keyof TaskRow): Mutation => ({
  written: (written) =>
    written.done || written.row?.[mark] === undefined
      ? written
      : ({ ...written, row: { ...written.row, [mark]: 'somebody else' } } as typeof written),
});

const withoutSet = (change: Change, attribute: string): Change => {
  const { [attribute as 'run']: _, ...set } = change.set ?? {};
  return { ...change, set };
};

/** Writes that land long after their sender gave up on them. */
const LATE: Faults = { ...NO_FAULTS, late: 0.35, requestLost: 0.1, skewMs: 3_000 };
/** Tools that a client's answer wakes. */
const ASKING = ['asks', 'asksTwo', 'cleansUp'];
/** Workers that die after what they did took effect. */
const CRASHING: Faults = { ...NO_FAULTS, crashAfter: 0.08, crashBefore: 0.03 };

/** Writes that take effect while nobody hears of it. */
const FORGETFUL: Faults = { ...NO_FAULTS, answerLost: 0.45 };

export const MUTATIONS: readonly Case[] = [
  { without: 'the message before the row (rule 1)', mutation: { sendLate: true } },
  { without: 'a void row for an abandoned create (rule 1)', mutation: { skipInsert: (row) => row.void === true } },
  {
    without: 'a raised generation for an abandoned wake-up (rule 1)',
    mutation: { skipUpdate: isOvertake },
    faults: LATE,
    tools: ASKING,
  },
  {
    without: 'commitBy passing (rule 1)',
    mutation: { wakeUp: (wakeUp) => ({ ...wakeUp, commitBy: Number.MAX_SAFE_INTEGER }) },
  },
  { without: 'the run token on what a run writes (rule 2)', mutation: { change: without(on('run', '=')) } },
  { without: 'the lease that a claim respects (rule 2)', mutation: { change: without(on('leaseUntil'), isClaim) } },
  {
    without: 'generations (rule 3)',
    mutation: {
      wakeUp: (wakeUp) => ({ ...wakeUp, generation: 1 }),
      change: (change) => {
        const open = without(on('generation'))(change);
        return open.set?.generation === undefined ? open : { ...open, set: { ...open.set, generation: 1 } };
      },
    },
  },
  { without: 'the parked state in the claim (rule 6)', mutation: { change: without(on('parked'), isClaim) } },
  {
    without: 'renewal of the lease (rule 4)',
    mutation: {
      change: (change) => (isHeartbeat(change) ? withoutSet(change, 'leaseUntil') : change),
      reappear: (ms, nth) => (nth > 1 ? undefined : ms),
    },
  },
  { without: 'leaving the message of a run that is not over (rule 5)', mutation: { disposal: () => 'delete' } },
  { without: 'deleting the message of a run that is over (rule 5)', mutation: { disposal: () => 'keep' } },
  {
    without: 'failures cleared by progress (rule 7)',
    mutation: { change: (change) => withoutSet(change, 'failures') },
  },
  {
    without: 'failures counted by the claim (rule 7)',
    mutation: { change: (change) => (isClaim(change) ? { ...change, add: {} } : change) },
  },
  { without: 'a second life for dead letters (rule 8)', mutation: { redrive: 'drop' }, maxReceiveCount: 3 },
  { without: 'the revision that answers commit on (rule 10)', mutation: { change: without(on('revision'), isAnswer) } },
  { without: 'the revision that a park commits on (rule 10)', mutation: { change: without(on('revision'), isPark) } },
  {
    without: 'the generation that answers commit on (rule 1)',
    mutation: { change: without(on('generation'), isAnswer) },
    faults: LATE,
    tools: ASKING,
  },
  { without: 'the terminal state (promise 3)', mutation: { change: without(on('status')) } },
  {
    without: 'withdrawal before the tool is told (rule 12)',
    mutation: { skipUpdate: (change) => change.set?.questions !== undefined && !isPark(change) && !isAnswer(change) },
    faults: CRASHING,
  },
  { without: 'the mark of a create', mutation: unmarked('nonce') },
  { without: 'the mark of a claim', mutation: unmarked('run'), faults: FORGETFUL, tools: ['plain'] },
  { without: 'the mark of a run’s end and of a cancel', mutation: unmarked('endedBy') },
];
