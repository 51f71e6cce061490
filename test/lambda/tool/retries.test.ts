/** When a failed step is retried, and what the tool does meanwhile. */
import { describe, expect, test } from 'vitest';
import { defineTool, Retryable, toolError } from '../../../lambda/index.ts';
import { runTool } from '../../../lambda/testing.ts';
import { createTaskContext } from '../../../lambda/tool/context.ts';
import { Parked } from '../../../lambda/tool/errors.ts';
import { type RunEnd, type RunHost, ToolRun } from '../../../lambda/tool/run.ts';
import type { RetryOptions } from '../../../lambda/tool/task-context.ts';
import type { Tool } from '../../../lambda/tool/types.ts';

const NOW = 1_800_000_000_000;

/** One run in a worker: what it recorded, and for how long it parks (ms). */
async function runOnce(tool: Tool, random: number, journal: Record<string, string> = {}) {
  const recorded: Record<string, string> = {};
  const host: RunHost = {
    id: 'id',
    isTask: true,
    era: '2026-07-28',
    capabilities: {},
    now: () => NOW,
    random: () => random,
    record: async (id, json) => {
      recorded[id] = json;
    },
    reportProgress: () => {},
    shouldHandOver: () => false,
  };
  const run = new ToolRun(tool, host, { journal, questions: {} });
  const end: RunEnd = await run.start(() => tool.handler({}, createTaskContext(run)));
  await run.close(new Parked());
  const waits = end.end === 'parked' ? [...end.waits.values()].map(({ deadline }) => (deadline ?? 0) - NOW) : [];
  return { end, recorded, waits };
}

const createFailingTool = (retry: number | RetryOptions | undefined, error = new Error('busy')) =>
  defineTool('t', {}, async (task) => {
    await task.step(
      'flaky',
      () => {
        throw error;
      },
      retry === undefined ? {} : { retry },
    );
    return toolError('unreachable');
  });

const buildFailedAttempts = (attempts: number) =>
  Object.fromEntries(
    Array.from({ length: attempts }, (_, at) => [
      `try:flaky#1.${at + 1}`,
      JSON.stringify({ e: { name: 'Error', message: 'busy' }, due: NOW }),
    ]),
  );

describe('a failed step', () => {
  test('parks the task until its next attempt is due', async () => {
    const { end, recorded, waits } = await runOnce(createFailingTool(1), 1);
    expect(end).toMatchObject({ end: 'parked' });
    expect(waits).toEqual([1_000]);
    expect(JSON.parse(recorded['try:flaky#1.1'] as string)).toEqual({
      e: { name: 'Error', message: 'busy' },
      due: NOW + 1_000,
    });
  });

  test('waits twice as long each time, jittered between a half and the whole', async () => {
    const waits = async (attempts: number, random: number) =>
      (await runOnce(createFailingTool(9), random, buildFailedAttempts(attempts))).waits;
    expect([await waits(0, 0), await waits(1, 0), await waits(2, 0)]).toEqual([[500], [1_000], [2_000]]);
    expect([await waits(0, 1), await waits(1, 1), await waits(2, 1)]).toEqual([[1_000], [2_000], [4_000]]);
    expect(await waits(8, 1)).toEqual([60_000]);
  });

  test('keeps to the bounds of its retry option', async () => {
    const retry = { retries: 5, baseMs: 10, maxMs: 25 };
    expect((await runOnce(createFailingTool(retry), 1)).waits).toEqual([10]);
    expect((await runOnce(createFailingTool(retry), 1, buildFailedAttempts(3))).waits).toEqual([25]);
  });

  test('waits as long as the error says if that is longer', async () => {
    const busy = new Retryable('busy', { afterMs: 90_000 });
    expect((await runOnce(createFailingTool(undefined, busy), 1)).waits).toEqual([90_000]);
  });

  test('is not retried unless its options or its error say so', async () => {
    const { end, recorded } = await runOnce(createFailingTool(undefined), 1);
    expect(end).toMatchObject({ end: 'settled', outcome: { result: { isError: true } } });
    expect(Object.keys(recorded)).toEqual(['step:flaky#1']);
  });

  test('fails for good after its last attempt', async () => {
    const { end } = await runOnce(createFailingTool(2), 1, buildFailedAttempts(2));
    expect(end).toMatchObject({ end: 'settled', outcome: { result: { content: [{ text: 'busy' }] } } });
  });

  test('with a Retryable error is retried three times', async () => {
    let tries = 0;
    const tool = defineTool('t', {}, async (task) => {
      await task.step('busy', () => {
        tries += 1;
        throw new Retryable('busy');
      });
      return toolError('unreachable');
    });
    expect((await runTool(tool, {})).result).toMatchObject({ content: [{ text: 'busy' }] });
    expect(tries).toBe(4);
  });
});
