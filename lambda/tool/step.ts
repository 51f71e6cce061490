/** `task.step`: done at least once until its value is recorded, and never after. */
import { Retryable } from './errors.ts';
import {
  type AttemptRecord,
  attemptId,
  nameProblem,
  type Occurrence,
  recordedError,
  revivedError,
  type StepRecord,
  stepId,
  waitKey,
} from './history.ts';
import { NotJson, toJson } from './json.ts';
import { never, type ToolRun } from './run.ts';
import type { RetryOptions, StepContext } from './types.ts';

/** For a `Retryable` error of a step that names no `retry` of its own. */
const RETRIES_OF_RETRYABLE = 3;
const BASE_MS = 1_000;
const MAX_MS = 60_000;

export async function runStep(
  run: ToolRun,
  step: Occurrence,
  work: (context: StepContext) => unknown,
  { retry }: { readonly retry?: number | RetryOptions },
): Promise<unknown> {
  if (run.isOver) return never();
  const problem = nameProblem(step.name);
  if (problem) run.breakRule(`a step cannot run: ${problem}.`);
  const id = stepId(step);
  if (run.history.questions[waitKey(step)])
    run.breakRule(`step ${JSON.stringify(step.name)} stands where an earlier run asked a question of that name.`);
  if (run.runningSteps.has(step.name))
    run.breakRule(`two steps named ${JSON.stringify(step.name)} run at once: give each a name of its own.`);

  const known = run.history.journal[id];
  const attempts = attemptsSoFar(run, step);
  if (known !== undefined) {
    run.visited.add(id);
    return opened(JSON.parse(known) as StepRecord);
  }
  run.runningSteps.add(step.name);
  run.host.running?.(run.runningSteps);
  try {
    return await attempt(run, step, work, typeof retry === 'number' ? { retries: retry } : retry, attempts);
  } finally {
    run.runningSteps.delete(step.name);
    run.host.running?.(run.runningSteps);
  }
}

/** The recorded outcome, as on the first run. A recorded error is thrown with its own name and message. */
function opened(record: StepRecord): unknown {
  if ('e' in record) throw revivedError(record.e);
  return record.v;
}

function attemptsSoFar(run: ToolRun, step: Occurrence): AttemptRecord[] {
  const attempts: AttemptRecord[] = [];
  for (;;) {
    const id = attemptId(step, attempts.length + 1);
    const json = run.history.journal[id];
    if (json === undefined) return attempts;
    run.visited.add(id);
    attempts.push(JSON.parse(json) as AttemptRecord);
  }
}

async function attempt(
  run: ToolRun,
  step: Occurrence,
  work: (context: StepContext) => unknown,
  retry: RetryOptions | undefined,
  attempts: AttemptRecord[],
): Promise<unknown> {
  for (;;) {
    const pause = (attempts.at(-1)?.due ?? 0) - run.host.now();
    if (pause > 0) await waitOut(run, attemptId(step, attempts.length), pause);
    if (run.isHandingOver()) return never();
    const tried = await run.during(() => tryOnce(run, step, work, retry, attempts));
    if (run.isOver || !tried) return never();
    if ('again' in tried) {
      attempts.push(tried.again);
      continue;
    }
    return run.isHandingOver() ? never() : opened(tried.record);
  }
}

/**
 * One attempt, and what is recorded of it: how the step ended, or that it will be tried again. Nothing when
 * the run is over: the tool must not hear of it.
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
    const value = await work({ key: `${run.host.id}:${stepId(step)}`, signal: run.controller.signal });
    const json = toJson(value, `step ${JSON.stringify(step.name)}`);
    record = json === undefined ? {} : { v: JSON.parse(json) };
  } catch (error) {
    // What fails because the run was aborted says nothing about the step.
    if (run.isOver) return undefined;
    if (error instanceof NotJson) return run.breakRule(error.message);
    const again = nextAttempt(run, retry, attempts.length, error);
    if (again) return (await recorded(run, attemptId(step, attempts.length + 1), again)) ? { again } : undefined;
    record = { e: recordedError(error) };
  }
  return (await recorded(run, stepId(step), record)) ? { record } : undefined;
}

/** Whether it was recorded; a record that is refused ends the run. */
async function recorded(run: ToolRun, id: string, record: unknown): Promise<boolean> {
  if (run.isOver) return false;
  try {
    await run.host.record(id, JSON.stringify(record));
    return true;
  } catch (error) {
    run.abort(error as Error);
    return false;
  }
}

/** Exponential back-off with full jitter, and never sooner than the error itself says. */
function nextAttempt(
  run: ToolRun,
  retry: RetryOptions | undefined,
  failed: number,
  error: unknown,
): AttemptRecord | undefined {
  const retries = retry?.retries ?? (error instanceof Retryable ? RETRIES_OF_RETRYABLE : 0);
  if (failed >= retries) return undefined;
  const longest = Math.min(retry?.maxMs ?? MAX_MS, (retry?.baseMs ?? BASE_MS) * 2 ** failed);
  const floor = error instanceof Retryable ? (error.afterMs ?? 0) : 0;
  const due = run.host.now() + Math.max(floor, Math.round(longest * (0.5 + run.host.random() / 2)));
  return { e: recordedError(error), due };
}

/** A back-off holds no worker: the run parks on it, or waits in the process where it cannot. */
function waitOut(run: ToolRun, key: string, ms: number): Promise<void> {
  const { host } = run;
  if (host.wait) return run.during(() => (host.wait as NonNullable<typeof host.wait>)(ms, run.controller.signal));
  return run.park(key, { deadline: host.now() + ms });
}
