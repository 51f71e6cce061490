import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../../lambda/index.ts';
import { describeProblems, validateArguments } from '../../../lambda/tool/validate.ts';

const tool = defineTool(
  't',
  { inputSchema: z.object({ dataset: z.string(), limits: z.array(z.number()).default([1]) }) },
  async () => ({ content: [] }),
);

describe('arguments', () => {
  test('come as their schema makes them', async () => {
    expect(await validateArguments(tool, { dataset: 'a' })).toEqual({ ok: true, value: { dataset: 'a', limits: [1] } });
  });

  test('that do not fit are described one by one, with path and reason', async () => {
    const problems = await validateArguments(tool, { limits: [1, 'x'] });
    if (problems.ok) throw new Error('they should not fit');
    expect(problems.problems.map(({ path }) => path)).toEqual(['dataset', 'limits.1']);
    expect(describeProblems(problems.problems)).toMatch(/^dataset: .+; limits\.1: .+$/);
  });

  test('that are missing are an empty object', async () => {
    expect(await validateArguments(tool, undefined)).toMatchObject({ ok: false, problems: [{ path: 'dataset' }] });
    const none = defineTool('none', {}, async () => ({ content: [] }));
    expect(await validateArguments(none, { ignored: 1 })).toEqual({ ok: true, value: {} });
  });
});
