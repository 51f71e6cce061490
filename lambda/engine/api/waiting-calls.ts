/**
 * Calls in place that ask (2025-11-25): a tool that is not a task asks its client, whose answer may reach any instance
 * and whose stream may be resumed at any other. In between, the call is stored as a separate row.
 */
import type { InputCapabilities, Outcome, Payload, Question, Questions, TaskRow } from '../../tasks/record.ts';
import { isVisible } from '../../tasks/record.ts';
import type { Change } from '../../tasks/store.ts';
import {
  type AskingStream,
  askAgainChange,
  buildWaitingCallRow,
  endCallChange,
  takeCallChange,
} from '../../tasks/writes/stream.ts';
import { TaskNotFound, Unavailable } from '../errors.ts';
import type { Caller } from '../model.ts';
import { toCallPartition } from '../partition.ts';
import { computePollIntervalMs } from '../poll-interval.ts';
import { readQuestions, toTaskView } from '../view.ts';
import { isFromSameClient } from './answer.ts';
import type { EngineContext } from './context.ts';
import { acquireQuestions, computeStreamUntil, type FollowOptions } from './follow.ts';

/** How long a client may take to answer all the questions of a call (ms). */
const CALL_LIFETIME_MS = 3_600_000;
/** Poll intervals (ms). The client blocks on the call, so it comes back more often than for a task. */
const CALL_POLL_MS = { min: 500, max: 10_000 };

/** The questions of a call, and the state from which it continues. */
export interface CallQuestions {
  /** JSON, opaque to the engine. */
  readonly state: string;
  readonly questions: Readonly<Record<string, Pick<Question, 'method' | 'params'>>>;
}

/** A call to be stored while its client answers. */
export interface NewWaitingCall extends CallQuestions {
  /** The name of the tool or the method, for the log. */
  readonly name: string;
  readonly capabilities: InputCapabilities;
  readonly stream: string;
}

export interface WaitingCallView {
  readonly id: string;
  readonly questions: Questions;
  /** Keys of the questions to send on this stream now. */
  readonly ask: readonly string[];
  readonly pollIntervalMs: number;
}

/** A call whose questions are all answered, and which this request has to continue. */
export interface AnsweredCall {
  readonly state: string;
  /** With their answers. */
  readonly questions: Questions;
  /** Store the call again, with new questions and state. @throws Unavailable when another request has taken it over */
  askAgain(asked: CallQuestions): Promise<WaitingCallView>;
  /** Store the outcome. @throws Unavailable when another request has taken the call over */
  end(outcome: Outcome): Promise<void>;
}

export type WaitingCallState =
  | ({ readonly is: 'waiting' } & WaitingCallView)
  | { readonly is: 'answered'; readonly call: AnsweredCall }
  | { readonly is: 'ended'; readonly outcome: Outcome };

/** The calls in place that wait for answers. */
export interface WaitingCalls {
  /** Store a call that asks; this stream is to send its questions. */
  wait(caller: Caller, call: NewWaitingCall): Promise<WaitingCallView>;
  /**
   * Look at a call. One whose questions are all answered is taken by this request, which has until `deadline` to
   * continue it.
   * @throws TaskNotFound
   */
  resume(follow: FollowOptions, deadline: number): Promise<WaitingCallState>;
}

export const createWaitingCalls = (engine: EngineContext): WaitingCalls => ({
  wait: (caller, call) => storeWaitingCall(engine, caller, call),
  resume: (follow, deadline) => resumeWaitingCall(engine, follow, deadline),
});

