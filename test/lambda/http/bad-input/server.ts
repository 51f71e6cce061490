/** The server that bad input is sent to. */
import { z } from 'zod';
import { defineServer, defineTool } from '../../../../lambda/index.ts';

const emptyResult = { content: [] };
export default defineServer({
  name: 'table',
  version: '1.0.0',
  tools: [
    defineTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
      content: [{ type: 'text', text }],
    })),
    defineTool(
      'routed',
      {
        inputSchema: z.object({
          region: z.string().meta({ 'x-mcp-header': 'Region' }),
          at: z.object({ shard: z.int().meta({ 'x-mcp-header': 'Shard' }) }).optional(),
        }),
      },
      () => emptyResult,
    ),
    defineTool('slow', { taskSupport: 'required' }, () => emptyResult),
    defineTool('asking', { asks: ['elicitation'] }, () => emptyResult),
  ],
});
