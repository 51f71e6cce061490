/** Tools for clients without tasks: one for each choice of `withoutTasks`, and one for each way in which that can be interrupted. */
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, toolError } from '../../../../lambda/index.ts';
import { toTextResult } from '../../../support/results.ts';

/** How often each tool's work was done. */
export const ranTools: string[] = [];

export const modelToolsDefinition = defineServer({
  name: 'without-tasks',
  version: '1.0.0',
  tools: [
    defineTool(
      'report',
      {
        withoutTasks: 'handOff',
        inputSchema: z.object({ year: z.int() }),
        outputSchema: z.object({ rows: z.number() }),
      },
      async ({ year }, task) => {
        task.progress(1, 2, `Reading ${year}`);
        await task.step('read', () => void ranTools.push('report'));
        return { structuredContent: { rows: year } };
      },
    ),
    defineTool('quick', { withoutTasks: 'inlineThenHandOff' }, async (task) => {
      await task.step('work', () => void ranTools.push('quick'));
      return toTextResult('done');
    }),
    defineTool('asks', { withoutTasks: 'inlineThenHandOff', asks: ['elicitation'] }, async (task) => {
      await task.step('work', () => void ranTools.push('asks'));
      const answer = await task.elicit('who', {
        message: 'Who are you?',
        requestedSchema: z.object({ name: z.string() }),
      });
      return toTextResult(`Hello, ${answer.content?.name ?? answer.action}.`);
    }),
    defineTool('asks_later', { withoutTasks: 'handOff' }, async (task) => {
      const answer = await task.elicit('who', {
        message: 'Who are you?',
        requestedSchema: z.object({ name: z.string() }),
      });
      return toTextResult(`Hello, ${answer.content?.name ?? answer.action}.`);
    }),
    defineTool('breaks', { withoutTasks: 'inlineThenHandOff' }, () => {
      throw new ProtocolError(-31999, 'broken');
    }),
    defineTool('fails', { withoutTasks: 'handOff' }, () => toolError('The disk is full.')),
    defineTool('inline', {}, () => toTextResult('ran here')),
    defineTool('remembers', {}, async (task) => toTextResult(`remembered: ${await task.step('work', () => true)}`)),
    defineTool('required', { taskSupport: 'required' }, () => toTextResult('ran')),
  ],
  mcp: (server) => {
    server.registerTool('pushes', {}, async (ctx) => {
      await ctx.mcpReq.elicitInput({ message: 'Who?', requestedSchema: { type: 'object', properties: {} } });
      return toTextResult('asked');
    });
  },
});

export const inlineOnlyDefinition = defineServer({
  name: 'inline-only',
  version: '1.0.0',
  tools: [defineTool('inline', {}, () => toTextResult('ran here'))],
});
