import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, ProtocolError, Retryable, StepError, toolError } from '../../lambda/index.ts';
import { runTool } from '../../lambda/testing.ts';
import { toTextResult } from '../support/results.ts';

describe('a step', () => {
  test('runs once and returns the same round-trip value on every run', async () => {
    let runs = 0;
    const tool = defineTool('t', {}, async (task) => {
      const value = await task.step('a', () => {
        runs += 1;
        return { kept: 1, dropped: undefined };
      });
      const second = await task.step('b', () => 'x');
      return toTextResult(JSON.stringify([Object.keys(value), second]));
    });
    const report = await runTool(tool, {}, { replay: 'every-step' });
    expect(report.result?.content).toEqual([{ type: 'text', text: '[["kept"],"x"]' }]);
    expect(report.recorded).toEqual(['step:a#1', 'step:b#1']);
    expect(report.runs).toBe(3);
    expect(runs).toBe(1);
  });

  test('is matched by name and occurrence where a name repeats', async () => {
    const tool = defineTool('t', {}, async (task) => {
      const values: number[] = [];
      for (let i = 0; i < 3; i += 1) values.push(await task.step('loop', () => i));
      return toTextResult(values.join());
    });
    const report = await runTool(tool, {}, { replay: 'every-step' });
    expect(report.result?.content).toEqual([{ type: 'text', text: '0,1,2' }]);
    expect(report.recorded).toEqual(['step:loop#1', 'step:loop#2', 'step:loop#3']);
  });

  test('refuses a value that is not JSON, naming itself and the place', async () => {
    const tool = defineTool('t', {}, async (task) => {
      await task.step('when', () => ({ at: [new Date(0)] }) as never);
      return toTextResult('never');
    });
    const report = await runTool(tool, {});
    expect(report.error?.message).toContain('step "when"');
    expect(report.error?.message).toContain('Date at at[0]');
  });

  test('must not run twice at the same time, even when the error is swallowed', async () => {
    const tool = defineTool('t', {}, async (task) => {
      await Promise.allSettled([task.step('same', async () => 1), task.step('same', async () => 2)]);
      return toTextResult('swallowed');
    });
    const report = await runTool(tool, {});
    expect(report.error?.message).toContain('two steps named "same"');
  });

  test('must not contain another step, which a replay would not reach', async () => {
    const tool = defineTool('t', {}, async (task) => {
      await task.step('outer', () => task.step('inner', () => 1));
      await task.sleep('pause', 1);
      return toTextResult('never');
    });
    const report = await runTool(tool, {});
    expect(report.error?.message).toContain('did not reach "step:inner#1"');
  });

  test('throws its recorded error again on every later run', async () => {
    let tries = 0;
    const tool = defineTool('t', {}, async (task) => {
      const caught = await task
        .step('fails', () => {
          tries += 1;
          throw new RangeError('out of range');
        })
        .catch((error: unknown) => error);
      await task.step('after', () => 1);
      return toTextResult(`${caught instanceof StepError} ${(caught as Error).name}: ${(caught as Error).message}`);
    });
    const report = await runTool(tool, {}, { replay: 'every-step' });
    expect(report.result?.content).toEqual([{ type: 'text', text: 'true RangeError: out of range' }]);
    expect(tries).toBe(1);
  });

  test('is retried as often as its retry option says, with the same key, in separate runs', async () => {
    const keys = new Set<string>();
    let tries = 0;
    const tool = defineTool('t', {}, async (task) => {
      const value = await task.step(
        'flaky',
        ({ key }) => {
          keys.add(key);
          tries += 1;
          if (tries < 3) throw new Error('not yet');
          return tries;
        },
        { retry: 3 },
      );
      return toTextResult(String(value));
    });
    const report = await runTool(tool, {});
    expect(report.result?.content).toEqual([{ type: 'text', text: '3' }]);
    expect(keys.size).toBe(1);
    expect(report.runs).toBe(3);
    expect(report.recorded).toEqual(['try:flaky#1.1', 'try:flaky#1.2', 'step:flaky#1']);
  });

  test('is retried without a retry option when its error is Retryable', async () => {
    let tries = 0;
    const tool = defineTool('t', {}, async (task) => {
      await task.step('busy', () => {
        tries += 1;
        if (tries === 1) throw new Retryable('busy', { afterMs: 5_000 });
      });
      return toTextResult('done');
    });
    expect((await runTool(tool, {})).result?.content).toEqual([{ type: 'text', text: 'done' }]);
    expect(tries).toBe(2);
  });
});

