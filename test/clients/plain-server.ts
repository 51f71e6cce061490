/** The server for clients without tasks: every choice of `withoutTasks`, next to ordinary tools, prompts and resources. */
import { setTimeout as delay } from 'node:timers/promises';
import { inputRequired, inputResponse } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { defineServer, defineTool } from '../../lambda/index.ts';
import { toTextResult } from '../support/results.ts';

const sumSchema = z.object({ sum: z.number() });
const numbersSchema = z.object({ a: z.number(), b: z.number() });
const nameSchema = z.object({ name: z.string() });

const add = defineTool('add', { inputSchema: numbersSchema, outputSchema: sumSchema }, ({ a, b }) => ({
  structuredContent: { sum: a + b },
}));

const report = defineTool(
  'report',
  {
    description: 'Adds, in the background.',
    inputSchema: numbersSchema,
    outputSchema: sumSchema,
    withoutTasks: 'handOff',
    pollIntervalMs: { min: 50, max: 50 },
  },
  async ({ a, b }, task) => {
    task.progress('Adding');
    return { structuredContent: { sum: await task.step('add', () => a + b) } };
  },
);

const endless = defineTool('endless', { withoutTasks: 'handOff' }, async (task) => {
  await delay(600_000, undefined, { signal: task.signal });
  return toTextResult('Nobody came.');
});

const quick = defineTool('quick', { withoutTasks: 'inlineThenHandOff' }, async (task) =>
  toTextResult(`done ${await task.step('work', () => 'once')}`),
);

const order = defineTool('order', { asks: ['elicitation'] }, async (task) => {
  const answer = await task.elicit('who', { message: 'Who is it for?', requestedSchema: nameSchema });
  return toTextResult(answer.action === 'accept' ? `For ${answer.content.name}.` : answer.action);
});

const orderLater = defineTool('order_later', { asks: ['elicitation'], withoutTasks: 'handOff' }, async (task) => {
  const answer = await task.elicit('who', { message: 'Who is it for?', requestedSchema: nameSchema });
  return toTextResult(answer.action === 'accept' ? `Later for ${answer.content.name}.` : answer.action);
});

const required = defineTool('required', { taskSupport: 'required' }, () => toTextResult('ran'));

export default defineServer({
  name: 'plain-clients',
  version: '1.0.0',
  tools: [add, report, endless, quick, order, orderLater, required],
  mcp: (server) => {
    server.registerTool('ordinary', { description: 'An ordinary tool.', inputSchema: nameSchema }, ({ name }) =>
      toTextResult(`Hello, ${name}.`),
    );
    server.registerTool('ordinary_asks', { description: 'An ordinary tool that asks.' }, (ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'who');
      if (answer.kind === 'elicit') return toTextResult(`You are ${answer.content?.name ?? answer.action}.`);
      const who = inputRequired.elicit({ message: 'Who is it for?', requestedSchema: nameSchema });
      return inputRequired({ inputRequests: { who } });
    });
    server.registerTool(
      'ordinary_pushes',
      { description: 'An ordinary tool that asks in the middle.' },
      async (ctx) => {
        await ctx.mcpReq.elicitInput({ message: 'Who?', requestedSchema: { type: 'object', properties: {} } });
        return toTextResult('asked');
      },
    );
    server.registerPrompt('greeting', { argsSchema: nameSchema }, ({ name }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}.` } }],
    }));
    server.registerResource('motto', 'test://motto', { mimeType: 'text/plain' }, (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Nothing is lost.' }],
    }));
  },
});
