/** The whole engine over a store each of whose writes is made twice, as a client does whose first answer was lost. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEngine } from '../../../lambda/engine/api/create-engine.ts';
import type { Clock, Ids, WakeUp } from '../../../lambda/engine/ports.ts';
import { createWorker } from '../../../lambda/engine/worker/worker.ts';
import { defineTool, type Tool } from '../../../lambda/index.ts';
import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import { NOW } from './rows.ts';

/** A store whose every first answer is lost; `record` has its token, which DynamoDB keeps for it. */
class RetryingStore extends MemoryTaskStore {
  override async insert(...given: Parameters<MemoryTaskStore['insert']>) {
    await super.insert(...given);
    return super.insert(...given);
  }
  override async update(...given: Parameters<MemoryTaskStore['update']>) {
    await super.update(...given);
    return super.update(...given);
  }
  override async record(...given: Parameters<MemoryTaskStore['record']>) {
    await super.record(...given);
    return super.record(...given);
  }
}

function createStalledEngine(tool: Tool) {
  const messages: WakeUp[] = [];
  let drawn = 0;
  const ids: Ids = {
    task: () => `task-${++drawn}`,
    token: () => `token-${++drawn}`,
    random: () => 0.5,
  };
  // Time does not pass: only a run that has ended stops waiting.
  const clock: Clock = {
    now: () => NOW,
    wait: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
  };
  const events: string[] = [];
  const parts = {
    store: new RetryingStore(),
    clock,
    ids,
    log: (event: string) => void events.push(event),
    queue: { send: async (wakeUp: WakeUp) => void messages.push(wakeUp) },
  };
  const worker = createWorker({ ...parts, findTool: async () => tool });
  return {
    engine: createEngine(parts),
    events,
    messages,
    /** Work on the oldest message. */
    async work() {
      const wakeUp = messages.shift();
      if (!wakeUp) throw new Error('there is no message');
      return worker.work({ wakeUp, receives: 1, reappearIn: async () => {} }, NOW + 60_000);
    },
  };
}

const deadline = NOW + 10_000;
const buildStartCall = (tool: Tool) => ({
  caller: {},
  tool,
  arguments: {},
  era: '2026-07-28' as const,
  capabilities: { form: true },
  deadline,
});

describe('every write is made twice, its first response lost', () => {
  test('and a task with steps and a question still runs each step once, and ends once', async () => {
    let steps = 0;
    const tool = defineTool('t', {}, async (task) => {
      const step = await task.step('count', () => ++steps);
      const form = { message: '?', requestedSchema: z.object({ name: z.string() }) };
      const answer = await task.elicit('who', form);
      return { content: [{ type: 'text', text: `${step} ${answer.content?.name}` }] };
    });
    const { engine, work, messages, events } = createStalledEngine(tool);
    const { id } = await engine.startTask(buildStartCall(tool));
    expect(messages).toHaveLength(1);
    expect(await work()).toBe('delete');
    expect(await engine.getTask({}, id)).toMatchObject({ status: 'input_required', questions: { who: {} } });

    await engine.answerTask({}, id, { who: { result: { action: 'accept', content: { name: 'Ada' } } } }, deadline);
    expect(await engine.getTask({}, id)).toMatchObject({ status: 'working' });
    expect(messages.map(({ generation }) => generation)).toEqual([2]);
    expect(await work()).toBe('delete');
    expect(await engine.getTask({}, id)).toMatchObject({
      status: 'completed',
      outcome: { result: { content: [{ text: '1 Ada' }] } },
    });
    expect(steps).toBe(1);
    expect(events.filter((event) => event === 'task.ended')).toHaveLength(1);
    expect(messages).toEqual([]);
  });

  test('and a cancel still recognises itself as the one that cancelled', async () => {
    const tool = defineTool('t', {}, async () => ({ content: [] }));
    const { engine, work, events } = createStalledEngine(tool);
    const { id } = await engine.startTask(buildStartCall(tool));
    expect(await engine.cancelTask({}, id, deadline)).toBe('cancelled');
    expect(await engine.cancelTask({}, id, deadline)).toBe('alreadyTerminal');
    expect(events.filter((event) => event === 'task.cancelled')).toHaveLength(1);
    expect(await work()).toBe('delete');
    expect(await engine.getTask({}, id)).toMatchObject({ status: 'cancelled' });
  });

  test('and the clean-up of a cancelled task runs once', async () => {
    let cleaned = 0;
    const onCancel = () => {
      cleaned += 1;
    };
    const tool = defineTool('t', { onCancel }, async () => ({ content: [] }));
    const { engine, work, messages } = createStalledEngine(tool);
    const { id } = await engine.startTask(buildStartCall(tool));
    expect(await engine.cancelTask({}, id, deadline)).toBe('cancelled');
    expect(messages.map(({ generation }) => generation)).toEqual([1, 2]);
    expect([await work(), await work()]).toEqual(['delete', 'delete']);
    expect(cleaned).toBe(1);
  });
});
