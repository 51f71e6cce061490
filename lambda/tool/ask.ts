/** Waiting: for a client's answer or for time to pass. */
import { isPending, type Question, SLEEP } from '../tasks/record.ts';
import { InputNotSupported, InvalidAnswer } from './errors.ts';
import { nameProblem, type Occurrence, stepId, waitKey } from './history.ts';
import type { Asking } from './questions.ts';
import { never, type ToolRun } from './run.ts';

/** An answer that does not fit is asked for again, under a new key and with the reason, this often in all. */
const ASKED_AT_MOST = 3;

/** Ask the client, or give what it answered before. */
export async function ask<T>(run: ToolRun, wait: Occurrence, asking: Asking<T>): Promise<T> {
  if (run.isOver) return never();
  checkPlace(run, wait);
  if (!asking.supported(run.host.capabilities)) throw new InputNotSupported(asking.requires);
  let reason: string | undefined;
  for (let attempt = 1; attempt <= ASKED_AT_MOST; attempt += 1) {
    const key = waitKey(wait, attempt);
    const known = run.history.questions[key];
    if (!known) return run.park(key, { question: newQuestion(run, asking, reason), ...deadlineOf(run, asking) });
    run.visited.add(key);
    checkMethod(run, wait, known, asking.method);
    if (isPending(known))
      return run.park(key, { question: known, ...(known.deadline !== undefined && { deadline: known.deadline }) });
    const read = await asking.read(known);
    if ('value' in read) return read.value;
    reason = read.problem;
  }
  throw new InvalidAnswer(`The answers to ${JSON.stringify(wait.name)} did not fit, ${ASKED_AT_MOST} times: ${reason}`);
}

/** Let time pass without holding a worker. */
export async function sleep(run: ToolRun, wait: Occurrence, durationMs: number): Promise<void> {
  if (run.isOver) return never();
  checkPlace(run, wait);
  if (!(Number.isFinite(durationMs) && durationMs >= 0))
    run.breakRule(`sleep ${JSON.stringify(wait.name)} needs a duration in ms, not ${String(durationMs)}.`);
  const key = waitKey(wait);
  const known = run.history.questions[key];
  if (known) {
    run.visited.add(key);
    checkMethod(run, wait, known, SLEEP);
  }
  const deadline = known?.deadline ?? run.host.now() + durationMs;
  const left = deadline - run.host.now();
  if (left <= 0) return;
  const { host } = run;
  if (host.wait) return run.during(() => (host.wait as NonNullable<typeof host.wait>)(left, run.controller.signal));
  return run.park(key, { question: { method: SLEEP, params: {}, deadline }, deadline });
}

function newQuestion(run: ToolRun, asking: Asking<unknown>, reason: string | undefined): Question {
  return { method: asking.method, params: asking.params(reason), ...deadlineOf(run, asking) };
}

const deadlineOf = (run: ToolRun, { timeoutMs }: Asking<unknown>) =>
  timeoutMs === undefined ? {} : { deadline: run.host.now() + timeoutMs };

function checkPlace(run: ToolRun, wait: Occurrence): void {
  const problem = nameProblem(wait.name);
  if (problem) run.breakRule(`it cannot wait: ${problem}.`);
  if (run.history.journal[stepId(wait)] !== undefined)
    run.breakRule(`it waits for ${JSON.stringify(wait.name)}, where an earlier run recorded a step of that name.`);
  if (wait.n > 1 && run.waits.has(waitKey({ ...wait, n: wait.n - 1 })))
    run.breakRule(`it waits twice for ${JSON.stringify(wait.name)} at once: give each wait a name of its own.`);
}

function checkMethod(run: ToolRun, wait: Occurrence, known: Question, method: string): void {
  if (known.method !== method)
    run.breakRule(
      `it asks ${method} for ${JSON.stringify(wait.name)}, where an earlier run recorded ${known.method}: ` +
        'code outside steps must do the same each time.',
    );
}
