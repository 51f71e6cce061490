/** The API side of the engine: start, get, answer, cancel. */
import type { Answer, Questions, TaskRow } from '../tasks/record.ts';
import { isOutstanding, isTerminal } from '../tasks/record.ts';
import type { TaskStore } from '../tasks/store.ts';
import { answerChange } from '../tasks/writes/answer.ts';
import { cancelChange, cancelOwingChange, judgeCancel } from '../tasks/writes/cancel.ts';
import { judgeCreate, type NewTask, newRow } from '../tasks/writes/create.ts';
import type { Caller, Engine, StartCall, TaskView } from './engine.ts';
import { TaskNotFound, Unavailable } from './errors.ts';
import { partitionOf } from './partition.ts';
import { Payloads } from './payloads.ts';
import type { Clock, Ids, Log, PayloadStore, WakeUpQueue } from './ports.ts';
import { ENGINE_DEFAULTS, type EngineSettings } from './settings.ts';
import { isVisible, questionsOf, viewOf } from './view.ts';

export interface EngineParts {
  readonly store: TaskStore;
  readonly queue: WakeUpQueue;
  readonly payloads?: PayloadStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings?: Partial<EngineSettings>;
}

/** Ids are random, so that a void row in the way is all but impossible; more than a few would be a fault. */
const CREATE_ATTEMPTS = 3;
/** How often a lost race is read again before the caller is told to come back. */
const RACE_ATTEMPTS = 20;

export function createEngine(parts: EngineParts): Engine {
  const { store, queue, clock, ids, log } = parts;
  const settings = { ...ENGINE_DEFAULTS, ...parts.settings };
  const payloads = new Payloads(parts.payloads);

  const keyOf = (caller: Caller, id: string) => ({ partition: partitionOf(caller, id, settings.ownerShards), id });
  const groupOf = (caller: Caller) => (caller.owner === undefined ? {} : { group: caller.owner });

  async function find(caller: Caller, id: string): Promise<TaskRow> {
    const row = await store.read(keyOf(caller, id));
    if (!isVisible(row, clock.now())) throw new TaskNotFound();
    return row;
  }

  async function start(call: StartCall): Promise<TaskView> {
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
      const now = clock.now();
      const key = keyOf(call.caller, ids.task(now));
      const row = newRow(await newTask(call, key, now));
      // A message stands behind every runnable row: it goes first.
      await queue.send(
        {
          ...{ partition: key.partition, task: key.id, generation: row.generation, commitBy: call.deadline },
          ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
        },
        groupOf(call.caller),
      );
      if (judgeCreate(await store.insert(row), row.nonce) === 'created') {
        log('task.created', { task: key.id, tool: call.tool.name, era: call.era });
        return viewOf(row, now, payloads);
      }
    }
    throw new Unavailable('The task could not be created in time. Call again.');
  }

  async function newTask(call: StartCall, key: { partition: string; id: string }, now: number): Promise<NewTask> {
    const { tool } = call;
    const nonce = ids.token();
    const json = JSON.stringify(call.arguments ?? {});
    return {
      key,
      nonce,
      now,
      tool: tool.name,
      arguments: await payloads.pack(json, settings.inlineInputBytes, `tasks/${key.id}/arguments-${nonce}`),
      era: call.era,
      capabilities: call.capabilities,
      lifetimeMs: tool.lifetimeMs,
      retentionMs: retentionOf(call),
      poll: tool.pollIntervalMs,
      maxFailures: tool.maxFailures,
      cleansUp: tool.onCancel !== undefined,
    };
  }

  async function answer(caller: Caller, id: string, answers: Readonly<Record<string, Answer>>, deadline: number) {
    const mark = ids.token();
    for (let attempt = 0; attempt < RACE_ATTEMPTS; attempt += 1) {
      const row = await find(caller, id);
      if (isTerminal(row.status)) return;
      const { questions, news } = withAnswers(await questionsOf(row, payloads), answers);
      if (!news) return;
      const open = Object.values(questions).some(isOutstanding);
      const wakes = !open && row.parked === true;
      if (wakes) {
        const wakeUp = { partition: row.partition, task: id, generation: row.generation + 1, commitBy: deadline };
        await queue.send(wakeUp, groupOf(caller));
      }
      const written = await store.update(
        answerChange({
          key: row,
          now: clock.now(),
          revision: row.revision,
          generation: row.generation,
          questions: await payloads.pack(
            JSON.stringify(questions),
            settings.inlineInputBytes,
            `tasks/${id}/questions-${mark}-${attempt}`,
          ),
          status: open ? 'input_required' : 'working',
          wakes,
        }),
      );
      // Refused: read again. A commit whose answer was lost shows as a question that has its answer.
      if (written.done) {
        log('task.answered', { task: id, tool: row.tool, complete: !open });
        return;
      }
    }
    throw new Unavailable('Too many answers to this task at once. Call again.');
  }

  async function cancel(caller: Caller, id: string, deadline: number): Promise<'cancelled' | 'alreadyTerminal'> {
    const write = { key: keyOf(caller, id), mark: ids.token(), retentionMs: settings.cancelledRetentionMs };
    let verdict = judgeCancel(await store.update(cancelChange({ ...write, now: clock.now() })), {
      ...write,
      now: clock.now(),
    });
    for (let attempt = 0; verdict.is === 'open' && attempt < RACE_ATTEMPTS; attempt += 1) {
      const { row } = verdict;
      const now = clock.now();
      // The run that still works, if any, hears of it at its next heartbeat; its clean-up comes after that.
      const delayMs = row.run === undefined ? 0 : 2 * settings.heartbeatMs;
      const wakeUp = { partition: row.partition, task: id, generation: row.generation + 1, commitBy: deadline };
      await queue.send(wakeUp, { ...groupOf(caller), delayMs });
      verdict = judgeCancel(await store.update(cancelOwingChange({ ...write, now }, row.generation)), {
        ...write,
        now,
      });
    }
    if (verdict.is === 'notFound') throw new TaskNotFound();
    if (verdict.is === 'open') throw new Unavailable('The task changed too often to be cancelled. Call again.');
    if (verdict.is === 'cancelled') log('task.cancelled', { task: id });
    return verdict.is;
  }

  return {
    start,
    get: async (caller, id) => viewOf(await find(caller, id), clock.now(), payloads),
    answer,
    cancel,
  };
}

/** The client's `ttl` may shorten how long an outcome is kept, never the life of the work itself. */
const retentionOf = ({ tool, requestedTtlMs }: StartCall): number =>
  requestedTtlMs === undefined ? tool.retentionMs : Math.max(1, Math.min(tool.retentionMs, requestedTtlMs));

/** Unknown, answered and withdrawn keys change nothing (SEP-2663, Task Update Requests). */
function withAnswers(
  questions: Questions,
  answers: Readonly<Record<string, Answer>>,
): { readonly questions: Questions; readonly news: boolean } {
  let news = false;
  const entries = Object.entries(questions).map(([key, question]) => {
    const given = Object.hasOwn(answers, key) ? answers[key] : undefined;
    if (!given || !isOutstanding(question)) return [key, question] as const;
    news = true;
    return [key, { ...question, answer: given }] as const;
  });
  return { questions: Object.fromEntries(entries), news };
}
