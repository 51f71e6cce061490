/** The limits of one request: each has a default, can be configured, and is named in the error when it is exceeded. */
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
  test('may hold a hundred thousand values, and no more', async () => {
    const frontDoor = await createTestFrontDoor(definition);
    const taken = await frontDoor.send(buildNumbersCall(Array.from({ length: 90_000 }, () => 1)));
    expect(taken.json.result).toMatchObject({ resultType: 'task' });
    const refused = await frontDoor.send(buildNumbersCall(Array.from({ length: 100_001 }, () => 1)));
    expect(refused.status).toBe(400);
    expect(refused.json.error).toEqual({
      code: -32700,
      message: 'The body cannot be parsed: it has more than 100000 values.',
    });
  });

  test('may be nested a hundred levels deep, or as deep as configured', async () => {
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

  test('must have an id and a progress token that are short enough to repeat', async () => {
    const frontDoor = await createTestFrontDoor(definition);
    const long = 'x'.repeat(257);
    const id = await frontDoor.send(buildNumbersCall([1], { id: long }));
    expect(id.status).toBe(400);
    expect(id.json).toMatchObject({ id: null, error: { code: -32600 } });
    expect(id.json.error.message).toContain('its "id" has more than 256 characters');
    const token = await frontDoor.send(buildNumbersCall([1], { meta: { progressToken: long } }));
    expect(token.json.error.message).toContain('its progress token has more than 256 characters');
    expect((await frontDoor.send(buildNumbersCall([1], { id: 'x'.repeat(256) }))).json.result).toMatchObject({
      resultType: 'task',
    });
    const strict = await createTestFrontDoor(definition, { maxIdLength: 8 });
    expect((await strict.send(buildNumbersCall([1], { id: 'x'.repeat(9) }))).status).toBe(400);
  });

  test('whose items are all invalid gets a short answer', async () => {
    const frontDoor = await createTestFrontDoor(definition);
    const { json } = await frontDoor.send(buildNumbersCall(Array.from({ length: 40_000 }, () => 'x'.repeat(10))));
    const [{ text }] = json.result.content;
    expect(text).toContain('and 39980 more');
    expect(text.length).toBeLessThan(7_000);
  });
});

describe('an answer to a question', () => {
  test('may have at most 256 KiB of JSON; a larger one leaves the question open', async () => {
    const frontDoor = await createTestFrontDoor(definition);
    const { json } = await frontDoor.send(
      buildRequest(
        'tools/call',
        { name: 'ask', arguments: {} },
        {
          capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } },
        },
      ),
    );
    const { taskId } = json.result;
    await frontDoor.work();
    const capabilities = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const get = async () => (await frontDoor.send(buildRequest('tasks/get', { taskId }, { capabilities }))).json.result;
    const [key = ''] = Object.keys((await get()).inputRequests);
    const answer = (choice: string) =>
      frontDoor.send(
        buildRequest('tasks/update', {
          taskId,
          inputResponses: { [key]: { action: 'accept', content: { choice } } },
        }),
      );
    const refused = await answer('x'.repeat(262_144));
    expect(refused.json.error).toMatchObject({ code: -32602, data: { limit: 262_144 } });
    expect(refused.json.error.message).toMatch(/^The answer to a question has \d+ bytes of JSON; .* at most 262144\.$/);
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
    expect(() => readRequestLimits({ MAX_BODY_DEPTH: 'deep' })).toThrow(
      'MAX_BODY_DEPTH must be an integer of at least 1',
    );
  });

  test('count only what is outside of strings', () => {
    expect(findExcess('{"a":"1,2,3,4,5","b":2}', { depth: 9, values: 4 })).toBeUndefined();
    expect(findExcess('{"a":1,"b":2}', { depth: 9, values: 3 })).toBe('values');
  });

  test('bound the description of each problem', () => {
    const described = describeProblems([{ path: 'a', reason: 'x'.repeat(10_000) }]);
    expect(described).toHaveLength(300);
    expect(described.endsWith('…')).toBe(true);
  });
});
