/** Tools whose arguments, progress, questions, answers, errors and results are all secret. */
import { z } from 'zod';
import { defineServer, defineTool, toolError } from '../../../lambda/index.ts';
import { toTextResult } from '../results.ts';

const inputSchema = z.object({ text: z.string() });

const ask = defineTool('ask', { inputSchema, taskSupport: 'required', asks: ['elicitation'] }, async (args, task) => {
  task.progress(`SECRET progress on ${args.text}`);
  const found = await task.step('look', () => `SECRET finding in ${args.text}`);
  const answer = await task.elicit('which', {
    message: `SECRET question about ${found}`,
    requestedSchema: z.object({ choice: z.string() }),
  });
  return toTextResult(`SECRET result ${JSON.stringify(answer)}`);
});

const fail = defineTool('fail', { inputSchema, taskSupport: 'required' }, async (args) => {
  throw new Error(`SECRET failure over ${args.text}`);
});

const refuse = defineTool('refuse', { inputSchema, taskSupport: 'required' }, async (args) =>
  toolError(`SECRET refusal of ${args.text}`),
);

const hold = defineTool(
  'hold',
  { inputSchema, taskSupport: 'required', onCancel: (args) => Promise.reject(new Error(`SECRET ${args.text}`)) },
  (_, task) =>
    new Promise((_resolve, reject) => {
      const abort = () => reject(task.signal.reason);
      task.signal.addEventListener('abort', abort, { once: true });
    }),
);

/** Its validator throws on every input. */
const brittle = defineTool(
  'brittle',
  {
    inputSchema: inputSchema.refine((args) => {
      throw new Error(`SECRET validation of ${args.text}`);
    }),
    taskSupport: 'required',
  },
  async () => toTextResult('never'),
);

export default defineServer({ name: 'secrets', version: '1.0.0', tools: [ask, fail, refuse, hold, brittle] });
