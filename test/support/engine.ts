/** An engine and a worker on the memory store, with a clock that can be set ahead. */
import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import type { Delivery, WakeUp } from '../../lambda/engine/ports.ts';
import type { EngineSettings } from '../../lambda/engine/settings.ts';
import { systemClock, systemIds } from '../../lambda/engine/system.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import { MemoryTaskStore } from '../../lambda/tasks/memory/index.ts';
import type { Tool } from '../../lambda/tool/types.ts';

export function createTestEngine(
  tools: readonly Tool[],
  settings: Partial<EngineSettings> = {},
  onSend: (sendOptions: { readonly delayMs?: number; readonly group?: string }) => void = () => {},
) {
  const store = new MemoryTaskStore();
  const sent: { readonly wakeUp: WakeUp; readonly dueAt: number }[] = [];
  const clock = { ...systemClock, now: () => Date.now() + time.ahead };
  const time = { ahead: 0 };
  const options = {
    store,
    queue: {
      send: async (wakeUp: WakeUp, sendOptions: { readonly delayMs?: number; readonly group?: string } = {}) => {
        onSend(sendOptions);
        sent.push({ wakeUp, dueAt: clock.now() + (sendOptions.delayMs ?? 0) });
      },
    },
    clock,
    ids: systemIds,
    log: () => {},
    settings,
    hmac: async (text: string) => `hash of ${text}`,
  };
  const engine = createEngine(options);
  const worker = createWorker({ ...options, findTool: async (name) => tools.find((tool) => tool.name === name) });
  const delivery = (wakeUp: WakeUp): Delivery => ({ wakeUp, receives: 1, reappearIn: async () => {} });
  return {
    store,
    sent,
    time,
    engine,
    deadline: () => clock.now() + 10_000,
    start: (tool: Tool, extra: object = {}) =>
      engine.startTask({
        caller: {},
        tool,
        arguments: {},
        era: '2026-07-28' as const,
        capabilities: { form: true },
        deadline: clock.now() + 10_000,
        ...extra,
      }),
    /** Deliver every message that is due, until none is left. */
    work: async () => {
      for (;;) {
        const next = sent.findIndex(({ dueAt }) => dueAt <= clock.now());
        const [message] = next < 0 ? [] : sent.splice(next, 1);
        if (!message) return;
        await worker.work(delivery(message.wakeUp), clock.now() + 900_000);
      }
    },
  };
}
