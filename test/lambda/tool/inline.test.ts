/** A tool that runs inline: within its time budget, over as many round trips as it has questions. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, TimeBudgetSpent, type Tool, toolError } from '../../../lambda/index.ts';
import type { Question } from '../../../lambda/tasks/record.ts';
import { type InlineCall, type InlineEnd, runInline, runPrepare } from '../../../lambda/tool/inline.ts';
import { toTextResult } from '../../support/results.ts';

const form = { message: '?', requestedSchema: z.object({ x: z.string() }) };

const buildTestCall = (changes: Partial<InlineCall> = {}): InlineCall => ({
  id: 'call-1',
  args: {},
  era: '2026-07-28',
  capabilities: { form: true },
  history: { journal: {}, questions: {} },
  budgetMs: 20_000,
  ...changes,
});

/** The next round trip of a call that asks, with an answer to every question. */
function answerAll(
  end: { readonly end: string; readonly history?: InlineCall['history'] },
  content: object,
): InlineCall {
  if (!end.history) throw new Error(`the call asks nothing: ${JSON.stringify(end)}`);
  const answer = { result: { action: 'accept', content } };
  const questions = Object.entries(end.history.questions).map(([key, question]): [string, Question] => [
    key,
    question.answer ? question : { ...question, answer },
  ]);
  return buildTestCall({ history: { journal: end.history.journal, questions: Object.fromEntries(questions) } });
}

const toSettledOutcome = (end: InlineEnd) => (end.end === 'settled' ? end.outcome : end);

describe('a call that runs inline', () => {
  test('knows that it is not a task, and has an id', async () => {
    const tool = defineTool('t', {}, async (task) => toTextResult(`${task.isTask} ${task.id}`));
    expect(toSettledOutcome(await runInline(tool, buildTestCall()))).toEqual({ result: toTextResult('false call-1') });
  });

  test('runs no step again in the round trip that brings the answer', async () => {
    const seen: string[] = [];
    const tool = defineTool('t', {}, async (task) => {
      const before = await task.step('before', ({ key }) => {
        seen.push(key);
        return 'b';
      });
      const answer = await task.elicit('form', form);
      return toTextResult(`${before} ${answer.content?.x}`);
    });
    const asks = await runInline(tool, buildTestCall());
    expect(asks).toMatchObject({ end: 'asks', history: { journal: { 'step:before#1': '{"v":"b"}' } } });
    expect(toSettledOutcome(await runInline(tool, answerAll(asks, { x: '1' })))).toEqual({
      result: toTextResult('b 1'),
    });
    expect(seen).toEqual(['call-1:step:before#1']);
  });

  test('sleeps in the process, since nothing would wake it', async () => {
    const tool = defineTool('t', {}, async (task) => {
      await task.sleep('nap', 1);
      return toTextResult('awake');
    });
    expect(toSettledOutcome(await runInline(tool, buildTestCall()))).toEqual({ result: toTextResult('awake') });
  });

  test('that takes too long is aborted, and its result says how to run long work', async () => {
    let reason: unknown;
    const tool = defineTool('t', {}, async (task) => {
      await new Promise<void>((resolve) => {
        task.signal.addEventListener('abort', () => {
          reason = task.signal.reason;
          resolve();
        });
      });
      return toTextResult('too late');
    });
    const outcome = toSettledOutcome(await runInline(tool, buildTestCall({ budgetMs: 1 })));
    expect(reason).toBeInstanceOf(TimeBudgetSpent);
    expect(outcome).toMatchObject({ result: { isError: true } });
    expect(JSON.stringify(outcome)).toContain('io.modelcontextprotocol/tasks');
  });
});

describe('prepare', () => {
  const prepared = (prepare: Tool['prepare']) =>
    defineTool('t', { inputSchema: z.object({ n: z.number() }), prepare: prepare as never }, async () =>
      toTextResult(''),
    );

  test('returns the arguments to start with', async () => {
    const tool = prepared(async () => ({ n: 2 }));
    expect(await runPrepare(tool, buildTestCall({ args: { n: 1 } }))).toEqual({ end: 'ready', args: { n: 2 } });
  });

  test('asks before there is a task', async () => {
    const tool = prepared(async (args, ask) => {
      const answer = await ask.elicit('sure', form);
      return answer.content?.x === 'yes' ? args : toolError('Not started.');
    });
    const asks = await runPrepare(tool, buildTestCall({ args: { n: 1 } }));
    expect(asks).toMatchObject({ end: 'asks', history: { questions: { sure: { method: 'elicitation/create' } } } });
    expect(await runPrepare(tool, { ...answerAll(asks, { x: 'yes' }), args: { n: 1 } })).toEqual({
      end: 'ready',
      args: { n: 1 },
    });
    expect(await runPrepare(tool, answerAll(asks, { x: 'no' }))).toEqual({
      end: 'settled',
      outcome: { result: toolError('Not started.') },
    });
  });

  test('that throws ends the call', async () => {
    const tool = prepared(async () => {
      throw new Error('no quota');
    });
    expect(await runPrepare(tool, buildTestCall())).toMatchObject({
      end: 'settled',
      outcome: { result: { isError: true, content: [{ text: 'no quota' }] } },
    });
  });
});
