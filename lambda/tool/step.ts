/** `task.step`: work that is done at least once until its value is recorded, and never after. */
import { Retryable } from './errors.ts';
import {
  type AttemptRecord,
  findNameProblem,
  type Occurrence,
  reviveError,
  type StepRecord,
  toAttemptId,
  toRecordedError,
  toStepId,
  toWaitKey,
} from './history.ts';
import { NotJson, toJson } from './json.ts';
import { type ToolRun, waitForever } from './run.ts';
import type { RetryOptions, StepContext } from './task-context.ts';

/** Retries after a `Retryable` error of a step without `retry`. */
const RETRYABLE_RETRIES = 3;
const DEFAULT_RETRY_BASE_MS = 1_000;
const DEFAULT_RETRY_MAX_MS = 60_000;

/**
 * Run a step, or return its recorded value.
 *
 * @throws what `work` threw after its last attempt, as it is recorded
 */
export async function runStep(
  run: ToolRun,
  step: Occurrence,
  work: (context: StepContext) => unknown,
  { retry }: { readonly retry?: number | RetryOptions },
): Promise<unknown> {
  if (run.hasEnded) return waitForever();
  const problem = findNameProblem(step.name);
  if (problem) run.breakRule(`a step cannot run: ${problem}.`);
  const id = toStepId(step);
  if (run.history.questions[toWaitKey(step)])
    run.breakRule(`it runs step ${JSON.stringify(step.name)} where an earlier run asked a question of that name.`);
  if (run.runningSteps.has(step.name))
    run.breakRule(`two steps named ${JSON.stringify(step.name)} run at the same time: give each a different name.`);

  const known = run.history.journal[id];
  const attempts = readAttempts(run, step);
  if (known !== undefined) {
    run.visited.add(id);
    return replayRecord(JSON.parse(known) as StepRecord);
  }
  run.runningSteps.add(step.name);
  run.host.reportRunningSteps?.(run.runningSteps);
  try {
    return await runAttempts(run, step, work, typeof retry === 'number' ? { retries: retry } : retry, attempts);
  } finally {
    run.runningSteps.delete(step.name);
    run.host.reportRunningSteps?.(run.runningSteps);
  }
}

/** The recorded outcome, as on the first run: an error is thrown with its original name and message. */
function replayRecord(record: StepRecord): unknown {
  if ('e' in record) throw reviveError(record.e);
  return record.v;
}

function readAttempts(run: ToolRun, step: Occurrence): AttemptRecord[] {
  const attempts: AttemptRecord[] = [];
  for (;;) {
    const id = toAttemptId(step, attempts.length + 1);
    const json = run.history.journal[id];
    if (json === undefined) return attempts;
    run.visited.add(id);
    attempts.push(JSON.parse(json) as AttemptRecord);
  }
}

async function runAttempts(
  run: ToolRun,
  step: Occurrence,
  work: (context: StepContext) => unknown,
  retry: RetryOptions | undefined,
  attempts: AttemptRecord[],
): Promise<unknown> {
  for (;;) {
    const pauseMs = (attempts.at(-1)?.due ?? 0) - run.host.now();
    if (pauseMs > 0) await waitForBackoff(run, toAttemptId(step, attempts.length), pauseMs);
    if (run.isHandingOver()) return waitForever();
    const attempt = await run.trackInFlight(() => tryOnce(run, step, work, retry, attempts));
    if (run.hasEnded || !attempt) return waitForever();
    if ('again' in attempt) {
      attempts.push(attempt.again);
      continue;
    }
    return run.isHandingOver() ? waitForever() : replayRecord(attempt.record);
  }
}

/**
 * One attempt, and what was recorded of it: how the step ended, or when it is tried again. Nothing if the run has ended:
 * the tool must not see the outcome.
 */
async function tryOnce(
  run: ToolRun,
  step: Occurrence,
  work: (context: StepContext) => unknown,
  retry: RetryOptions | undefined,
  attempts: readonly AttemptRecord[],
): Promise<{ readonly record: StepRecord } | { readonly again: AttemptRecord } | undefined> {
  let record: StepRecord;
  try {
    const value = await work({ key: `${run.host.id}:${toStepId(step)}`, signal: run.controller.signal });
    const json = toJson(value, `step ${JSON.stringify(step.name)}`);
    record = json === undefined ? {} : { v: JSON.parse(json) };
  } catch (error) {
    // A failure after the run was aborted says nothing about the step.
    if (run.hasEnded) return undefined;
    if (error instanceof NotJson) return run.breakRule(error.message);
    const again = planRetry(run, retry, attempts.length, error);
    if (again) return (await recordOrAbort(run, toAttemptId(step, attempts.length + 1), again)) ? { again } : undefined;
    record = { e: toRecordedError(error) };
  }
  return (await recordOrAbort(run, toStepId(step), record)) ? { record } : undefined;
}

/** Whether it was recorded. A refused record ends the run. */
async function recordOrAbort(run: ToolRun, id: string, record: unknown): Promise<boolean> {
  if (run.hasEnded) return false;
  try {
    await run.host.record(id, JSON.stringify(record));
    return true;
  } catch (error) {
    run.abort(error as Error);
    return false;
  }
}

/** Exponential back-off, jittered between half of the wait and all of it; never sooner than the error itself says. */
function planRetry(
  run: ToolRun,
  retry: RetryOptions | undefined,
  failed: number,
  error: unknown,
): AttemptRecord | undefined {
  const retries = retry?.retries ?? (error instanceof Retryable ? RETRYABLE_RETRIES : 0);
  if (failed >= retries) return undefined;
  const longestMs = Math.min(
    retry?.maxMs ?? DEFAULT_RETRY_MAX_MS,
    (retry?.baseMs ?? DEFAULT_RETRY_BASE_MS) * 2 ** failed,
  );
  const shortestMs = error instanceof Retryable ? (error.afterMs ?? 0) : 0;
  const due = run.host.now() + Math.max(shortestMs, Math.round(longestMs * (0.5 + run.host.random() / 2)));
  return { e: toRecordedError(error), due };
}

/** Wait without holding a worker: the run parks, or waits in the process where it cannot. */
function waitForBackoff(run: ToolRun, key: string, ms: number): Promise<void> {
  const { host } = run;
  if (host.wait)
    return run.trackInFlight(() => (host.wait as NonNullable<typeof host.wait>)(ms, run.controller.signal));
  return run.park(key, { deadline: host.now() + ms });
}
