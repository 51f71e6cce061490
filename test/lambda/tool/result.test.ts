/** From what a tool returned or threw to the outcome that is stored. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, InputNotSupported, ProtocolError, toolError } from '../../../lambda/index.ts';
import { toReturnOutcome, toThrowOutcome } from '../../../lambda/tool/result.ts';

const plain = defineTool('plain', {}, async () => ({ content: [] }));
const typed = defineTool('typed', { outputSchema: z.object({ rows: z.number().default(0) }) }, async () =>
  toolError('unused'),
);

describe('a result', () => {
  test('without content gets its structured content as text', async () => {
    expect(await toReturnOutcome(typed, { structuredContent: { rows: 3 } })).toEqual({
      result: { structuredContent: { rows: 3 }, content: [{ type: 'text', text: '{"rows":3}' }] },
    });
  });

  test('keeps its own content', async () => {
    const given = { structuredContent: { rows: 3 }, content: [{ type: 'text', text: 'three' }] };
    expect(await toReturnOutcome(typed, given)).toEqual({ result: given });
  });

  test('comes as its schema makes it', async () => {
    expect(await toReturnOutcome(typed, { structuredContent: {} })).toMatchObject({
      result: { structuredContent: { rows: 0 } },
    });
  });

  test('that is a tool error is not validated against the output schema', async () => {
    expect(await toReturnOutcome(typed, toolError('no rows', { _meta: { a: 1 } }))).toEqual({
      result: { _meta: { a: 1 }, content: [{ type: 'text', text: 'no rows' }], isError: true },
    });
  });

  test.each<[string, typeof plain, unknown, string]>([
    ['nothing', plain, undefined, 'it must be an object with "content" or "structuredContent"'],
    ['text', plain, 'done', 'it must be an object with "content" or "structuredContent"'],
    ['an empty object', plain, {}, 'it must have "content" or "structuredContent"'],
    ['no structured content', typed, { content: [] }, 'it must have "structuredContent"'],
    ['the wrong output', typed, { structuredContent: { rows: 'x' } }, 'does not fit its output schema: rows: '],
    ['a block that is none', plain, { content: [{ type: 'image' }] }, 'content'],
    ['a Date', plain, { content: [], structuredContent: { at: new Date(0) } }, 'a Date at structuredContent.at'],
  ])('that is %s ends the call with a JSON-RPC error and the reason', async (_, tool, returned, why) => {
    const outcome = await toReturnOutcome(tool, returned);
    expect(outcome).toMatchObject({ error: { code: -32603 } });
    expect(JSON.stringify(outcome)).toContain(JSON.stringify(why).slice(1, -1));
  });
});

describe('an error that a tool throws', () => {
  test('is a tool error, whatever its code, and no stack leaves the server', () => {
    const thrown = Object.assign(new TypeError('x is undefined'), { code: -32602 });
    expect(toThrowOutcome(thrown, '2026-07-28')).toEqual({ result: toolError('x is undefined') });
    expect(toThrowOutcome(new RangeError(), '2026-07-28')).toEqual({ result: toolError('RangeError') });
    expect(toThrowOutcome(42, '2026-07-28')).toEqual({ result: toolError('42') });
  });

  test('is a JSON-RPC error only if it is a ProtocolError', () => {
    const thrown = new ProtocolError(-32050, 'no', { why: 1 });
    expect(toThrowOutcome(thrown, '2026-07-28')).toEqual({ error: { code: -32050, message: 'no', data: { why: 1 } } });
  });

  test('for a missing client capability is what each revision has for it', () => {
    const thrown = new InputNotSupported({ sampling: {} });
    expect(toThrowOutcome(thrown, '2026-07-28')).toMatchObject({
      error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } },
    });
    expect(toThrowOutcome(thrown, '2025-11-25')).toMatchObject({ result: { isError: true } });
  });
});
