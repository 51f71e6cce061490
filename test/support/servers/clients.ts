/** The server of the client tests: one tool for each course that a call can take. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, toolError } from '../../../lambda/index.ts';
import { toTextResult } from '../results.ts';

/** Short, since tests wait for polls. */
const pollIntervalMs = { min: 50, max: 50 };
/** By creating this file a client signals that it is ready, however late a busy machine lets it be. */
const after = z.string().optional();
async function waitForFile(file: string | undefined): Promise<void> {
  while (file !== undefined && !existsSync(file)) await delay(20);
}

const greet = defineTool(
  'greet',
  { description: 'Greets at once.', inputSchema: z.object({ name: z.string() }), taskSupport: 'forbidden' },
  ({ name }) => toTextResult(`Hello, ${name}!`),
);

const add = defineTool(
  'add',
  {
    description: 'Adds two numbers, as a task.',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    outputSchema: z.object({ sum: z.number() }),
    taskSupport: 'required',
    pollIntervalMs,
  },
  ({ a, b }, task) => {
    task.progress(`Adding ${a} and ${b}`);
    return { structuredContent: { sum: a + b } };
  },
);

const wait = defineTool(
  'wait',
  { description: 'Works until it is cancelled.', inputSchema: z.object({}), taskSupport: 'required', pollIntervalMs },
  async (_args, task) => {
    task.progress('Waiting');
    await delay(600_000, undefined, { signal: task.signal });
    return toTextResult('Not cancelled.');
  },
);

const slow = defineTool(
  'slow',
  {
    description: 'Takes its time.',
    inputSchema: z.object({ ms: z.number(), after }),
    taskSupport: 'required',
    pollIntervalMs,
  },
  async ({ ms, after }) => {
    await waitForFile(after);
    await delay(ms);
    return toTextResult(`Slept for ${ms} ms.`);
  },
);

const steps = defineTool(
  'steps',
  { description: 'Reports three steps.', inputSchema: z.object({ after }), taskSupport: 'required', pollIntervalMs },
  async ({ after }, task) => {
    for (const step of [1, 2, 3]) {
      task.progress(step, 3, `Step ${step}`);
      await waitForFile(after);
      await delay(700);
    }
    return toTextResult('Three steps.');
  },
);

const fail = defineTool(
  'fail',
  { description: 'Ends in a tool error.', inputSchema: z.object({}), pollIntervalMs },
  () => toolError('The disk is full.'),
);

const refuse = defineTool(
  'refuse',
  { description: 'Ends in a JSON-RPC error.', inputSchema: z.object({}), pollIntervalMs },
  () => {
    throw new ProtocolError(-32050, 'Quota exceeded.', { limit: 3 });
  },
);

const sizeSchema = z.enum(['small', 'large']);
const order = defineTool(
  'order',
  {
    description: 'Asks for every kind of field.',
    inputSchema: z.object({}),
    outputSchema: z.object({ action: z.string(), content: z.record(z.string(), z.unknown()).optional() }),
    asks: ['elicitation'],
    pollIntervalMs,
  },
  async (_args, task) => {
    const answer = await task.elicit('order', {
      message: 'What would you like?',
      requestedSchema: z.object({
        name: z.string().min(1).describe('Who is it for?'),
        pieces: z.int().min(1).max(9),
        weight: z.number().optional(),
        gift: z.boolean().default(false),
        size: sizeSchema,
        extras: z.array(z.enum(['milk', 'sugar', 'cinnamon'])).min(1),
      }),
    });
    return { structuredContent: { action: answer.action, ...(answer.content && { content: answer.content }) } };
  },
);

const both = defineTool(
  'both',
  { description: 'Asks two questions at once.', inputSchema: z.object({}), asks: ['elicitation'], pollIntervalMs },
  async (_args, task) => {
    const [who, sure] = await Promise.all([
      task.elicit('who', { message: 'Who are you?', requestedSchema: z.object({ name: z.string() }) }),
      task.elicit('sure', { message: 'Are you sure?', requestedSchema: z.object({ sure: z.boolean() }) }),
    ]);
    return toTextResult(`${who.content?.name ?? who.action} is ${sure.content?.sure ? 'sure' : 'not sure'}.`);
  },
);

const prepared = defineTool(
  'prepared',
  {
    description: 'Asks in the call, then works as a task.',
    inputSchema: z.object({ name: z.string().optional() }),
    taskSupport: 'required',
    asks: ['elicitation'],
    prepare: async (args, ask) => {
      if (args.name !== undefined) return args;
      const answer = await ask.elicit('name', {
        message: 'For whom?',
        requestedSchema: z.object({ name: z.string() }),
      });
      return answer.action === 'accept' ? { name: answer.content.name } : toolError(`Not begun (${answer.action}).`);
    },
    pollIntervalMs,
  },
  ({ name }) => toTextResult(`Done for ${name}.`),
);

const visit = defineTool(
  'visit',
  { description: 'Asks to open an address.', inputSchema: z.object({}), asks: ['elicitationUrl'], pollIntervalMs },
  async (_args, task) => {
    const answer = await task.elicitUrl('visit', { message: 'Please sign in.', url: 'https://example.com/sign-in' });
    return toTextResult(`Visit: ${answer.action}`);
  },
);

export default defineServer({
  name: 'client-test-fixtures',
  version: '1.0.0',
  tools: [greet, add, wait, slow, steps, fail, refuse, order, both, prepared, visit],
});