describe('a question', () => {
  const asking = defineTool('t', { asks: ['elicitation'] }, async (task) => {
    const answer = await task.elicit('columns', {
      message: 'Which?',
      requestedSchema: z.object({ columns: z.array(z.enum(['a', 'b'])).min(1) }),
      timeoutMs: 1_000,
    });
    return answer.action === 'accept' ? toTextResult(answer.content.columns.join()) : toolError(answer.action);
  });

  test('resumes the tool from the top with its answer', async () => {
    const report = await runTool(asking, {}, { answers: { columns: { columns: ['b'] } } });
    expect(report.result?.content).toEqual([{ type: 'text', text: 'b' }]);
    expect(report.runs).toBe(2);
    expect(report.questions.columns?.params.requestedSchema).toEqual({
      type: 'object',
      properties: { columns: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } } },
      required: ['columns'],
    });
  });

  test.each(['decline', 'cancel', 'timeout'] as const)('that is answered by %s is a value', async (action) => {
    const report = await runTool(asking, {}, { answers: { columns: { action } } });
    expect(report.result).toMatchObject({ isError: true, content: [{ text: action }] });
  });

  test('is asked again under a new key with the reason, up to three times in all', async () => {
    const report = await runTool(asking, {}, { answers: { columns: { columns: ['z'] } } });
    expect(Object.keys(report.questions)).toEqual(['columns', 'columns#1.2', 'columns#1.3']);
    expect(report.questions['columns#1.2']?.params.message).toMatch(
      /^Which\?\n\nThe last answer did not fit: columns\.0: /,
    );
    expect(report.result).toMatchObject({ isError: true });
  });

  test('is gathered with others that Promise.all asks at once', async () => {
    const form = { message: '?', requestedSchema: z.object({ x: z.string() }) };
    const tool = defineTool('t', {}, async (task) => {
      const answers = await Promise.all([
        task.elicit('one', form),
        task.step('work', () => 1),
        task.elicit('two', form),
      ]);
      return toTextResult(JSON.stringify(answers));
    });
    const report = await runTool(tool, {}, { answers: { one: { x: '1' }, two: { x: '2' } } });
    expect(report.runs).toBe(2);
    expect(report.result).toBeDefined();
  });

  test('that the client does not support fails with the missing capability', async () => {
    const report = await runTool(asking, {}, { capabilities: {} });
    expect(report.error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: { form: {} } } } });
    const legacy = await runTool(asking, {}, { capabilities: {}, era: '2025-11-25' });
    expect(legacy.result).toMatchObject({ isError: true });
  });
});

describe('a run', () => {
  test('does not run catch or finally of a tool that parks', async () => {
    const seen: string[] = [];
    const tool = defineTool('t', {}, async (task) => {
      try {
        await task.sleep('night', 3_600_000);
      } catch {
        seen.push('catch');
      } finally {
        seen.push('finally');
      }
      task.defer(() => {
        seen.push('deferred');
      });
      return toTextResult('woken');
    });
    const report = await runTool(tool, {});
    expect(report.result?.content).toEqual([{ type: 'text', text: 'woken' }]);
    expect(seen).toEqual(['finally', 'deferred']);
    expect(report.runs).toBe(2);
  });

  test('fails when a replay does not reach what was recorded', async () => {
    let first = true;
    const tool = defineTool('t', {}, async (task) => {
      if (first) {
        first = false;
        await task.step('only the first time', () => 1);
      }
      return toTextResult('ok');
    });
    const report = await runTool(tool, {}, { replay: 'every-step' });
    expect(report.error?.message).toContain('step:only the first time#1');
  });

  test('fails when a replay finds an entry of another kind', async () => {
    let runs = 0;
    const tool = defineTool('t', {}, async (task) => {
      runs += 1;
      if (runs === 1) await task.step('x', () => 1);
      else await task.sleep('x', 1);
      return toTextResult('ok');
    });
    const report = await runTool(tool, {}, { replay: 'every-step' });
    expect(report.error?.message).toContain('where an earlier run recorded a step of that name');
  });

  test('ends with a JSON-RPC error only for a ProtocolError', async () => {
    const thrower = (error: unknown) =>
      runTool(
        defineTool('t', {}, async () => {
          throw error;
        }),
        {},
      );
    expect((await thrower(new ProtocolError(-32050, 'no', { a: 1 }))).error).toEqual({
      code: -32050,
      message: 'no',
      data: { a: 1 },
    });
    expect((await thrower(Object.assign(new Error('db down'), { code: -32603 }))).result).toMatchObject({
      isError: true,
      content: [{ text: 'db down' }],
    });
    expect((await thrower('text')).result).toMatchObject({ isError: true, content: [{ text: 'text' }] });
  });

  test('checks structured content and adds its text', async () => {
    const outputSchema = z.object({ rows: z.number() });
    const good = defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: 3 } }));
    expect((await runTool(good, {})).result).toEqual({
      structuredContent: { rows: 3 },
      content: [{ type: 'text', text: '{"rows":3}' }],
    });
    const bad = defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: 'x' } }) as never);
    expect((await runTool(bad, {})).error?.message).toContain('rows: ');
    const invalid = defineTool('t', {}, async () => ({ content: [{ type: 'text' }] }) as never);
    expect((await runTool(invalid, {})).error?.message).toContain('content');
  });

  test('reports what a tool leaves running', async () => {
    let timer: NodeJS.Timeout | undefined;
    const tool = defineTool('t', {}, async () => {
      timer = setInterval(() => {}, 1_000);
      return toTextResult('ok');
    });
    await expect(runTool(tool, {})).rejects.toThrow('left running after its run ended: 1 Timeout');
    clearInterval(timer);
  });
});
