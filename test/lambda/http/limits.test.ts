/** What one request may bring: each limit has a default, can be set, and says itself when it is passed. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readRequestLimits } from '../../../lambda/functions/environment.ts';
import { findExcess } from '../../../lambda/http/body.ts';
import { defineServer, defineTool } from '../../../lambda/index.ts';
import { describeProblems } from '../../../lambda/tool/validate.ts';
import { createTestFrontDoor } from '../../support/front-door.ts';
import { buildRequest } from '../../support/requests.ts';

const numbers = defineTool(
  'numbers',
  { inputSchema: z.object({ of: z.array(z.number()) }), taskSupport: 'required' },
  async () => ({ content: [] }),
);
const ask = defineTool(
  'ask',
  { inputSchema: z.object({}), taskSupport: 'required', asks: ['elicitation'] },
  async (_, task) => {
    await task.elicit('which', { message: 'Which?', requestedSchema: z.object({ choice: z.string() }) });
    return { content: [] };
  },
);
const definition = defineServer({ name: 'limits', version: '1.0.0', tools: [numbers, ask] });
const buildNumbersCall = (of: unknown, more = {}) =>
  buildRequest('tools/call', { name: 'numbers', arguments: { of } }, more);
const nestNumber = (depth: number): unknown => (depth === 0 ? 1 : [nestNumber(depth - 1)]);

describe('a request', () => {
  test('may hold a hundred thousand values, and not more', async () => {
    const door = await createTestFrontDoor(definition);
    const taken = await door.send(buildNumbersCall(Array.from({ length: 90_000 }, () => 1)));
    expect(taken.json.result).toMatchObject({ resultType: 'task' });
    const refused = await door.send(buildNumbersCall(Array.from({ length: 100_001 }, () => 1)));
    expect(refused.status).toBe(400);
    expect(refused.json.error).toEqual({
      code: -32700,
      message: 'The body cannot be parsed: it has more than 100000 values.',
    });
  });

  test('may be nested a hundred deep, or as deep as it is set', async () => {
    const refused = await (await createTestFrontDoor(definition)).send(buildNumbersCall(nestNumber(120)));
    expect(refused.json.error.message).toContain('nested more than 100 deep');
    const wide = await (await createTestFrontDoor(definition, { maxDepth: 200 })).send(
      buildNumbersCall(nestNumber(120)),
    );
    expect(wide.json.result).toMatchObject({ isError: true });
    const few = await (await createTestFrontDoor(definition, { maxValues: 20 })).send(
      buildNumbersCall(Array.from({ length: 30 }, () => 1)),
    );
    expect(few.json.error.message).toContain('more than 20 values');
  });

  test('has an id and a progress token that an answer can repeat', async () => {
    const door = await createTestFrontDoor(definition);
    const long = 'x'.repeat(257);
    const id = await door.send(buildNumbersCall([1], { id: long }));
    expect(id.status).toBe(400);
    expect(id.json).toMatchObject({ id: null, error: { code: -32600 } });
    expect(id.json.error.message).toContain('its "id" has more than 256 characters');
    const token = await door.send(buildNumbersCall([1], { meta: { progressToken: long } }));
    expect(token.json.error.message).toContain('its progress token has more than 256 characters');
    expect((await door.send(buildNumbersCall([1], { id: 'x'.repeat(256) }))).json.result).toMatchObject({
      resultType: 'task',
    });
    const strict = await createTestFrontDoor(definition, { maxIdLength: 8 });
    expect((await strict.send(buildNumbersCall([1], { id: 'x'.repeat(9) }))).status).toBe(400);
  });

  test('whose items are all wrong is answered in a few words', async () => {
    const door = await createTestFrontDoor(definition);
    const { json } = await door.send(buildNumbersCall(Array.from({ length: 40_000 }, () => 'x'.repeat(10))));
    const [{ text }] = json.result.content;
    expect(text).toContain('and 39980 more');
    expect(text.length).toBeLessThan(7_000);
  });
});

describe('an answer to a question', () => {
  test('has at most 256 KiB of JSON; a larger one leaves the question open', async () => {
    const door = await createTestFrontDoor(definition);
    const { json } = await door.send(
      buildRequest(
        'tools/call',
        { name: 'ask', arguments: {} },
        {
          capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } },
        },
      ),
    );
    const { taskId } = json.result;
    await door.work();
    const capabilities = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const get = async () => (await door.send(buildRequest('tasks/get', { taskId }, { capabilities }))).json.result;
    const [key = ''] = Object.keys((await get()).inputRequests);
    const answer = (choice: string) =>
      door.send(
        buildRequest('tasks/update', {
          taskId,
          inputResponses: { [key]: { action: 'accept', content: { choice } } },
        }),
      );
    const refused = await answer('x'.repeat(262_144));
    expect(refused.json.error).toMatchObject({ code: -32602, data: { limit: 262_144 } });
    expect(refused.json.error.message).toMatch(/^The answer to a question has \d+ bytes of JSON: .* at most 262144\.$/);
    expect((await get()).status).toBe('input_required');
    expect((await answer('x'.repeat(200_000))).json.result).toBeDefined();
    expect((await get()).status).toBe('working');
  });
});

describe('the limits', () => {
  test('come from the environment', () => {
    expect(readRequestLimits({})).toEqual({});
    const environment = { MAX_BODY_BYTES: '10', MAX_BODY_DEPTH: '5', MAX_BODY_VALUES: '6', MAX_ID_LENGTH: '7' };
    expect(readRequestLimits(environment)).toEqual({ maxBodyBytes: 10, maxDepth: 5, maxValues: 6, maxIdLength: 7 });
    expect(() => readRequestLimits({ MAX_BODY_DEPTH: 'deep' })).toThrow('MAX_BODY_DEPTH must be a whole number');
  });

  test('count what is outside of strings alone', () => {
    expect(findExcess('{"a":"1,2,3,4,5","b":2}', { depth: 9, values: 4 })).toBeUndefined();
    expect(findExcess('{"a":1,"b":2}', { depth: 9, values: 3 })).toBe('values');
  });

  test('bound what is told of each problem', () => {
    const told = describeProblems([{ path: 'a', reason: 'x'.repeat(10_000) }]);
    expect(told).toHaveLength(300);
    expect(told.endsWith('…')).toBe(true);
  });
});
