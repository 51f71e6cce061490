import { defineServer, defineTool } from 'mcp-tasks-aws';
import { z } from 'zod';

/** Written as by a consumer of the package, with syntax that Node cannot strip: it is bundled. */
enum Step {
  Count = 'count',
}

export const countWords = defineTool(
  'count_words',
  {
    description: 'Counts words, slowly.',
    inputSchema: z.object({ text: z.string() }),
    outputSchema: z.object({ words: z.number() }),
    taskSupport: 'optional',
  },
  async ({ text }, task) => {
    // @ts-expect-error the arguments have the schema's type, without such a member
    text.words;
    const words = await task.step(Step.Count, () => text.split(/\s+/).length);
    await task.sleep('rest', 60_000);
    return { structuredContent: { words } };
  },
);

// @ts-expect-error the result must fit the output schema
defineTool('wrong', { outputSchema: z.object({ words: z.number() }) }, async () => ({
  structuredContent: { words: 'three' },
}));

export default defineServer({ name: 'consumer', version: '3.2.1', tools: [countWords] });
