/**
 * The server that the conformance suite tests: `npm run dev -- --server test/conformance/server.ts`.
 * Names, arguments and texts are the suite's: its scenarios call everything here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, toolError } from '../../lambda/index.ts';
import { toTextResult } from '../support/results.ts';
import { ASKING_TOOLS } from './asking.ts';
import { jsonSchemaTool } from './json-schema.ts';
import { registerOrdinaryFixtures } from './ordinary.ts';

const greet = defineTool(
  'greet',
  {
    description: 'Greets, at once.',
    inputSchema: z.object({ name: z.string().default('world') }),
    taskSupport: 'forbidden',
  },
  ({ name }) => toTextResult(`Hello, ${name}!`),
);

const slowCompute = defineTool(
  'slow_compute',
  {
    description: 'Works for `seconds`, then returns.',
    inputSchema: z.object({ seconds: z.number().min(0).default(1), label: z.string().optional() }),
  },
  async ({ seconds, label }, task) => {
    task.progress(`Computing ${label ?? ''}`.trimEnd());
    await delay(seconds * 1_000, undefined, { signal: task.signal });
    return toTextResult(`Computed ${label ?? 'nothing in particular'} in ${seconds} s.`);
  },
);

const failingJob = defineTool(
  'failing_job',
  { description: 'Ends in a tool error. Only as a task.', inputSchema: z.object({}), taskSupport: 'required' },
  () => toolError('This job fails by design.'),
);

const protocolErrorJob = defineTool(
  'protocol_error_job',
  { description: 'Ends in a JSON-RPC error.', inputSchema: z.object({}) },
  () => {
    throw new ProtocolError(-32603, 'This job ends in a protocol error by design.');
  },
);

const confirmDelete = defineTool(
  'confirm_delete',
  { description: 'Asks before it deletes a file.', inputSchema: z.object({ filename: z.string() }) },
  async ({ filename }, task) => {
    const answer = await task.elicit('confirm', {
      message: `Delete ${filename}?`,
      requestedSchema: z.object({ confirm: z.boolean() }),
    });
    if (answer.action !== 'accept') return toTextResult(`Kept ${filename} (${answer.action}).`);
    return toTextResult(answer.content.confirm ? `Deleted ${filename}.` : `Kept ${filename}.`);
  },
);

const multiInput = defineTool(
  'multi_input',
  { description: 'Asks two questions at the same time.', inputSchema: z.object({}) },
  async (_args, task) => {
    const [who, sure] = await Promise.all([
      task.elicit('name', { message: 'What is your name?', requestedSchema: z.object({ name: z.string() }) }),
      task.elicit('confirm', { message: 'Are you sure?', requestedSchema: z.object({ confirm: z.boolean() }) }),
    ]);
    return toTextResult(`name: ${who.content?.name ?? who.action}, confirm: ${sure.content?.confirm ?? sure.action}`);
  },
);

const routed = defineTool(
  'test_routed',
  {
    description: 'Has an argument that is repeated in a header.',
    inputSchema: z.object({ region: z.string().optional().meta({ 'x-mcp-header': 'Region' }) }),
    taskSupport: 'forbidden',
  },
  ({ region }) => toTextResult(`Routed to ${region ?? 'anywhere'}.`),
);

const toolWithTask = defineTool(
  'test_tool_with_task',
  {
    description: 'Asks for a name in the call itself, then greets as a task.',
    inputSchema: z.object({ name: z.string().optional() }),
    taskSupport: 'required',
    asks: ['elicitation'],
    prepare: async (_args, ask) => {
      const answer = await ask.elicit('user_name', {
        message: 'What is your name?',
        requestedSchema: z.object({ name: z.string() }),
      });
      return answer.action === 'accept'
        ? { name: answer.content.name }
        : toolError(`No name was given (${answer.action}).`);
    },
  },
  ({ name }) => toTextResult(`Hello from the task, ${name}!`),
);

export default defineServer({
  name: 'conformance-fixtures',
  version: '1.0.0',
  tools: [
    greet,
    slowCompute,
    failingJob,
    protocolErrorJob,
    confirmDelete,
    multiInput,
    toolWithTask,
    routed,
    jsonSchemaTool,
    ...ASKING_TOOLS,
  ],
  mcp: registerOrdinaryFixtures,
});
