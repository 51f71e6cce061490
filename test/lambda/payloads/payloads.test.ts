/** What a task carries stays in its row up to the last byte of the threshold, and goes to the payload store with one more. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEngine } from '../../../lambda/engine/api/create-engine.ts';
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import { ENGINE_DEFAULTS } from '../../../lambda/engine/settings.ts';
import { systemClock, systemIds } from '../../../lambda/engine/system.ts';
import { createWorker } from '../../../lambda/engine/worker/worker.ts';
import { defineTool } from '../../../lambda/index.ts';
import type { PayloadStore } from '../../../lambda/payloads/store.ts';
import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import type { Payload, TaskRow } from '../../../lambda/tasks/record.ts';
import type { Tool } from '../../../lambda/tool/types.ts';

const { inlineInputBytes, inlineOutputBytes } = ENGINE_DEFAULTS;

/** The engine, and everything that it keeps, at hand. */
function createPayloadEngine(tool: Tool) {
  const kept = new Map<string, string>();
  const files = new Map<string, { readonly content: Uint8Array; readonly mediaType: string }>();
  const payloads: PayloadStore = {
    put: async (key, text) => {
      expect(kept.has(key), `${key} is written twice`).toBe(false);
      kept.set(key, text);
    },
    get: async (key) => kept.get(key) ?? Promise.reject(new Error(`no ${key}`)),
    files: {
      put: async (key, content, mediaType) => void files.set(key, { content, mediaType }),
      url: async (key, seconds) => `https://files/${key}?for=${seconds}`,
    },
  };
  const store = new MemoryTaskStore();
  const wakeUps: WakeUp[] = [];
  const parts = {
    store,
    payloads,
    clock: systemClock,
    ids: systemIds,
    log: () => {},
    queue: { send: async (wakeUp: WakeUp) => void wakeUps.push(wakeUp) },
  };
  const engine = createEngine(parts);
  const worker = createWorker({ ...parts, findTool: async () => tool });
  const deadline = () => Date.now() + 10_000;
  return {
    engine,
    store,
    kept,
    files,
    deadline,
    rowOf: async (id: string) => (await store.read({ partition: `task#${id}`, id })) as TaskRow,
    start: async (args: unknown = {}) => {
      const call = { caller: {}, tool, arguments: args, era: '2026-07-28' as const, capabilities: { form: true } };
      return (await engine.startTask({ ...call, deadline: deadline() })).id;
    },
    work: async () => {
      for (let wakeUp = wakeUps.shift(); wakeUp; wakeUp = wakeUps.shift())
        await worker.work({ wakeUp, receives: 1, reappearIn: async () => {} }, Date.now() + 900_000);
    },
  };
}

/** Two-byte characters, so that bytes and characters differ, and one more byte where the number is odd. */
const fillText = (bytes: number): string => 'ä'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);
const measureJson = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const isInRow = (payload: Payload | undefined): boolean => typeof payload === 'string';

const EDGE = [
  ['stay in the row at the threshold', 0, true],
  ['go to the payload store one byte above it', 1, false],
] as const;

