/** Waiting: for a client's answer or for time to pass. */
import { isPending, type Question, SLEEP } from '../tasks/record.ts';
import { InputNotSupported, InvalidAnswer } from './errors.ts';
import { findNameProblem, type Occurrence, toStepId, toWaitKey } from './history.ts';
import type { QuestionSpec } from './questions.ts';
import { type ToolRun, waitForever } from './run.ts';

/** An answer that does not fit is asked for again, under a new key and with the reason, this often in all. */
const MAX_ASK_ATTEMPTS = 3;

/** Ask the client, or give what it answered before. */
export async function ask<T>(run: ToolRun, wait: Occurrence, asking: QuestionSpec<T>): Promise<T> {
  if (run.isOver) return waitForever();
  checkWait(run, wait);
  if (!asking.isSupported(run.host.capabilities)) throw new InputNotSupported(asking.requires);
  let reason: string | undefined;
  for (let attempt = 1; attempt <= MAX_ASK_ATTEMPTS; attempt += 1) {
    const key = toWaitKey(wait, attempt);
    const known = run.history.questions[key];
    if (!known) return run.park(key, { question: toQuestion(run, asking, reason), ...computeDeadline(run, asking) });
    run.visited.add(key);
    checkMethod(run, wait, known, asking.method);
    if (isPending(known))
      return run.park(key, { question: known, ...(known.deadline !== undefined && { deadline: known.deadline }) });
    const read = await asking.read(known);
    if ('value' in read) return read.value;
    reason = read.problem;
  }
  throw new InvalidAnswer(
    `The answers to ${JSON.stringify(wait.name)} did not fit, ${MAX_ASK_ATTEMPTS} times: ${reason}`,
  );
}

/** Let time pass without holding a worker. */
export async function sleep(run: ToolRun, wait: Occurrence, durationMs: number): Promise<void> {
  if (run.isOver) return waitForever();
  checkWait(run, wait);
  if (!(Number.isFinite(durationMs) && durationMs >= 0))
    run.breakRule(`sleep ${JSON.stringify(wait.name)} needs a duration in ms, not ${String(durationMs)}.`);
  const key = toWaitKey(wait);
  const known = run.history.questions[key];
  if (known) {
    run.visited.add(key);
    checkMethod(run, wait, known, SLEEP);
  }
  const deadline = known?.deadline ?? run.host.now() + durationMs;
  const left = deadline - run.host.now();
  if (left <= 0) return;
  const { host } = run;
  if (host.wait)
    return run.trackInFlight(() => (host.wait as NonNullable<typeof host.wait>)(left, run.controller.signal));
  return run.park(key, { question: { method: SLEEP, params: {}, deadline }, deadline });
}

function toQuestion(run: ToolRun, asking: QuestionSpec<unknown>, reason: string | undefined): Question {
  return { method: asking.method, params: asking.buildParams(reason), ...computeDeadline(run, asking) };
}

const computeDeadline = (run: ToolRun, { timeoutMs }: QuestionSpec<unknown>) =>
  timeoutMs === undefined ? {} : { deadline: run.host.now() + timeoutMs };

function checkWait(run: ToolRun, wait: Occurrence): void {
  const problem = findNameProblem(wait.name);
  if (problem) run.breakRule(`it cannot wait: ${problem}.`);
  if (run.history.journal[toStepId(wait)] !== undefined)
    run.breakRule(`it waits for ${JSON.stringify(wait.name)}, where an earlier run recorded a step of that name.`);
  if (wait.n > 1 && run.waits.has(toWaitKey({ ...wait, n: wait.n - 1 })))
    run.breakRule(`it waits twice for ${JSON.stringify(wait.name)} at once: give each wait a name of its own.`);
}

function checkMethod(run: ToolRun, wait: Occurrence, known: Question, method: string): void {
  if (known.method !== method)
    run.breakRule(
      `it asks ${method} for ${JSON.stringify(wait.name)}, where an earlier run recorded ${known.method}: ` +
        'code outside steps must do the same each time.',
    );
}
