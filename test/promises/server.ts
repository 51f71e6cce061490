/** Tools that put each promise to the test. */
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { defineServer, defineTool, type TaskContext } from '../../lambda/index.ts';
import { toJsonResult } from '../support/results.ts';

const inputSchema = z.object({ ms: z.number().default(0) });
/** `file`: where it writes that it has begun and that it has ended. */
const waitInputSchema = inputSchema.extend({ file: z.string().optional() });
const buildValueForm = (message: string) => ({ message, requestedSchema: z.object({ value: z.string() }) });

/** A value that is different each time. */
const createUniqueValue = () => `${process.pid}-${process.hrtime.bigint()}`;

/** Kills the first worker that runs the task: the journal records which one that was. */
async function crashOnce(task: TaskContext): Promise<void> {
  const firstWorker = await task.step('first worker', () => process.pid);
  if (firstWorker === process.pid) process.kill(process.pid, 'SIGKILL');
}

export default defineServer({
  name: 'promises',
  version: '1.0.0',
  tools: [
    defineTool('wait', { inputSchema: waitInputSchema, taskSupport: 'required' }, async ({ ms, file }, task) => {
      if (file) appendFileSync(file, 'began ');
      await wait(ms, undefined, { signal: task.signal }).finally(() => file && appendFileSync(file, 'ended '));
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
      const askedBy = await task.step('asked by', () => process.pid);
      const answer = await task.elicit('q', buildValueForm('What?'));
      return toJsonResult({ askedBy, answer });
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
    // On a busy machine a lease may run out while megabytes are serialized: such runs must not fail the task.
    defineTool('large', { inputSchema: z.object({ bytes: z.number() }), maxFailures: 30 }, async ({ bytes }) => ({
      content: [{ type: 'text', text: '"\n'.repeat(bytes / 2) }],
    })),
  ],
});
