/** Builds the `task` that a handler gets in one run. */
import type { CreateMessageResult } from '@modelcontextprotocol/server';
import type { ProgressReport } from '../tasks/writes/held.ts';
import { ask, sleep } from './ask.ts';
import { type Occurrence, toWaitKey } from './history.ts';
import { buildExternalQuestion, buildFormQuestion, buildSamplingQuestion, buildUrlQuestion } from './questions.ts';
import type { ToolRun } from './run.ts';
import { runStep } from './step.ts';
import type { ExternalWait, TaskContext } from './task-context.ts';

/** Longest status message (characters); the rest is cut off. */
const MAX_STATUS_MESSAGE_LENGTH = 1_024;

/** The context of one run; it counts how often each name occurs. */
export function createTaskContext(run: ToolRun): TaskContext {
  const { host } = run;
  const occurrences = new Map<string, number>();
  const nextOccurrence = (name: string) => {
    const n = (occurrences.get(name) ?? 0) + 1;
    occurrences.set(name, n);
    return { name, n };
  };
  return {
    id: host.id,
    isTask: host.isTask,
    signal: run.controller.signal,
    step: (name, work, options = {}) => runStep(run, nextOccurrence(name), work, options) as never,
    elicit: (name, question) => ask(run, nextOccurrence(name), buildFormQuestion(question)) as never,
    elicitUrl: (name, question) => ask(run, nextOccurrence(name), buildUrlQuestion(question)),
    sample: (name, request) =>
      ask(run, nextOccurrence(name), buildSamplingQuestion(request)) as Promise<CreateMessageResult>,
    waitFor: (name, options = {}) => createExternalWait(run, nextOccurrence(name), options) as never,
    sleep: (name, durationMs) => sleep(run, nextOccurrence(name), durationMs),
    progress: (first: string | number, total?: number, message?: string) => {
      if (!run.hasEnded) host.reportProgress(toProgressReport(first, total, message));
    },
    defer: (cleanUp) => {
      run.cleanUps.push(cleanUp);
    },
    can: (what) => {
      const { form, url, sampling, roots } = host.capabilities;
      return { elicitation: form, elicitationUrl: url, sampling, roots }[what] === true;
    },
  };
}

/** The wait begins only when it is awaited: until then the tool can still pass the token on. */
function createExternalWait(
  run: ToolRun,
  wait: Occurrence,
  options: { readonly timeoutMs?: number },
): ExternalWait<unknown> {
  const { createToken } = run.host;
  if (!createToken)
    run.breakRule(
      `it waits for ${JSON.stringify(wait.name)} in a call that runs inline; only a task can wait for an outside system.`,
    );
  let waiting: Promise<unknown> | undefined;
  return {
    token: createToken(toWaitKey(wait)),
    // biome-ignore lint/suspicious/noThenProperty: awaiting it begins the wait
    then: (onValue, onError) => {
      waiting ??= ask(run, wait, buildExternalQuestion(options));
      return waiting.then(onValue, onError);
    },
  };
}

function toProgressReport(
  first: string | number,
  total: number | undefined,
  message: string | undefined,
): ProgressReport {
  if (typeof first === 'string') return { statusMessage: truncateStatusMessage(first) };
  const done = Number.isFinite(first) ? first : 0;
  const known = total !== undefined && Number.isFinite(total) ? total : undefined;
  const text = message ?? (known ? `${Math.floor((100 * done) / known)} %` : `${done}`);
  return {
    statusMessage: truncateStatusMessage(text),
    progress: { done, ...(known !== undefined && { total: known }) },
  };
}

const truncateStatusMessage = (text: string): string =>
  text.length > MAX_STATUS_MESSAGE_LENGTH ? `${text.slice(0, MAX_STATUS_MESSAGE_LENGTH - 1)}…` : text;
