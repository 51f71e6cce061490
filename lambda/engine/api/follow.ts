/**
 * Following a task over a stream that is closed after every look and resumed later (2025-11-25): one read of the
 * row, and a write only where a question is about to be asked.
 */
import { isOutstanding, isVisible, type Questions, type TaskRow } from '../../tasks/record.ts';
import { type AskingStream, askChange } from '../../tasks/writes/stream.ts';
import { TaskNotFound } from '../errors.ts';
import type { Caller, TaskView } from '../model.ts';
import { computePollIntervalMs } from '../poll-interval.ts';
import { readQuestions, toTaskView } from '../view.ts';
import { type EngineContext, MAX_RACE_ATTEMPTS } from './context.ts';

/** What a stream has to do with the questions that are outstanding. */
export interface StreamReader {
  /** Those that its reader has not seen and can answer. */
  readonly unasked: readonly string[];
  /** Whether its reader has seen any of them: then it goes on being the one that asks. */
  readonly asked: boolean;
}

export interface FollowOptions {
  readonly caller: Caller;
  readonly id: string;
  /** Names the stream; a random token made when it was opened. */
  readonly stream: string;
  /** Called only where questions are outstanding. */
  readonly resolveReader: (questions: Questions) => Promise<StreamReader>;
}

export interface FollowedTask {
  readonly view: TaskView;
  /** Keys of questions that this stream is to ask now; no other one asks them. */
  readonly ask: readonly string[];
  readonly progressToken?: string | number;
}

/** Beyond two intervals a reader may be late by this before another stream asks in its place (ms). */
const READER_GRACE_MS = 20_000;
/** The claim is renewed when less than one interval and this is left of it (ms). */
const RENEWAL_MARGIN_MS = 5_000;

/** For how long a stream is believed to have a reader that was told to come back after `intervalMs`. */
export const computeStreamUntil = (now: number, intervalMs: number): number => now + 2 * intervalMs + READER_GRACE_MS;

export function followTask(engine: EngineContext) {
  const { clock, payloads } = engine;
  /** @throws TaskNotFound */
  return async ({ caller, id, stream, resolveReader }: FollowOptions): Promise<FollowedTask> => {
    const row = await engine.requireTask(engine.buildTaskKey(caller, id));
    const asking = await acquireQuestions(engine, row, stream, resolveReader);
    const view = await toTaskView(asking.row, clock.now(), payloads);
    const { progressToken } = asking.row;
    return { view, ask: asking.ask, ...(progressToken !== undefined && { progressToken }) };
  };
}

/** Make this stream the one that asks, if nobody else is. Gives the row as it was seen last, and what to ask. */
export async function acquireQuestions(
  engine: EngineContext,
  first: TaskRow,
  stream: string,
  resolveReader: FollowOptions['resolveReader'],
): Promise<{ readonly row: TaskRow; readonly ask: readonly string[] }> {
  let row = first;
  for (let attempt = 0; attempt < MAX_RACE_ATTEMPTS; attempt += 1) {
    const now = engine.clock.now();
    const questions = await readOutstandingQuestions(engine, row);
    if (Object.keys(questions).length === 0) break;
    const isMine = row.stream === stream;
    const left = row.stream === undefined ? 0 : (row.streamUntil ?? 0) - now;
    if (!isMine && left > 0) break;
    const { unasked, asked } = await resolveReader(questions);
    if (unasked.length === 0 && !(isMine && asked)) break;
    const interval = computePollIntervalMs(row, now);
    if (isMine && left > interval + RENEWAL_MARGIN_MS) return { row, ask: unasked };
    const asking: AskingStream = { stream, streamUntil: computeStreamUntil(now, interval) };
    const written = await engine.store.update(askChange(row, now, row.revision, asking));
    if (written.done) return { row: written.row, ask: unasked };
    // Answered, ended or asked over another stream meanwhile: what stands there says which.
    if (!isVisible(written.row, now)) throw new TaskNotFound();
    row = written.row;
  }
  return { row, ask: [] };
}

async function readOutstandingQuestions(engine: EngineContext, row: TaskRow): Promise<Questions> {
  if (row.status !== 'input_required') return {};
  const questions = await readQuestions(row, engine.payloads);
  return Object.fromEntries(Object.entries(questions).filter(([, question]) => isOutstanding(question)));
}
