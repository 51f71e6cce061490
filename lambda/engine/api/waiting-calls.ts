/**
 * Calls in place that ask (2025-11-25): a tool that is no task asks its client, whose answer may reach any
 * instance and whose stream is resumed at any other. Between the two the call is a row of its own.
 */
import type { InputCapabilities, Outcome, Question, Questions, TaskRow } from '../../tasks/record.ts';
import { isVisible } from '../../tasks/record.ts';
import type { Change } from '../../tasks/store.ts';
import { askAgainChange, buildWaitingCallRow, endCallChange, takeCallChange } from '../../tasks/writes/stream.ts';
import { TaskNotFound, Unavailable } from '../errors.ts';
import type { Caller } from '../model.ts';
import { toCallPartition } from '../partition.ts';
import { computePollIntervalMs } from '../poll-interval.ts';
import { readQuestions, toTaskView } from '../view.ts';
import { isFromSameClient } from './answer.ts';
import type { EngineContext } from './context.ts';
import { acquireQuestions, computeStreamUntil, type FollowOptions } from './follow.ts';

/** How long a client may take over all the questions of a call (ms). */
const CALL_LIFETIME_MS = 3_600_000;
/** Somebody is waiting for the answer of a call in place, so it is looked for more often than for a task's (ms). */
const CALL_POLL_MS = { min: 500, max: 10_000 };

/** What a call asks, and what it is to go on with. */
export interface CallQuestions {
  /** JSON that means something to whoever runs the call. */
  readonly state: string;
  readonly questions: Readonly<Record<string, Pick<Question, 'method' | 'params'>>>;
}

/** A call that is this request's to go on with. */
export interface AnsweredCall {
  readonly state: string;
  /** With their answers. */
  readonly questions: Questions;
  askAgain(asked: CallQuestions): Promise<WaitingCallView>;
  end(outcome: Outcome): Promise<void>;
}

export interface WaitingCallView {
  readonly id: string;
  readonly questions: Questions;
  /** Keys of those that this stream is to ask now. */
  readonly ask: readonly string[];
  readonly pollIntervalMs: number;
}

export type WaitingCallState =
  | ({ readonly is: 'waiting' } & WaitingCallView)
  | { readonly is: 'answered'; readonly call: AnsweredCall }
  | { readonly is: 'ended'; readonly outcome: Outcome };

/** The calls in place that wait for answers. */
export interface WaitingCalls {
  /** Keep a call that asks; its questions are this stream's to send. */
  wait(
    caller: Caller,
    call: CallQuestions & { readonly name: string; readonly capabilities: InputCapabilities; readonly stream: string },
  ): Promise<WaitingCallView>;
  /**
   * Look at a call; one whose questions are all answered is taken, and has to be brought on by `deadline`.
   * @throws TaskNotFound
   */
  resume(follow: FollowOptions, deadline: number): Promise<WaitingCallState>;
}

export function createWaitingCalls(engine: EngineContext): WaitingCalls {
  const { store, clock, ids, settings, payloads } = engine;
  const pack = (json: string, id: string, what: string, token: string) =>
    payloads.pack(json, settings.inlineInputBytes, `calls/${id}/${what}-${token}`);

  function waiting(row: TaskRow, questions: Questions, ask: readonly string[]): WaitingCallView {
    return { id: row.id, questions, ask, pollIntervalMs: computePollIntervalMs(row, clock.now()) };
  }

  async function take(row: TaskRow, stream: string, deadline: number): Promise<AnsweredCall | undefined> {
    const run = ids.token();
    const written = await store.update(takeCallChange(row, clock.now(), run, deadline));
    if (!written.done && written.row?.run !== run) return undefined;
    const commit = async (change: Change): Promise<TaskRow> => {
      const done = await store.update(change);
      if (done.done || done.row?.endedBy === run) return done.row as TaskRow;
      throw new Unavailable('The call was taken up again elsewhere. Come back for its answer.');
    };
    return {
      state: await payloads.unpack(row.state ?? '{}'),
      questions: await readQuestions(row, payloads),
      askAgain: async ({ state, questions }) => {
        const now = clock.now();
        const next = {
          state: await pack(state, row.id, 'state', run),
          questions: await pack(JSON.stringify(questions), row.id, 'questions', run),
          asks: Object.keys(questions).length > 0,
          revision: row.revision,
        };
        const asking = { stream, streamUntil: computeStreamUntil(now, CALL_POLL_MS.min) };
        const after = await commit(askAgainChange(row, now, run, next, asking));
        return waiting(after, questions, Object.keys(questions));
      },
      end: async (outcome) => {
        const packed = await payloads.pack(
          JSON.stringify(outcome),
          settings.inlineOutputBytes,
          `calls/${row.id}/outcome-${run}`,
        );
        await commit(endCallChange(row, clock.now(), run, packed));
      },
    };
  }

  return {
    async wait(caller, { name, capabilities, state, questions, stream }) {
      const now = clock.now();
      const nonce = ids.token();
      const id = ids.task(now);
      const keys = Object.keys(questions);
      const row = buildWaitingCallRow({
        key: { partition: toCallPartition(caller, id), id },
        nonce,
        now,
        ...(caller.client !== undefined && { client: caller.client }),
        name,
        state: await pack(state, id, 'state', nonce),
        questions: await pack(JSON.stringify(questions), id, 'questions', nonce),
        capabilities,
        lifetimeMs: CALL_LIFETIME_MS,
        poll: CALL_POLL_MS,
        asking: { stream, streamUntil: computeStreamUntil(now, CALL_POLL_MS.min) },
        asks: keys.length > 0,
      });
      const written = await store.insert(row);
      if (!written.done && written.row?.nonce !== nonce)
        throw new Unavailable('The call could not be kept while it waits for its answers. Call again.');
      return waiting(row, questions, keys);
    },

    async resume({ caller, id, stream, resolveReader }, deadline) {
      const found = await store.read({ partition: toCallPartition(caller, id), id });
      // A call in place is between its client and the server: nobody else goes on with it.
      if (!isVisible(found, clock.now()) || !isFromSameClient(caller)(found)) throw new TaskNotFound();
      const { row, ask } = await acquireQuestions(engine, found, stream, resolveReader);
      const view = await toTaskView(row, clock.now(), payloads);
      if (view.outcome) return { is: 'ended', outcome: view.outcome };
      const call = row.status === 'working' ? await take(row, stream, deadline) : undefined;
      return call ? { is: 'answered', call } : { is: 'waiting', ...waiting(row, view.questions, ask) };
    },
  };
}