async function storeWaitingCall(
  engine: EngineContext,
  caller: Caller,
  { name, capabilities, state, questions, stream }: NewWaitingCall,
): Promise<WaitingCallView> {
  const now = engine.clock.now();
  const nonce = engine.ids.token();
  const id = engine.ids.task(now);
  const keys = Object.keys(questions);
  const row = buildWaitingCallRow({
    key: { partition: toCallPartition(caller, id), id },
    nonce,
    now,
    ...(caller.client !== undefined && { client: caller.client }),
    name,
    state: await packInput(engine, id, `state-${nonce}`, state),
    questions: await packInput(engine, id, `questions-${nonce}`, JSON.stringify(questions)),
    capabilities,
    lifetimeMs: CALL_LIFETIME_MS,
    poll: CALL_POLL_MS,
    asking: toAskingStream(stream, now),
    asks: keys.length > 0,
  });
  const written = await engine.store.insert(row);
  if (!written.done && written.row?.nonce !== nonce)
    throw new Unavailable('The call could not be stored while it waits for its answers. Call again.');
  return toWaitingCallView(row, questions, keys, engine.clock.now());
}

async function resumeWaitingCall(
  engine: EngineContext,
  { caller, id, stream, reader }: FollowOptions,
  deadline: number,
): Promise<WaitingCallState> {
  const found = await engine.store.read({ partition: toCallPartition(caller, id), id });
  // Only the client that made the call may continue it.
  if (!isVisible(found, engine.clock.now()) || !isFromSameClient(caller)(found)) throw new TaskNotFound();
  const { row, ask } = await acquireQuestions(engine, found, stream, reader);
  const view = await toTaskView(row, engine.clock.now(), engine.payloads);
  if (view.outcome) return { is: 'ended', outcome: view.outcome };
  const call = row.status === 'working' ? await takeCall(engine, row, stream, deadline) : undefined;
  if (call) return { is: 'answered', call };
  return { is: 'waiting', ...toWaitingCallView(row, view.questions, ask, engine.clock.now()) };
}

/** @returns `undefined` when another request has taken the call, or the call has asked again or ended */
async function takeCall(
  engine: EngineContext,
  row: TaskRow,
  stream: string,
  deadline: number,
): Promise<AnsweredCall | undefined> {
  const { store, clock, payloads, settings } = engine;
  const run = engine.ids.token();
  const taken = await store.update(takeCallChange(row, clock.now(), run, deadline));
  if (!taken.done && taken.row?.run !== run) return undefined;

  async function commit(change: Change): Promise<TaskRow> {
    const written = await store.update(change);
    if (written.done || written.row?.endedBy === run) return written.row as TaskRow;
    throw new Unavailable('Another request has taken over the call. Come back for its result.');
  }

  return {
    state: await payloads.unpack(row.state ?? '{}'),
    questions: await readQuestions(row, payloads),
    async askAgain({ state, questions }) {
      const now = clock.now();
      const keys = Object.keys(questions);
      const next = {
        state: await packInput(engine, row.id, `state-${run}`, state),
        questions: await packInput(engine, row.id, `questions-${run}`, JSON.stringify(questions)),
        asks: keys.length > 0,
        revision: row.revision,
      };
      const waiting = await commit(askAgainChange(row, now, run, next, toAskingStream(stream, now)));
      return toWaitingCallView(waiting, questions, keys, clock.now());
    },
    async end(outcome) {
      const json = JSON.stringify(outcome);
      const packed = await payloads.pack(json, settings.inlineOutputBytes, `calls/${row.id}/outcome-${run}`);
      await commit(endCallChange(row, clock.now(), run, packed));
    },
  };
}

const toWaitingCallView = (
  row: TaskRow,
  questions: Questions,
  ask: readonly string[],
  now: number,
): WaitingCallView => ({ id: row.id, questions, ask, pollIntervalMs: computePollIntervalMs(row, now) });

const toAskingStream = (stream: string, now: number): AskingStream => ({
  stream,
  streamUntil: computeStreamUntil(now, CALL_POLL_MS.min),
});

const packInput = (engine: EngineContext, id: string, name: string, json: string): Promise<Payload> =>
  engine.payloads.pack(json, engine.settings.inlineInputBytes, `calls/${id}/${name}`);
