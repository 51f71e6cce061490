/** `runTool`: a tool's whole life in a test, without a store, a queue or a clock to wait for. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import {
  type Answer,
  type Era,
  EXTERNAL,
  type InputCapabilities,
  type Question,
  type Questions,
  type RpcError,
  SLEEP,
} from './tasks/record.ts';
import type { ProgressReport } from './tasks/writes/held.ts';
import { createTaskContext } from './tool/context.ts';
import { HandedOver, Parked, TaskCancelled } from './tool/errors.ts';
import { countActiveResources, describeLeftRunning, RESOURCE_KINDS_WITH_TIMERS } from './tool/left-running.ts';
import { type RunEnd, type RunHost, ToolRun } from './tool/run.ts';
import type { Tool } from './tool/types.ts';
import { describeProblems, validateArguments } from './tool/validate.ts';

/** The content of an accepted form, a whole answer, or what makes one from the question. */
export type TestAnswer =
  | Record<string, unknown>
  | { readonly action: 'accept' | 'decline' | 'cancel' | 'timeout'; readonly content?: Record<string, unknown> }
  | ((question: {
      readonly key: string;
      readonly method: string;
      readonly params: Record<string, unknown>;
    }) => Record<string, unknown>);

export interface RunToolOptions {
  /** Answers by the name of the question; asked again (an answer did not fit), it is given again. */
  readonly answers?: Readonly<Record<string, TestAnswer>>;
  /**
   * `every-step` starts the tool again from the top after each recorded step, as a crash or a hand-over would:
   * it finds code outside steps that does not repeat. Default `never`.
   */
  readonly replay?: 'every-step' | 'never';
  /** What the client declares. Default: everything. */
  readonly capabilities?: InputCapabilities;
  readonly era?: Era;
  /** Cancels the task, as a client would. */
  readonly signal?: AbortSignal;
}

export interface ToolRunReport {
  /** What `tools/call` would return; absent when the call ended with a JSON-RPC error. */
  readonly result?: CallToolResult;
  readonly error?: RpcError;
  /** The task was cancelled through `signal`. */
  readonly cancelled?: true;
  /** Every question that was asked, by key, with its answer. */
  readonly questions: Questions;
  /** Ids of the journal entries, in the order they were recorded. */
  readonly recorded: readonly string[];
  readonly progress: readonly ProgressReport[];
  /** How often the tool was started from the top. */
  readonly runs: number;
}

/** More runs than this, and the tool will never end. */
const MAX_RUNS = 10_000;
const TEST_TASK_ID = '0000000000test00000000000000000000000';

/**
 * Run a tool as a task until it ends: parks, answers, sleeps (which pass at once) and replays included.
 *
 * @throws Error when the arguments do not fit, a question has no answer in `answers`, or the tool left timers,
 *   processes or servers running
 */
export async function runTool(tool: Tool, args: unknown, options: RunToolOptions = {}): Promise<ToolRunReport> {
  const valid = await validateArguments(tool, args);
  if (!valid.ok) throw new Error(`The arguments do not fit ${tool.name}: ${describeProblems(valid.problems)}`);
  const journal: Record<string, string> = {};
  const progress: ProgressReport[] = [];
  let questions: Questions = {};
  let now = Date.now();
  const before = countActiveResources(RESOURCE_KINDS_WITH_TIMERS);

  for (let runs = 1; runs <= MAX_RUNS; runs += 1) {
    let recordedNow = 0;
    const host: RunHost = {
      id: TEST_TASK_ID,
      isTask: true,
      era: options.era ?? '2026-07-28',
      capabilities: options.capabilities ?? { form: true, url: true, sampling: true, samplingTools: true, roots: true },
      now: () => now,
      random: () => 0.5,
      reportProgress: (news) => progress.push(news),
      createToken: (wait) => `token-of-${wait}`,
      shouldHandOver: () => options.replay === 'every-step' && recordedNow > 0,
      record: async (id, json) => {
        journal[id] = json;
        recordedNow += 1;
      },
    };
    const run = new ToolRun(tool, host, { journal: { ...journal }, questions });
    const end = await abortOnSignal(run, options.signal, () =>
      run.start(() => tool.handler(valid.value, createTaskContext(run))),
    );
    await run.close(toEndReason(end));
    const left = describeLeftRunning(before);
    if (left !== undefined)
      throw new Error(`${tool.name} left running when its run was over: ${left}. End it in task.defer().`);
    const report = { questions, recorded: Object.keys(journal), progress, runs };
    if (end.end === 'settled')
      return 'error' in end.outcome
        ? { ...report, error: end.outcome.error }
        : { ...report, result: end.outcome.result as CallToolResult };
    if (end.end === 'aborted') return { ...report, cancelled: true };
    if (end.end === 'parked') ({ questions, now } = resolveWaits(tool, end, questions, now, options.answers ?? {}));
  }
  throw new Error(`${tool.name} did not end within ${MAX_RUNS} runs.`);
}

async function abortOnSignal<T>(run: ToolRun, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const abort = () => run.abort(new TaskCancelled('The task was cancelled.'));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

const toEndReason = (end: RunEnd): Error | undefined =>
  end.end === 'parked'
    ? new Parked()
    : end.end === 'handOver'
      ? new HandedOver()
      : end.end === 'aborted'
        ? end.reason
        : undefined;

/** Answer what was asked; where there is nothing to answer, let time pass until the first timer. */
function resolveWaits(
  tool: Tool,
  end: RunEnd & { end: 'parked' },
  before: Questions,
  now: number,
  answers: Readonly<Record<string, TestAnswer>>,
): { questions: Questions; now: number } {
  const questions: Record<string, Question> = { ...before };
  let answered = false;
  for (const [key, { question }] of end.waits) {
    if (!question) continue;
    questions[key] ??= question;
    if (question.method === SLEEP) continue;
    answered = true;
    questions[key] = applyTestAnswer(tool, key, question, answers);
  }
  const deadlines = [...end.waits.values()].flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  return { questions, now: answered || deadlines.length === 0 ? now : Math.max(now, Math.min(...deadlines)) };
}

function applyTestAnswer(
  tool: Tool,
  key: string,
  question: Question,
  answers: Readonly<Record<string, TestAnswer>>,
): Question {
  const name = key.split('#')[0] as string;
  const given = Object.hasOwn(answers, key) ? answers[key] : Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (given === undefined)
    throw new Error(
      `${tool.name} asks ${JSON.stringify(key)}, which "answers" does not answer: ${JSON.stringify(question.params)}`,
    );
  const answer = typeof given === 'function' ? given({ key, method: question.method, params: question.params }) : given;
  if (answer.action === 'timeout') return { ...question, withdrawn: true };
  if (question.method === EXTERNAL) return { ...question, answer: { result: { value: answer } } };
  const result: Answer = {
    result:
      question.method !== 'elicitation/create' || 'action' in answer
        ? { ...answer }
        : { action: 'accept', content: answer },
  };
  return { ...question, answer: result };
}
