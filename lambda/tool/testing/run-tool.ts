/** `runTool`: a tool's whole life in a test, without a store, a queue or a clock to wait for. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Questions } from '../../tasks/record.ts';
import type { ProgressReport } from '../../tasks/writes/held.ts';
import { createTaskContext } from '../context.ts';
import { HandedOver, Parked, TaskCancelled } from '../errors.ts';
import { countActiveResources, describeLeftRunning, RESOURCE_KINDS_WITH_TIMERS } from '../left-running.ts';
import { type RunEnd, type RunHost, ToolRun } from '../run.ts';
import type { Tool } from '../types.ts';
import { describeProblems, validateArguments } from '../validate.ts';
import { resolveWaits } from './answers.ts';
import type { RunToolOptions, ToolRunReport } from './types.ts';

/** A tool that needs more runs than this never ends. */
const MAX_RUNS = 10_000;

/** As long as a real id, and recognizable. */
const TEST_TASK_ID = '0000000000test00000000000000000000000';

const ALL_CAPABILITIES = { form: true, url: true, sampling: true, samplingTools: true, roots: true };

/**
 * Run a tool as a task until it ends. Waits park it and start it again as in production, but take no time: questions
 * are answered from `answers`, and a sleep ends at once.
 *
 * @param args as a client would send them; validated against the tool's input schema
 * @throws Error when the arguments do not fit, a question has no entry in `answers`, or the tool left timers,
 *   processes or servers running
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { test } from 'node:test';
 * import { defineTool, toolError } from 'mcp-tasks-aws';
 * import { runTool } from 'mcp-tasks-aws/testing';
 * import { z } from 'zod';
 *
 * const greet = defineTool('greet', { inputSchema: z.object({ times: z.number() }) }, async ({ times }, task) => {
 *   const answer = await task.elicit('name', {
 *     message: 'Whom?',
 *     requestedSchema: z.object({ name: z.string() }),
 *   });
 *   if (answer.action !== 'accept') return toolError('No name.');
 *   return { content: [{ type: 'text', text: `Hello ${answer.content.name}! `.repeat(times) }] };
 * });
 *
 * test('greets by name', async () => {
 *   const { result } = await runTool(greet, { times: 1 }, { answers: { name: { name: 'Ada' } }, replay: 'every-step' });
 *   assert.deepEqual(result?.content, [{ type: 'text', text: 'Hello Ada! ' }]);
 * });
 * ```
 */
export async function runTool(tool: Tool, args: unknown, options: RunToolOptions = {}): Promise<ToolRunReport> {
  const valid = await validateArguments(tool, args);
  if (!valid.ok) throw new Error(`The arguments do not fit ${tool.name}: ${describeProblems(valid.problems)}`);
  const journal: Record<string, string> = {};
  const progress: ProgressReport[] = [];
  let questions: Questions = {};
  let now = Date.now();
  const resourcesBefore = countActiveResources(RESOURCE_KINDS_WITH_TIMERS);

  for (let runs = 1; runs <= MAX_RUNS; runs += 1) {
    let recordedInRun = 0;
    const host: RunHost = {
      id: TEST_TASK_ID,
      isTask: true,
      era: options.era ?? '2026-07-28',
      capabilities: options.capabilities ?? ALL_CAPABILITIES,
      now: () => now,
      random: () => 0.5,
      reportProgress: (report) => progress.push(report),
      createToken: (wait) => `token-of-${wait}`,
      shouldHandOver: () => options.replay === 'every-step' && recordedInRun > 0,
      record: async (id, json) => {
        journal[id] = json;
        recordedInRun += 1;
      },
    };
    const run = new ToolRun(tool, host, { journal: { ...journal }, questions });
    const end = await abortOnSignal(run, options.signal, () =>
      run.start(() => tool.handler(valid.value, createTaskContext(run))),
    );
    await run.close(toCloseReason(end));
    const leftRunning = describeLeftRunning(resourcesBefore);
    if (leftRunning !== undefined)
      throw new Error(`${tool.name} left running after its run ended: ${leftRunning}. End it in task.defer().`);
    const report = { questions, recorded: Object.keys(journal), progress, runs };
    if (end.end === 'settled')
      return 'error' in end.outcome
        ? { ...report, error: end.outcome.error }
        : { ...report, result: end.outcome.result as CallToolResult };
    if (end.end === 'aborted') return { ...report, cancelled: true };
    if (end.end === 'parked') {
      ({ questions, now } = resolveWaits(tool, end, { questions, now }, options.answers ?? {}));
    }
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

function toCloseReason(end: RunEnd): Error | undefined {
  if (end.end === 'parked') return new Parked();
  if (end.end === 'handOver') return new HandedOver();
  return end.end === 'aborted' ? end.reason : undefined;
}
