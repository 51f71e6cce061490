/** What a tool is given: the `task` of one run. */
import type { CreateMessageResult } from '@modelcontextprotocol/server';
import type { ProgressNews } from '../tasks/writes/held.ts';
import { ask, sleep } from './ask.ts';
import { type Occurrence, waitKey } from './history.ts';
import { elicitation, externalWait, sampling, urlElicitation } from './questions.ts';
import type { ToolRun } from './run.ts';
import { runStep } from './step.ts';
import type { ExternalWait, TaskContext } from './types.ts';

/** How much of a status message is kept (characters). */
const STATUS_MESSAGE_MAX = 1_024;

export function contextOf(run: ToolRun): TaskContext {
  const { host } = run;
  const occurrences = new Map<string, number>();
  const next = (name: string) => {
    const n = (occurrences.get(name) ?? 0) + 1;
    occurrences.set(name, n);
    return { name, n };
  };
  return {
    id: host.id,
    isTask: host.isTask,
    signal: run.controller.signal,
    step: (name, work, options = {}) => runStep(run, next(name), work, options) as never,
    elicit: (name, question) => ask(run, next(name), elicitation(question)) as never,
    elicitUrl: (name, question) => ask(run, next(name), urlElicitation(question)),
    sample: (name, request) => ask(run, next(name), sampling(request)) as Promise<CreateMessageResult>,
    waitFor: (name, options = {}) => externalWaitOf(run, next(name), options) as never,
    sleep: (name, durationMs) => sleep(run, next(name), durationMs),
    progress: (first: string | number, total?: number, message?: string) => {
      if (!run.isOver) host.progress(progressNews(first, total, message));
    },
    defer: (cleanUp) => {
      run.cleanUps.push(cleanUp);
    },
    can: (what) => {
      const { form, url, sampling: canSample, roots } = host.capabilities;
      return { elicitation: form, elicitationUrl: url, sampling: canSample, roots }[what] === true;
    },
  };
}

/** Begins to wait only when it is awaited: until then the tool may still hand the token out. */
function externalWaitOf(
  run: ToolRun,
  wait: Occurrence,
  options: { readonly timeoutMs?: number },
): ExternalWait<unknown> {
  const { token } = run.host;
  if (!token)
    run.breakRule(
      `it waits for ${JSON.stringify(wait.name)} outside of a task; only a task can wait for an outside system.`,
    );
  let waiting: Promise<unknown> | undefined;
  return {
    token: token(waitKey(wait)),
    // biome-ignore lint/suspicious/noThenProperty: awaiting it is what begins the wait
    then: (onValue, onError) => {
      waiting ??= ask(run, wait, externalWait(options));
      return waiting.then(onValue, onError);
    },
  };
}

function progressNews(first: string | number, total: number | undefined, message: string | undefined): ProgressNews {
  if (typeof first === 'string') return { statusMessage: shortened(first) };
  const done = Number.isFinite(first) ? first : 0;
  const known = total !== undefined && Number.isFinite(total) ? total : undefined;
  const text = message ?? (known ? `${Math.floor((100 * done) / known)} %` : `${done}`);
  return { statusMessage: shortened(text), progress: { done, ...(known !== undefined && { total: known }) } };
}

const shortened = (text: string): string =>
  text.length > STATUS_MESSAGE_MAX ? `${text.slice(0, STATUS_MESSAGE_MAX - 1)}…` : text;
