/** The tools whose tasks are in the fixture. They must keep doing the same in the same order, like any deployed tool. */
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, type TaskContext, toolError } from '../../../../lambda/index.ts';

/** Called before everything that is done for the first time; may delay it, or make it fail. */
export type Doing = (what: string) => unknown;

const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });

export function serverOf(doing: Doing) {
  const importDataset = defineTool(
    'import_dataset',
    { inputSchema: z.object({ dataset: z.string(), limit: z.number() }) },
    async ({ dataset, limit }, task) => {
      const { source } = await task.step('open', async () => {
        await doing('open');
        return { source: `${dataset}.csv` };
      });
      task.progress(1, 3, 'Opened');
      const rows = await task.step('read', async () => {
        await doing('read');
        return Array.from({ length: limit }, (_, index) => `bird ${index}`);
      });
      const written = await task.step('write', async () => {
        await doing('write');
        return rows.length;
      });
      return text(`${source}: ${written} rows from ${rows[0]}`);
    },
  );

  const exportDataset = defineTool(
    'export_dataset',
    { inputSchema: z.object({ dataset: z.string(), limit: z.number() }), taskSupport: 'required' },
    async ({ dataset, limit }) => text([dataset, ...Array.from({ length: limit }, (_, i) => `bird ${i}`)].join('\n')),
  );

  async function order({ item, pieces }: { item: string; pieces: number }, task: TaskContext) {
    const { shelf } = await task.step('reserve', async () => {
      await doing('reserve');
      return { shelf: 'A1' };
    });
    const answer = await task.elicit('confirm', {
      message: `Order ${pieces} of ${item} from ${shelf}?`,
      requestedSchema: z.object({ really: z.boolean() }),
    });
    if (answer.action !== 'accept') return toolError(`${item} was not confirmed`);
    return text(`ordered ${pieces} of ${item} from ${shelf}`);
  }
  const inputSchema = z.object({ item: z.string(), pieces: z.number() });
  const onCancel = async ({ item }: { item: string }) => void (await doing(`cancel ${item}`));

  const book = defineTool(
    'book',
    {
      inputSchema: z.object({ flight: z.string(), seat: z.string().optional() }),
      prepare: async (args, ask) => {
        const answer = await ask.elicit('seat', {
          message: `Which seat on ${args.flight}?`,
          requestedSchema: z.object({ seat: z.string() }),
        });
        return answer.action === 'accept' ? { ...args, ...answer.content } : toolError('no seat');
      },
    },
    async ({ flight, seat }) => text(`booked ${seat} on ${flight}`),
  );

  const sleep = defineTool('sleep', { inputSchema: z.object({ minutes: z.number() }) }, async ({ minutes }, task) => {
    await task.step('begin', () => void doing('begin'));
    await task.sleep('pause', minutes * 60_000);
    return text(`slept for ${minutes} minutes`);
  });

  const render = defineTool('render', {}, async (task) => {
    const rendered = task.waitFor<string>('rendered');
    const { job } = await task.step('submit', async () => {
      await doing(rendered.token);
      return { job: 'job-7' };
    });
    return text(`${job} gave ${await rendered}`);
  });

  const persist = defineTool('persist', {}, async (task) => {
    const why = await task
      .step('probe', async (): Promise<string> => {
        await doing('probe');
        throw new RangeError('too far');
      })
      .catch((error: Error) => `${error.name}: ${error.message}`);
    const got = await task.step(
      'fetch',
      async () => {
        await doing('fetch');
        return 'the file';
      },
      { retry: { retries: 2, baseMs: 60_000 } },
    );
    return text(`${got} after ${why}`);
  });

  const refuse = defineTool('refuse', { inputSchema: z.object({ how: z.string() }) }, async ({ how }) => {
    if (how === 'politely') return toolError('The shop is closed.');
    throw new ProtocolError(-32010, 'The warehouse is closed.', { until: 'Monday' });
  });

  return defineServer({
    name: 'shop',
    version: '1.0.0',
    tools: [
      importDataset,
      exportDataset,
      book,
      sleep,
      render,
      persist,
      refuse,
      defineTool('order', { inputSchema, asks: ['elicitation'], onCancel }, order),
      defineTool('order_soon', { inputSchema, withoutTasks: 'inlineThenHandOff' }, order),
    ],
  });
}
