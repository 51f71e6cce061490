/** Running a tool within the request: for clients without tasks, and for `prepare` before a task exists. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Era, InputCapabilities, Outcome, Question } from '../tasks/record.ts';
import { createTaskContext } from './context.ts';
import { Parked, TimeBudgetSpent, toolError } from './errors.ts';
import type { RunHistory } from './history.ts';
import { type RunEnd, type RunHost, ToolRun } from './run.ts';
import type { TaskContext } from './task-context.ts';
import type { Tool } from './types.ts';

/** One inline run of a call. */
export interface InlineCall {
  /** The same over all rounds of the call. */
  readonly id: string;
  /** Validated. */
  readonly args: unknown;
  readonly era: Era;
  readonly capabilities: InputCapabilities;
  /** The journal and the questions of the call's earlier rounds. */
  readonly history: RunHistory;
  /** How long the run may take (ms). Then `signal` aborts with `TimeBudgetSpent`, and the outcome is a tool error. */
  readonly budgetMs: number;
}

/** How one round trip of an inline call ended. */
export type InlineEnd =
  | { readonly end: 'settled'; readonly outcome: Outcome }
  /** The tool waits for answers: `history` is to be remembered, and contains the outstanding questions. */
  | { readonly end: 'asks'; readonly history: RunHistory };

/** How one round trip of a `prepare` ended; `ready` has the arguments with which the task starts. */
export type PrepareEnd =
  /** The arguments to start with. */
  | { readonly end: 'ready'; readonly args: unknown }
  /** `settled`: `prepare` returned a tool error or threw, which ends the call. */
  | InlineEnd;

/** Run the tool's handler. */
export const runInline = (tool: Tool, call: InlineCall): Promise<InlineEnd> =>
  executeInline(tool, call, (task) => tool.handler(call.args, task));

/** Run the tool's `prepare`, which returns the arguments to start with, or a tool error that ends the call. */
export async function runPrepare(tool: Tool, call: InlineCall): Promise<PrepareEnd> {
  let ready: unknown;
  const end = await executeInline(tool, call, async (task) => {
    const prepared = await tool.prepare?.(call.args, task);
    if (isToolError(prepared)) return prepared;
    ready = prepared;
    return READY_RESULT;
  });
  if (end.end === 'settled' && ready !== undefined && 'result' in end.outcome) return { end: 'ready', args: ready };
  return end;
}

/** The stand-in for the arguments that `prepare` returned: like a tool error, it is not validated by the output schema. */
const READY_RESULT = toolError('ready');

const isToolError = (value: unknown): value is CallToolResult =>
  typeof value === 'object' && value !== null && 'isError' in value && value.isError === true && 'content' in value;

async function executeInline(tool: Tool, call: InlineCall, code: (task: TaskContext) => unknown): Promise<InlineEnd> {
  const journal: Record<string, string> = { ...call.history.journal };
  const run = new ToolRun(tool, createInlineHost(call, journal), call.history);
  const budget = setTimeout(
    () => run.abort(new TimeBudgetSpent('The call ran longer than the gateway allows.')),
    call.budgetMs,
  );
  try {
    const end = await run.start(() => code(createTaskContext(run)));
    if (end.end === 'settled') {
      await run.close();
      return { end: 'settled', outcome: end.outcome };
    }
    if (end.end === 'parked') {
      await run.close(new Parked('The call is waiting for answers.'));
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

function createInlineHost(call: InlineCall, journal: Record<string, string>): RunHost {
  return {
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
  };
}

const describeTimeBudgetSpent = (tool: Tool, budgetMs: number): string =>
  `${tool.name} did not finish within the ${Math.round(budgetMs / 1_000)} s of a plain call. ` +
  'Call it from a client that supports MCP tasks (extension io.modelcontextprotocol/tasks): then it may take as long as it needs.';