describe.each(EDGE)('payloads that %s', (_, more, staysInRow) => {
  test('arguments', async () => {
    const seen: string[] = [];
    const tool = defineTool('t', { inputSchema: z.object({ a: z.string() }) }, async ({ a }) => {
      seen.push(a);
      return { content: [] };
    });
    const { start, work, rowOf } = createPayloadEngine(tool);
    const args = { a: fillText(inlineInputBytes - measureJson({ a: '' }) + more) };
    const id = await start(args);
    expect(isInRow((await rowOf(id)).arguments)).toBe(staysInRow);
    if (!staysInRow) expect((await rowOf(id)).arguments).toMatchObject({ bytes: inlineInputBytes + 1 });
    await work();
    expect(seen).toEqual([args.a]);
  });

  test('a step’s return value', async () => {
    const value = fillText(inlineOutputBytes - measureJson({ v: '' }) + more);
    const tool = defineTool('t', {}, async (task) => {
      const read = await task.step('large', () => value);
      await task.sleep('then', 0);
      return { content: [{ type: 'text', text: String(read === value) }] };
    });
    const { start, work, store, engine } = createPayloadEngine(tool);
    const id = await start();
    await work();
    const [entry] = await store.journal(id);
    expect(isInRow(entry?.value)).toBe(staysInRow);
    expect((await engine.getTask({}, id)).outcome).toEqual({ result: { content: [{ type: 'text', text: 'true' }] } });
  });

  test('questions and their answers', async () => {
    const requestedSchema = z.object({ why: z.string() });
    let message = '';
    const tool = defineTool('t', {}, async (task) => {
      const answer = await task.elicit('q', { message, requestedSchema });
      return { content: [{ type: 'text', text: answer.action === 'accept' ? answer.content.why : '' }] };
    });
    const asked = async (length: number) => {
      message = fillText(length);
      const stack = createPayloadEngine(tool);
      const id = await stack.start();
      await stack.work();
      return { ...stack, id, row: await stack.rowOf(id) };
    };
    const around = Buffer.byteLength((await asked(0)).row.questions as string);
    const { engine, id, row, rowOf, work, deadline, kept } = await asked(inlineInputBytes - around + more);
    expect(isInRow(row.questions)).toBe(staysInRow);
    expect((await engine.getTask({}, id)).questions.q?.params.message).toBe(message);

    const why = fillText(inlineInputBytes);
    const before = kept.size;
    await engine.answerTask({}, id, { q: { result: { action: 'accept', content: { why } } } }, deadline());
    expect(isInRow((await rowOf(id)).questions)).toBe(false);
    expect(kept.size).toBe(before + 1);
    await work();
    expect((await engine.getTask({}, id)).outcome).toEqual({ result: { content: [{ type: 'text', text: why }] } });
  });

  test('outcomes', async () => {
    const result = (bytes: number) => ({ content: [{ type: 'text' as const, text: fillText(bytes) }] });
    const fill = inlineOutputBytes - measureJson({ result: result(0) }) + more;
    const { start, work, rowOf, engine } = createPayloadEngine(defineTool('t', {}, async () => result(fill)));
    const id = await start();
    await work();
    expect(isInRow((await rowOf(id)).outcome)).toBe(staysInRow);
    expect((await engine.getTask({}, id)).outcome).toEqual({ result: result(fill) });
  });
});

describe('what does not fit in one response to a client', () => {
  test('of a result is a file, stored before the row, whose link is new in each response and expires with the task', async () => {
    const text = 'x'.repeat(7_000_000);
    const tool = defineTool('t', { retentionMs: 1_800_000 }, async () => ({ content: [{ type: 'text', text }] }));
    const { start, work, engine, files, rowOf } = createPayloadEngine(tool);
    const id = await start();
    await work();
    const [[key = '', file] = []] = [...files];
    expect(key).toMatch(new RegExp(`^tasks/${id}/result-[\\w-]+/content-1\\.txt$`));
    expect(file).toMatchObject({ mediaType: 'text/plain', content: Buffer.from(text) });
    expect(isInRow((await rowOf(id)).outcome)).toBe(true);
    const { outcome } = await engine.getTask({}, id);
    const [link] = (outcome as { result: { content: { uri: string; size: number }[] } }).result.content;
    expect(link).toMatchObject({ type: 'resource_link', size: text.length });
    const seconds = Number(new URL(link?.uri ?? '').searchParams.get('for'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(1_800);
  });

  test('of a question fails the task with the reason', async () => {
    const requestedSchema = z.object({ why: z.string() });
    const tool = defineTool('t', {}, async (task) => {
      await task.elicit('long', { message: '"'.repeat(3_500_000), requestedSchema });
      return { content: [] };
    });
    const { start, work, engine } = createPayloadEngine(tool);
    const id = await start();
    await work();
    const { status, outcome } = await engine.getTask({}, id);
    expect(status).toBe('failed');
    expect(outcome).toMatchObject({
      error: { message: expect.stringMatching(/asks "long" in \d+ bytes, more than fits in one response/) },
    });
  });

  test('of a message about the task is cut', async () => {
    const fails = defineTool('t', {}, async () => {
      throw new Error('"'.repeat(7_000_000));
    });
    const { start, work, rowOf, engine } = createPayloadEngine(fails);
    const id = await start();
    await work();
    expect((await rowOf(id)).statusMessage).toHaveLength(1_024);
    expect((await engine.getTask({}, id)).outcome).toMatchObject({
      result: { isError: true, content: [{ type: 'resource_link', size: 7_000_000 }] },
    });
  });
});
