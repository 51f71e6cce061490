import { defineServer, defineTool } from 'mcp-tasks-aws';
import { z } from 'zod';

/** Written as somebody writes it who has only the package: also what Node cannot strip, since it is bundled. */
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
    // @ts-expect-error the arguments have the schema's type: there is no such member
    text.words;
    const words = await task.step(Step.Count, () => text.split(/\s+/).length);
    await task.sleep('rest', 60_000);
    return { structuredContent: { words } };
  },
);

// @ts-expect-error the result has to fit the output schema
defineTool('wrong', { outputSchema: z.object({ words: z.number() }) }, async () => ({
  structuredContent: { words: 'three' },
}));

export default defineServer({ name: 'consumer', version: '3.2.1', tools: [countWords] });
