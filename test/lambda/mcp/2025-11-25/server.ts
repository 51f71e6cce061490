/** One tool for each way in which a call can go. */
import { inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, toolError } from '../../../../lambda/index.ts';
import { toTextResult } from '../../../support/results.ts';

const pollIntervalMs = { min: 200, max: 5_000 };
const nameForm = z.object({ name: z.string() });

const add = defineTool(
  'add',
  {
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    outputSchema: z.object({ sum: z.number() }),
    immediateResponse: 'The sum is being computed.',
    retentionMs: 60_000,
    lifetimeMs: 120_000,
    pollIntervalMs,
  },
  ({ a, b }) => ({ structuredContent: { sum: a + b }, _meta: { 'example.com/kept': true } }),
);

const tools = [
  add,
  defineTool('required', { taskSupport: 'required', pollIntervalMs }, () => toTextResult('done')),
  defineTool('forbidden', { taskSupport: 'forbidden' }, () => toTextResult('at once')),
  defineTool('fails', { pollIntervalMs }, () => toolError('The disk is full.')),
  defineTool('breaks', { pollIntervalMs }, () => {
    throw new ProtocolError(-32050, 'Broken.', { why: 'x' });
  }),
  defineTool('greets', { asks: ['elicitation'], pollIntervalMs }, async (task) => {
    const answer = await task.elicit('who', { message: 'Who are you?', requestedSchema: nameForm });
    return toTextResult(`Hello, ${answer.content?.name ?? answer.action}!`);
  }),
  defineTool('samples', { pollIntervalMs }, async (task) => {
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hi' } }];
    try {
      await task.sample('hi', { messages, maxTokens: 10 });
      return toTextResult('sampled');
    } catch (error) {
      return toTextResult((error as Error).message);
    }
  }),
  defineTool('visits', { pollIntervalMs }, async (task) => {
    const { action } = await task.elicitUrl('there', { message: 'Sign in.', url: 'https://example.com/' });
    return toTextResult(action);
  }),
  defineTool('asks_twice', { pollIntervalMs }, async (task) => {
    const asked = (key: string) => task.elicit(key, { message: key, requestedSchema: nameForm });
    const [one, two] = await Promise.all([asked('one'), asked('two')]);
    return toTextResult(`${one.content?.name} ${two.content?.name}`);
  }),
  defineTool('asks_many', { pollIntervalMs }, async (task) => {
    const asked = (n: number) => task.elicit(`question ${n}`, { message: `${n}?`, requestedSchema: nameForm });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => asked(n)));
    return toTextResult(`${answers.length} answers`);
  }),
  defineTool('reports', { pollIntervalMs }, async (task) => {
    task.progress(1, 4, 'a quarter');
    await task.elicit('on', { message: 'Go on?', requestedSchema: z.object({}) });
    return toTextResult('reported');
  }),
  defineTool(
    'prepared',
    {
      inputSchema: z.object({ name: z.string().optional() }),
      taskSupport: 'required',
      asks: ['elicitation'],
      prepare: async (args, ask) => {
        if (args.name) return args;
        const answer = await ask.elicit('name', { message: 'For whom?', requestedSchema: nameForm });
        return answer.action === 'accept' ? { name: answer.content.name } : toolError(`Not begun: ${answer.action}.`);
      },
      pollIntervalMs,
    },
    ({ name }) => toTextResult(`Done for ${name}.`),
  ),
];

/** How often each ordinary handler ran. */
export const runCounts = { ask: 0, twice: 0, later: 0 };

function registerOrdinaryHandlers(server: McpServer): void {
  const form = (message: string) => inputRequired.elicit({ message, requestedSchema: nameForm });
  server.registerTool('ordinary', { description: 'Answers.' }, () => toTextResult('plain'));
  server.registerTool('ordinary_asks', { inputSchema: z.object({ greeting: z.string() }) }, ({ greeting }, ctx) => {
    runCounts.ask += 1;
    const who = inputResponse(ctx.mcpReq.inputResponses, 'who');
    if (who.kind === 'missing') return inputRequired({ inputRequests: { who: form('Who are you?') } });
    return toTextResult(`${greeting}, ${who.kind === 'elicit' ? (who.content?.name ?? who.action) : who.kind}!`);
  });
  server.registerTool('ordinary_asks_twice', { description: 'Two rounds.' }, (ctx) => {
    runCounts.twice += 1;
    const state = ctx.mcpReq.requestState<string>();
    const answer = inputResponse(ctx.mcpReq.inputResponses, state ? 'second' : 'first');
    const given = answer.kind === 'elicit' ? String(answer.content?.name) : undefined;
    if (!state && !given) return inputRequired({ inputRequests: { first: form('First?') } });
    if (!state) return inputRequired({ inputRequests: { second: form('Second?') }, requestState: `${given}` });
    return toTextResult(`${state}, then ${given}`);
  });
  server.registerTool('ordinary_later', { description: 'Asks nothing, but to be called again.' }, (ctx) => {
    runCounts.later += 1;
    return ctx.mcpReq.requestState() === undefined ? inputRequired({ requestState: 'later' }) : toTextResult('later');
  });
  server.registerTool('ordinary_pushes', { description: 'Holds a promise.' }, async (ctx) => {
    await ctx.mcpReq.elicitInput({ message: 'Who?', requestedSchema: { type: 'object', properties: {} } });
    return toTextResult('never');
  });
  server.registerPrompt('asks', { description: 'A prompt that asks.' }, (ctx) => {
    const who = inputResponse(ctx.mcpReq.inputResponses, 'who');
    if (who.kind !== 'elicit') return inputRequired({ inputRequests: { who: form('Who?') } });
    return { messages: [{ role: 'user', content: { type: 'text', text: `For ${who.content?.name}` } }] };
  });
}

export default defineServer({ name: 'tasks-of-2025', version: '1.0.0', tools, mcp: registerOrdinaryHandlers });
