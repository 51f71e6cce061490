/** Waits: for a client's answer, or for time to pass. */
import { isPending, type Question, SLEEP } from '../tasks/record.ts';
import { InputNotSupported, InvalidAnswer } from './errors.ts';
import { findNameProblem, type Occurrence, toStepId, toWaitKey } from './history.ts';
import type { QuestionSpec } from './questions.ts';
import { type ToolRun, waitForever } from './run.ts';

/** How often a question is asked in all: again after an answer that does not fit, under a new key and with the reason. */
const MAX_ASK_ATTEMPTS = 3;

/**
 * Ask the client, or return what it answered before.
 *
 * @throws InputNotSupported when the client did not declare the capability
 * @throws InvalidAnswer when no attempt brought an answer that fits
 */
export async function ask<T>(run: ToolRun, wait: Occurrence, spec: QuestionSpec<T>): Promise<T> {
  if (run.hasEnded) return waitForever();
  checkWait(run, wait);
  if (!spec.isSupported(run.host.capabilities)) throw new InputNotSupported(spec.requires);
  let reason: string | undefined;
  for (let attempt = 1; attempt <= MAX_ASK_ATTEMPTS; attempt += 1) {
    const key = toWaitKey(wait, attempt);
    const known = run.history.questions[key];
    if (!known) return run.park(key, { question: toQuestion(run, spec, reason), ...computeDeadline(run, spec) });
    run.visited.add(key);
    checkMethod(run, wait, known, spec.method);
    if (isPending(known))
      return run.park(key, { question: known, ...(known.deadline !== undefined && { deadline: known.deadline }) });
    const read = await spec.read(known);
    if ('value' in read) return read.value;
    reason = read.problem;
  }
  throw new InvalidAnswer(
    `No answer to ${JSON.stringify(wait.name)} fits, after ${MAX_ASK_ATTEMPTS} attempts: ${reason}`,
  );
}

/** Let time pass (ms) without holding a worker. */
export async function sleep(run: ToolRun, wait: Occurrence, durationMs: number): Promise<void> {
  if (run.hasEnded) return waitForever();
  checkWait(run, wait);
  if (!(Number.isFinite(durationMs) && durationMs >= 0))
    run.breakRule(
      `the duration of sleep ${JSON.stringify(wait.name)} must be a number of ms, not ${String(durationMs)}.`,
    );
  const key = toWaitKey(wait);
  const known = run.history.questions[key];
  if (known) {
    run.visited.add(key);
    checkMethod(run, wait, known, SLEEP);
  }
  const deadline = known?.deadline ?? run.host.now() + durationMs;
  const remaining = deadline - run.host.now();
  if (remaining <= 0) return;
  const { host } = run;
  if (host.wait)
    return run.trackInFlight(() => (host.wait as NonNullable<typeof host.wait>)(remaining, run.controller.signal));
  return run.park(key, { question: { method: SLEEP, params: {}, deadline }, deadline });
}

function toQuestion(run: ToolRun, spec: QuestionSpec<unknown>, reason: string | undefined): Question {
  return { method: spec.method, params: spec.buildParams(reason), ...computeDeadline(run, spec) };
}

const computeDeadline = (run: ToolRun, { timeoutMs }: QuestionSpec<unknown>) =>
  timeoutMs === undefined ? {} : { deadline: run.host.now() + timeoutMs };

function checkWait(run: ToolRun, wait: Occurrence): void {
  const problem = findNameProblem(wait.name);
  if (problem) run.breakRule(`it cannot wait: ${problem}.`);
  if (run.history.journal[toStepId(wait)] !== undefined)
    run.breakRule(`it waits for ${JSON.stringify(wait.name)} where an earlier run recorded a step of that name.`);
  if (wait.n > 1 && run.waits.has(toWaitKey({ ...wait, n: wait.n - 1 })))
    run.breakRule(`it waits for ${JSON.stringify(wait.name)} twice at the same time: give each wait a different name.`);
}

function checkMethod(run: ToolRun, wait: Occurrence, known: Question, method: string): void {
  if (known.method !== method)
    run.breakRule(
      `it asks ${method} for ${JSON.stringify(wait.name)} where an earlier run recorded ${known.method}: ` +
        'code outside steps must do the same each time.',
    );
}
