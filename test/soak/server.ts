/**
 * The server that the soak runs: tools of every kind, whose results contain their steps and answers. Every process
 * writes its log to the file SOAK_LOG, with time and process id before each line.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { StepContext, TaskContext } from '../../lambda/index.ts';
import { defineServer, defineTool } from '../../lambda/index.ts';

const { SOAK_LOG } = process.env;
// Written synchronously: the lines of a process that is killed right afterwards are not lost.
if (SOAK_LOG)
  process.stdout.write = (line: string | Uint8Array) => {
    appendFileSync(SOAK_LOG, `${Date.now()} ${process.pid} ${line}`);
    return true;
  };

/** Too much for a journal entry or a row (characters). */
const LARGE_STEP_LENGTH = 20_000;

/** Runs steps and asks questions for one call, and records their results. */
class SoakToolRun {
  readonly n: number;
  readonly task: TaskContext;
  readonly steps: Record<string, string> = {};
  readonly answers: Record<string, string> = {};

  constructor(n: number, task: TaskContext) {
    this.n = n;
    this.task = task;
  }

  /** A step of `ms` whose value is different each time it runs. */
  async step(name: string, ms: number, { fails = 0, padding = 0 } = {}): Promise<void> {
    const work = async ({ signal }: StepContext) => {
      await delay(ms, undefined, { signal });
      if (Math.random() < fails) throw new Error('not this time');
      return `${this.n} ${name} ${randomUUID()}${'.'.repeat(padding)}`;
    };
    const retry = { retries: fails > 0 ? 30 : 0, baseMs: 300, maxMs: 1_000 };
    this.steps[name] = await this.task.step(name, work, { retry });
  }

  async ask(name: string): Promise<void> {
    const requestedSchema = z.object({ value: z.string() });
    const answer = await this.task.elicit(name, { message: `${name} of ${this.n}?`, requestedSchema });
    this.answers[name] = answer.action === 'accept' ? answer.content.value : answer.action;
  }
}

/** High: a task that is killed ten times within one short step is still healthy. */
const MAX_FAILURES = 30;

function defineSoakTool(
  name: string,
  handler: (call: SoakToolRun, task: TaskContext) => Promise<unknown>,
  config = {},
) {
  return defineTool(
    name,
    {
      inputSchema: z.object({ n: z.number() }),
      taskSupport: 'required',
      maxFailures: MAX_FAILURES,
      pollIntervalMs: { min: 1_000, max: 3_000 },
      ...config,
    },
    async ({ n }, task) => {
      const call = new SoakToolRun(n, task);
      await handler(call, task);
      const { steps, answers } = call;
      return { content: [{ type: 'text' as const, text: JSON.stringify({ n, steps, answers }) }] };
    },
  );
}

const tools = [
  defineSoakTool('steps', async (call, task) => {
    for (const [done, name] of ['first', 'second', 'third'].entries()) {
      await call.step(name, 250);
      task.progress(done + 1, 6);
    }
    await Promise.all([call.step('left', 300), call.step('middle', 100), call.step('right', 500)]);
  }),
  defineSoakTool('asks', async (call) => {
    await call.step('before', 200);
    await Promise.all([call.ask('one'), call.ask('two'), call.step('meanwhile', 300)]);
    await call.step('between', 200);
    await call.ask('three');
    await call.step('after', 200);
  }),
  defineSoakTool('sleeps', async (call, task) => {
    await call.step('before', 200);
    await task.sleep('nap', 1_000);
    await call.step('between', 300);
    await task.sleep('night', 4_000);
    await call.step('after', 200);
  }),
  defineSoakTool('retries', async (call) => {
    await call.step('fragile', 150, { fails: 0.6 });
    await call.step('solid', 150);
  }),
  defineSoakTool('large', (call) => call.step('fill', 300, { padding: LARGE_STEP_LENGTH })),
  // Longer than one function may run: it is handed over between two steps.
  defineSoakTool('long', async (call) => {
    for (const name of ['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7']) await call.step(name, 2_000);
  }),
  // Cancelled while it waits or works, and cleans up then.
  defineSoakTool(
    'cancelled',
    async (call) => {
      await call.step('before', 1_500);
      await call.ask('never');
    },
    { onCancel: () => delay(200) },
  ),
];

export default defineServer({ name: 'soak', version: '1.0.0', tools });
