/** Running a tool in the call itself: for clients without tasks, and for `prepare` before a task exists. */

import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Era, InputCapabilities, Outcome, Question } from '../tasks/record.ts';
import { createTaskContext } from './context.ts';
import { Parked, TimeBudgetSpent, toolError } from './errors.ts';
import type { RunHistory } from './history.ts';
import { type RunEnd, type RunHost, ToolRun } from './run.ts';
import type { TaskContext, Tool } from './types.ts';

export type { RunHistory } from './history.ts';

export interface InlineCall {
  /** Stable over the round trips of one call. */
  readonly id: string;
  readonly args: unknown;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  /** What earlier round trips of the same call left behind; a client carries it sealed in `requestState`. */
  readonly history: RunHistory;
  /** How long the run may take (ms): aborts `signal` with `TimeBudgetSpent` and answers with a tool error. */
  readonly budgetMs: number;
}

export type InlineEnd =
  | { readonly end: 'settled'; readonly outcome: Outcome }
  /** The call needs answers: `history` holds what to remember, outstanding questions among it. */
  | { readonly end: 'asks'; readonly history: RunHistory };

export type PrepareEnd =
  | { readonly end: 'ready'; readonly args: unknown }
  | { readonly end: 'refused'; readonly result: CallToolResult }
  | { readonly end: 'failed'; readonly outcome: Outcome }
  | { readonly end: 'asks'; readonly history: RunHistory };

/** Run the tool itself. */
export async function runInline(tool: Tool, call: InlineCall): Promise<InlineEnd> {
  return executeInline(tool, call, (task) => tool.handler(call.args, task));
}

/** Run the tool's `prepare`: it gives the arguments to start with, or a result that ends the call. */
export async function runPrepare(tool: Tool, call: InlineCall): Promise<PrepareEnd> {
  let ready: unknown;
  const end = await executeInline(tool, call, async (task) => {
    const prepared = await tool.prepare?.(call.args, task);
    if (isToolError(prepared)) return prepared;
    ready = prepared;
    return READY_RESULT;
  });
  if (end.end === 'asks') return end;
  if (ready !== undefined && 'result' in end.outcome) return { end: 'ready', args: ready };
  if ('error' in end.outcome) return { end: 'failed', outcome: end.outcome };
  return { end: 'refused', result: end.outcome.result as CallToolResult };
}

/** What a `prepare` that gave arguments is taken to have returned: it is judged as a tool error is, by no schema. */
const READY_RESULT = toolError('ready');

const isToolError = (value: unknown): value is CallToolResult =>
  typeof value === 'object' && value !== null && 'isError' in value && value.isError === true && 'content' in value;

async function executeInline(tool: Tool, call: InlineCall, code: (task: TaskContext) => unknown): Promise<InlineEnd> {
  const journal: Record<string, string> = { ...call.history.journal };
  const run = new ToolRun(tool, createInlineHost(call, journal), call.history);
  const budget = setTimeout(
    () => run.abort(new TimeBudgetSpent('The call ran longer than the gateway waits.')),
    call.budgetMs,
  );
  try {
    const end = await run.start(() => code(createTaskContext(run)));
    if (end.end === 'settled') {
      await run.close();
      return { end: 'settled', outcome: end.outcome };
    }
    if (end.end === 'parked') {
      await run.close(new Parked('The call waits for answers.'));
      return { end: 'asks', history: { journal, questions: { ...call.history.questions, ...collectQuestions(end) } } };
    }
    void run.close();
    return { end: 'settled', outcome: { result: toolError(describeTimeBudgetSpent(tool, call.budgetMs)) } };
  } finally {
    clearTimeout(budget);
  }
}

const collectQuestions = (end: RunEnd & { end: 'parked' }): Record<string, Question> =>
  Object.fromEntries([...end.waits].flatMap(([key, { question }]) => (question ? [[key, question]] : [])));

const createInlineHost = (call: InlineCall, journal: Record<string, string>): RunHost => ({
  id: call.id,
  isTask: false,
  era: call.era,
  capabilities: call.capabilities,
  now: () => Date.now(),
  random: () => Math.random(),
  record: async (id, json) => {
    journal[id] = json;
  },
  reportProgress: () => {},
  shouldHandOver: () => false,
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }),
});

const describeTimeBudgetSpent = (tool: Tool, budgetMs: number): string =>
  `${tool.name} did not finish within the ${Math.round(budgetMs / 1000)} s that a plain call has. ` +
  'Call it with a client that supports MCP tasks (extension io.modelcontextprotocol/tasks): then it may take as long as it needs.';
