/** What a tool is given: the `task` of one run. */
import type { CreateMessageResult } from '@modelcontextprotocol/server';
import type { ProgressNews } from '../tasks/writes/held.ts';
import { ask, sleep } from './ask.ts';
import { elicitation, sampling, urlElicitation } from './questions.ts';
import type { ToolRun } from './run.ts';
import { runStep } from './step.ts';
import type { TaskContext } from './types.ts';

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

function progressNews(first: string | number, total: number | undefined, message: string | undefined): ProgressNews {
  if (typeof first === 'string') return { statusMessage: shortened(first) };
  const done = Number.isFinite(first) ? first : 0;
  const known = total !== undefined && Number.isFinite(total) ? total : undefined;
  const text = message ?? (known ? `${Math.floor((100 * done) / known)} %` : `${done}`);
  return { statusMessage: shortened(text), progress: { done, ...(known !== undefined && { total: known }) } };
}

const shortened = (text: string): string =>
  text.length > STATUS_MESSAGE_MAX ? `${text.slice(0, STATUS_MESSAGE_MAX - 1)}…` : text;
