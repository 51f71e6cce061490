import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { digestQuestionKey } from '../../../../lambda/engine/api/follow.ts';
import { defineTool } from '../../../../lambda/index.ts';
import { createTestEngine } from '../../../support/engine.ts';

const KEYS = ['one', 'two', 'three'];
const asking = defineTool('asking', { lifetimeMs: 10 * 86_400_000 }, async (task) => {
  for (const key of KEYS) await task.elicit(key, { message: key, requestedSchema: z.object({ ok: z.boolean() }) });
  return { content: [] };
});

/** What may happen: a stream looks (or several at once), its answer is lost, time passes, the question is answered. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('look' as const), stream: fc.nat({ max: 2 }), lost: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
);

test('no two streams ask the same question while both are read, in any order of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 60 }), async (events) => {
      const { engine, start, work, time, deadline } = createTestEngine([asking]);
      const { id } = await start(asking);
      await work();
      /** What each stream's reader has seen, and until when no other stream may ask in its place. */
      const readers = [0, 1, 2].map((n) => ({ name: `stream-${n}`, seen: new Set<string>(), until: 0 }));
      let now = 0;
      const look = async (n: number, lost: boolean) => {
        const reader = readers[n];
        if (!reader) return;
        const seen = new Set([...reader.seen].map(digestQuestionKey));
        const canAsk = async () => ({ form: true });
        const { ask, view } = await engine.followTask({
          caller: {},
          id,
          stream: reader.name,
          reader: { seen, canAsk },
        });
        for (const key of ask) {
          const rival = readers.find((other) => other !== reader && other.seen.has(key) && other.until > now);
          expect(rival?.name).toBeUndefined();
          if (!lost) reader.seen.add(key);
        }
        const asks = Object.keys(view.questions).some((key) => reader.seen.has(key));
        // A reader that came back in time continues; one that was late may have been overtaken.
        const goesOn = ask.length > 0 || (asks && reader.until > now);
        reader.until = goesOn ? now + view.pollIntervalMs + 5_000 : 0;
      };
      for (const one of events) {
        if (one.do === 'look') await look(one.stream, one.lost);
        else if (one.do === 'race') await Promise.all([look(0, false), look(1, false), look(2, false)]);
        else if (one.do === 'pass') {
          time.ahead += one.ms;
          now += one.ms;
        } else {
          const { questions } = await engine.getTask({}, id);
          const [key] = Object.keys(questions);
          if (key === undefined) continue;
          const answer = { result: { action: 'accept', content: { ok: true } } };
          expect(await engine.submitAnswer({}, { of: 'task', id, key }, answer, deadline())).toBe('known');
          await work();
        }
      }
    }),
    { numRuns: 300 },
  );
});
