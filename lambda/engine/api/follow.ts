/**
 * Following a task over a stream that is closed after each look and resumed later (2025-11-25): one read of the row,
 * and a write only when a question is about to be asked.
 */
import { createHash } from 'node:crypto';
import { canAskQuestion } from '../../tasks/capabilities.ts';
import {
  type InputCapabilities,
  isOutstanding,
  isVisible,
  type Question,
  type Questions,
  type TaskRow,
} from '../../tasks/record.ts';
import { type AskingStream, askChange } from '../../tasks/writes/stream.ts';
import { TaskNotFound } from '../errors.ts';
import type { Caller, TaskView } from '../model.ts';
import { computePollIntervalMs } from '../poll-interval.ts';
import { readQuestions, toTaskView } from '../view.ts';
import { type EngineContext, MAX_RACE_ATTEMPTS } from './context.ts';

/** The client at the other end of a stream. */
export interface StreamReader {
  /** The questions that it has been sent on this stream, by {@link digestQuestionKey}. */
  readonly seen: ReadonlySet<string>;
  /** The kinds of question that it accepts. Called only if it has not been sent some outstanding question. */
  canAsk(): Promise<InputCapabilities>;
}

export interface FollowOptions {
  readonly caller: Caller;
  readonly id: string;
  /** Names the stream; a random token made when it was opened. */
  readonly stream: string;
  readonly reader: StreamReader;
}

export interface FollowedTask {
  readonly view: TaskView;
  /** Keys of the questions to send on this stream now; no other stream sends them. */
  readonly ask: readonly string[];
  readonly progressToken?: string | number;
}

/** Grace period after two poll intervals before another stream may take over the questions (ms). */
const READER_GRACE_MS = 20_000;
/** The claim on the questions is renewed when less than one poll interval and this is left of it (ms). */
const RENEWAL_MARGIN_MS = 5_000;
const DIGEST_LENGTH = 6;

/** A short name for a question (6 characters of base64url), for clients that carry the names of those they have seen. */
export const digestQuestionKey = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, DIGEST_LENGTH);

/** Until when a stream is believed to have a reader that is to come back after `intervalMs` (ms since the epoch). */
export const computeStreamUntil = (now: number, intervalMs: number): number => now + 2 * intervalMs + READER_GRACE_MS;

/** @throws TaskNotFound, and what `reader.canAsk` throws */
export async function followTask(
  engine: EngineContext,
  { caller, id, stream, reader }: FollowOptions,
): Promise<FollowedTask> {
  const found = await engine.requireTask(engine.buildTaskKey(caller, id));
  const { row, ask } = await acquireQuestions(engine, found, stream, reader);
  const view = await toTaskView(row, engine.clock.now(), engine.payloads);
  const { progressToken } = row;
  return { view, ask, ...(progressToken !== undefined && { progressToken }) };
}

/**
 * Make this stream the one that asks, unless another one does.
 * @returns the row as it was last seen, and the keys of the questions to send now
 */
export async function acquireQuestions(
  engine: EngineContext,
  found: TaskRow,
  stream: string,
  reader: StreamReader,
): Promise<{ readonly row: TaskRow; readonly ask: readonly string[] }> {
  let row = found;
  for (let attempt = 0; attempt < MAX_RACE_ATTEMPTS; attempt += 1) {
    const now = engine.clock.now();
    const questions = await readOutstandingQuestions(engine, row);
    if (Object.keys(questions).length === 0) break;
    const isMine = row.stream === stream;
    const leftMs = row.stream === undefined ? 0 : (row.streamUntil ?? 0) - now;
    if (!isMine && leftMs > 0) break;
    const unseen = Object.keys(questions).filter((key) => !reader.seen.has(digestQuestionKey(key)));
    const hasSeenSome = unseen.length < Object.keys(questions).length;
    const ask = await filterAskable(questions, unseen, reader);
    // A stream whose reader still owes an answer keeps its claim.
    if (ask.length === 0 && !(isMine && hasSeenSome)) break;
    const intervalMs = computePollIntervalMs(row, now);
    if (isMine && leftMs > intervalMs + RENEWAL_MARGIN_MS) return { row, ask };
    const asking: AskingStream = { stream, streamUntil: computeStreamUntil(now, intervalMs) };
    const written = await engine.store.update(askChange(row, now, row.revision, asking));
    if (written.done) return { row: written.row, ask };
    // Meanwhile answered, ended or asked on another stream: the row shows which.
    if (!isVisible(written.row, now)) throw new TaskNotFound();
    row = written.row;
  }
  return { row, ask: [] };
}

async function filterAskable(questions: Questions, keys: readonly string[], reader: StreamReader): Promise<string[]> {
  if (keys.length === 0) return [];
  const canAsk = await reader.canAsk();
  return keys.filter((key) => canAskQuestion(questions[key] as Question, canAsk));
}

async function readOutstandingQuestions(engine: EngineContext, row: TaskRow): Promise<Questions> {
  if (row.status !== 'input_required') return {};
  const questions = await readQuestions(row, engine.payloads);
  return Object.fromEntries(Object.entries(questions).filter(([, question]) => isOutstanding(question)));
}
