import { describe, expect, test } from 'vitest';
import { TaskNotFound } from '../../../../lambda/engine/errors.ts';
import { InvalidWaitToken } from '../../../../lambda/engine/wait-token.ts';
import { defineTool, WaitTimedOut } from '../../../../lambda/index.ts';
import { runTool } from '../../../../lambda/testing.ts';
import { runInline } from '../../../../lambda/tool/inline.ts';
import { createTestEngine } from '../../../support/engine.ts';

const tokens: string[] = [];
const submit = defineTool('submit', {}, async (task) => {
  const job = task.waitFor<{ rows: number }>('job', { timeoutMs: 60_000 });
  await task.step('submit', () => void tokens.push(job.token));
  try {
    return { content: [{ type: 'text', text: `rows ${(await job).rows}` }] };
  } catch (error) {
    return { content: [{ type: 'text', text: `${(error as Error).name}: ${(error as Error).message}` }] };
  }
});

const readOutcomeText = (view: { outcome?: unknown }) =>
  (view.outcome as { result: { content: { text: string }[] } }).result.content[0]?.text;

describe('a task that waits for an outside system', () => {
  test('continues with the value it is completed with', async () => {
    const { engine, start, work, deadline } = createTestEngine([submit]);
    const { id } = await start(submit);
    await work();
    const token = tokens.at(-1) as string;
    expect((await engine.getTask({}, id)).status).toBe('working');
    await engine.reportWaitProgress(token, { message: 'half way', done: 1, total: 2 });
    expect(await engine.getTask({}, id)).toMatchObject({ statusMessage: 'half way', progress: { done: 1, total: 2 } });
    await engine.completeWait(token, { rows: 3 }, deadline());
    await work();
    expect(readOutcomeText(await engine.getTask({}, id))).toBe('rows 3');
  });

  test('sees a failure as an error of that name', async () => {
    const { engine, start, work, deadline } = createTestEngine([submit]);
    const { id } = await start(submit);
    await work();
    await engine.failWait(tokens.at(-1) as string, { name: 'JobFailed', message: 'disk full' }, deadline());
    await work();
    expect(readOutcomeText(await engine.getTask({}, id))).toBe('JobFailed: disk full');
  });

  test('takes the first answer: a second or retried one changes nothing and is not an error', async () => {
    const { engine, start, work, deadline } = createTestEngine([submit]);
    const { id } = await start(submit);
    await work();
    const token = tokens.at(-1) as string;
    await engine.completeWait(token, { rows: 1 }, deadline());
    await engine.completeWait(token, { rows: 2 }, deadline());
    await engine.failWait(token, { message: 'late' }, deadline());
    await work();
    expect(readOutcomeText(await engine.getTask({}, id))).toBe('rows 1');
    await engine.completeWait(token, { rows: 9 }, deadline());
    expect(readOutcomeText(await engine.getTask({}, id))).toBe('rows 1');
  });

  test('finds an answer that came before it waited', async () => {
    const eager = defineTool('eager', {}, async (task) => {
      const job = task.waitFor<string>('job');
      await task.step('submit', () => engine.completeWait(job.token, 'at once', deadline()));
      return { content: [{ type: 'text', text: await job }] };
    });
    const { engine, start, work, deadline } = createTestEngine([eager]);
    const { id } = await start(eager);
    await work();
    expect(readOutcomeText(await engine.getTask({}, id))).toBe('at once');
  });

  test('gives up after its time-out, and a later answer is ignored', async () => {
    const { engine, start, work, time, sent, deadline } = createTestEngine([submit]);
    const { id } = await start(submit);
    await work();
    expect(sent).toHaveLength(1);
    time.ahead = 61_000;
    await work();
    expect(readOutcomeText(await engine.getTask({}, id))).toBe(
      'WaitTimedOut: The outside system did not answer in time.',
    );
    await engine.completeWait(tokens.at(-1) as string, { rows: 1 }, deadline());
    expect(readOutcomeText(await engine.getTask({}, id))).toContain('WaitTimedOut');
  });

  test('cannot be reached with an invalid token', async () => {
    const { engine, deadline } = createTestEngine([]);
    await expect(engine.completeWait('nonsense', 1, deadline())).rejects.toThrow(InvalidWaitToken);
    const foreign = Buffer.from(JSON.stringify(['task#x', 'x', 'job'])).toString('base64url');
    await expect(engine.completeWait(foreign, 1, deadline())).rejects.toThrow(TaskNotFound);
    await expect(engine.reportWaitProgress(foreign, { message: 'x' })).rejects.toThrow(TaskNotFound);
  });

  test('is driven by the test kit', async () => {
    expect((await runTool(submit, {}, { answers: { job: { rows: 7 } } })).result?.content).toEqual([
      { type: 'text', text: 'rows 7' },
    ]);
    const late = await runTool(submit, {}, { answers: { job: { action: 'timeout' } } });
    expect(late.result?.content).toEqual([
      { type: 'text', text: `${new WaitTimedOut().name}: The outside system did not answer in time.` },
    ]);
  });

  test('is refused outside a task', async () => {
    const end = await runInline(submit, {
      id: 'x',
      args: {},
      era: '2026-07-28',
      capabilities: {},
      budgetMs: 1_000,
      history: { journal: {}, questions: {} },
    });
    expect(end).toMatchObject({
      end: 'settled',
      outcome: { error: { message: expect.stringContaining('only a task can wait') } },
    });
  });
});
