/** The engine over memory in real time: workers that receive, a queue with visibility, and threads as in a stack. */
import { setTimeout as pause } from 'node:timers/promises';
import { vi } from 'vitest';
import { createEngine } from '../../../../../lambda/engine/api/create-engine.ts';
import type { WakeUp } from '../../../../../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../../../../../lambda/engine/system.ts';
import { createThreadStarter } from '../../../../../lambda/engine/worker/thread/thread-run.ts';
import { createWorker } from '../../../../../lambda/engine/worker/worker.ts';
import { MemoryTaskStore } from '../../../../../lambda/tasks/memory/index.ts';
import server from '../../../../support/servers/threads.ts';

export const LEASE_MS = 2_000;
export const HEARTBEAT_MS = 150;
/** Only a hang takes that long. */
export const WAIT_OPTIONS = { timeout: 600_000, interval: 20 };

interface QueuedMessage {
  readonly wakeUp: WakeUp;
  visibleAt: number;
  receives: number;
}

export type LoggedEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** @param functionMs how long a worker has for one message */
export function startThreadEngine({ functionMs = 900_000, heapMb }: { functionMs?: number; heapMb?: number } = {}) {
  const messages = new Set<QueuedMessage>();
  const lines: LoggedEvent[] = [];
  const stopped = new AbortController();
  const { log, ...parts } = {
    store: new MemoryTaskStore(),
    queue: {
      send: async (wakeUp: WakeUp, { delayMs = 0 }: { readonly delayMs?: number } = {}) =>
        void messages.add({ wakeUp, visibleAt: Date.now() + delayMs, receives: 0 }),
    },
    clock: systemClock,
    ids: systemIds,
    log: (event: string, facts: object) => void lines.push({ event, ...facts }),
    settings: { leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS },
  };
  const engine = createEngine({ ...parts, log });
  const worker = createWorker({
    ...parts,
    log,
    findTool: async (name) => server.tools.get(name),
    startThread: createThreadStarter({
      entry: new URL('../../../../../lambda/functions/tool-thread.ts', import.meta.url),
      server: new URL('../../../../support/servers/threads.ts', import.meta.url),
      ...(heapMb !== undefined && { heapMb }),
    }),
  });

  async function receive(): Promise<void> {
    while (!stopped.signal.aborted) {
      const message = [...messages].find(({ visibleAt }) => visibleAt <= Date.now());
      if (!message) {
        await pause(10);
        continue;
      }
      message.receives += 1;
      message.visibleAt = Date.now() + functionMs;
      const reappearIn = async (ms: number) => {
        message.visibleAt = Date.now() + ms;
      };
      const { wakeUp, receives } = message;
      const disposal = await worker.work({ wakeUp, receives, reappearIn }, Date.now() + functionMs);
      if (disposal === 'delete') messages.delete(message);
    }
  }
  const workers = [receive(), receive()];

  return {
    engine,
    lines,
    events: (task: string) => lines.filter((line) => line.task === task).map(({ event }) => event),
    start: async (name: string, args: object = {}) => {
      const tool = server.tools.get(name);
      if (!tool) throw new Error(`no tool ${name}`);
      const call = { caller: {}, tool, arguments: args, era: '2026-07-28' as const, capabilities: { form: true } };
      return (await engine.startTask({ ...call, deadline: Date.now() + 10_000 })).id;
    },
    /** The task once it looks like this. */
    until: (id: string, looks: (view: Awaited<ReturnType<typeof engine.getTask>>) => boolean) =>
      vi.waitFor(async () => {
        const view = await engine.getTask({}, id);
        if (!looks(view)) throw new Error(`not yet: ${JSON.stringify(view)}`);
        return view;
      }, WAIT_OPTIONS),
    logged: (task: string, event: string) =>
      vi.waitFor(() => {
        const line = lines.find((each) => each.task === task && each.event === event);
        if (!line) throw new Error(`${event} was not logged`);
        return line;
      }, WAIT_OPTIONS),
    stop: async () => {
      stopped.abort();
      await Promise.all(workers);
    },
  };
}
