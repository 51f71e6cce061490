/**
 * Calls in place that ask (2025-11-25): a tool that is no task asks its client, whose answer may reach any
 * instance and whose stream is resumed at any other. Between the two the call is a row of its own.
 */
import type { InputCapabilities, Outcome, Question, Questions, TaskRow } from '../../tasks/record.ts';
import { isVisible } from '../../tasks/record.ts';
import type { Change } from '../../tasks/store.ts';
import { askAgainChange, endCallChange, takeCallChange, waitingCallRow } from '../../tasks/writes/stream.ts';
import { TaskNotFound, Unavailable } from '../errors.ts';
import type { Caller } from '../model.ts';
import { callPartitionOf } from '../partition.ts';
import { pollIntervalMs } from '../poll-interval.ts';
import { questionsOf, viewOf } from '../view.ts';
import { isOfClient } from './answer.ts';
import type { EngineContext } from './context.ts';
import { askOver, type Follow, streamUntil } from './follow.ts';

/** How long a client may take over all the questions of a call (ms). */
const LIFETIME_MS = 3_600_000;
/** Somebody is waiting for the answer of a call in place, so it is looked for more often than for a task's (ms). */
const POLL = { min: 500, max: 10_000 };

/** What a call asks, and what it is to go on with. */
export interface Asked {
  /** JSON that means something to whoever runs the call. */
  readonly state: string;
  readonly questions: Readonly<Record<string, Pick<Question, 'method' | 'params'>>>;
}

/** A call that is this request's to go on with. */
export interface TakenCall {
  readonly state: string;
  /** With their answers. */
  readonly questions: Questions;
  askAgain(asked: Asked): Promise<WaitingView>;
  end(outcome: Outcome): Promise<void>;
}

export interface WaitingView {
  readonly id: string;
  readonly questions: Questions;
  /** Keys of those that this stream is to ask now. */
  readonly ask: readonly string[];
  readonly pollIntervalMs: number;
}

export type CallState =
  | ({ readonly is: 'waiting' } & WaitingView)
  | { readonly is: 'answered'; readonly call: TakenCall }
  | { readonly is: 'ended'; readonly outcome: Outcome };

/** The calls in place that wait for answers. */
export interface WaitingCalls {
  /** Keep a call that asks; its questions are this stream's to send. */
  wait(
    caller: Caller,
    call: Asked & { readonly name: string; readonly capabilities: InputCapabilities; readonly stream: string },
  ): Promise<WaitingView>;
  /**
   * Look at a call; one whose questions are all answered is taken, and has to be brought on by `deadline`.
   * @throws TaskNotFound
   */
  resume(follow: Follow, deadline: number): Promise<CallState>;
}

export function waitingCallsOf(engine: EngineContext): WaitingCalls {
  const { store, clock, ids, settings, payloads } = engine;
  const pack = (json: string, id: string, what: string, token: string) =>
    payloads.pack(json, settings.inlineInputBytes, `calls/${id}/${what}-${token}`);

  function waiting(row: TaskRow, questions: Questions, ask: readonly string[]): WaitingView {
    return { id: row.id, questions, ask, pollIntervalMs: pollIntervalMs(row, clock.now()) };
  }

  async function take(row: TaskRow, stream: string, deadline: number): Promise<TakenCall | undefined> {
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
      questions: await questionsOf(row, payloads),
      askAgain: async ({ state, questions }) => {
        const now = clock.now();
        const next = {
          state: await pack(state, row.id, 'state', run),
          questions: await pack(JSON.stringify(questions), row.id, 'questions', run),
          asks: Object.keys(questions).length > 0,
          revision: row.revision,
        };
        const asking = { stream, streamUntil: streamUntil(now, POLL.min) };
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
      const row = waitingCallRow({
        key: { partition: callPartitionOf(caller, id), id },
        nonce,
        now,
        ...(caller.client !== undefined && { client: caller.client }),
        name,
        state: await pack(state, id, 'state', nonce),
        questions: await pack(JSON.stringify(questions), id, 'questions', nonce),
        capabilities,
        lifetimeMs: LIFETIME_MS,
        poll: POLL,
        asking: { stream, streamUntil: streamUntil(now, POLL.min) },
        asks: keys.length > 0,
      });
      const written = await store.insert(row);
      if (!written.done && written.row?.nonce !== nonce)
        throw new Unavailable('The call could not be kept while it waits for its answers. Call again.');
      return waiting(row, questions, keys);
    },

    async resume({ caller, id, stream, concern }, deadline) {
      const found = await store.read({ partition: callPartitionOf(caller, id), id });
      // A call in place is between its client and the server: nobody else goes on with it.
      if (!isVisible(found, clock.now()) || !isOfClient(caller)(found)) throw new TaskNotFound();
      const { row, ask } = await askOver(engine, found, stream, concern);
      const view = await viewOf(row, clock.now(), payloads);
      if (view.outcome) return { is: 'ended', outcome: view.outcome };
      const call = row.status === 'working' ? await take(row, stream, deadline) : undefined;
      return call ? { is: 'answered', call } : { is: 'waiting', ...waiting(row, view.questions, ask) };
    },
  };
}
