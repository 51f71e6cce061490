/** Tools that put each promise to the test. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { defineServer, defineTool, type TaskContext } from '../../lambda/index.ts';

const toJsonResult = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] });
const inputSchema = z.object({ ms: z.number().default(0) });
const buildValueForm = (message: string) => ({ message, requestedSchema: z.object({ value: z.string() }) });

/** A value that no second attempt makes again. */
const createUniqueValue = () => `${process.pid}-${process.hrtime.bigint()}`;

/** Ends the worker the first time it comes by, which only the journal can tell. */
async function crashOnce(task: TaskContext): Promise<void> {
  const [first] = await Promise.all([task.step('first worker', () => process.pid)]);
  if (first === process.pid) process.kill(process.pid, 'SIGKILL');
}

export default defineServer({
  name: 'promises',
  version: '1.0.0',
  tools: [
    defineTool('wait', { inputSchema, taskSupport: 'required' }, async ({ ms }, task) => {
      await wait(ms, undefined, { signal: task.signal });
      return toJsonResult('done');
    }),
    defineTool('survives', { taskSupport: 'required' }, async (task) => {
      const before = await task.step('before', createUniqueValue);
      await crashOnce(task);
      const [left, right] = await Promise.all([
        task.step('left', createUniqueValue),
        task.step('right', createUniqueValue),
      ]);
      return toJsonResult({ before, left, right });
    }),
    defineTool('kills', { taskSupport: 'required', maxFailures: 2 }, async () => {
      process.kill(process.pid, 'SIGKILL');
      return toJsonResult('never');
    }),
    defineTool('asks', { taskSupport: 'required', asks: ['elicitation'] }, async (task) => {
      const asked = await task.step('asked by', () => process.pid);
      const answer = await task.elicit('q', buildValueForm('What?'));
      return toJsonResult({ asked, answer });
    }),
    defineTool('throws', { taskSupport: 'required' }, async () => {
      throw new Error('no such thing');
    }),
    defineTool(
      'expires',
      { taskSupport: 'required', lifetimeMs: 3_000, retentionMs: 4_000, inputSchema },
      async ({ ms }) => {
        await wait(ms);
        return toJsonResult('kept');
      },
    ),
    defineTool('large', { inputSchema: z.object({ bytes: z.number() }) }, async ({ bytes }) => ({
      content: [{ type: 'text', text: '"\n'.repeat(bytes / 2) }],
    })),
  ],
});
