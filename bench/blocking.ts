/**
 * What it costs to wait for `tasks/result` of 2025-11-25, which blocks: requests and reads of a client that comes
 * back to a stream that is closed at once, beside those of a server that waits inside its requests. Run it alone
 * for the table: `node bench/blocking.ts`. Everything runs in virtual time.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { createEngine } from '../lambda/engine/api/create-engine.ts';
import type { WakeUp } from '../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../lambda/engine/system.ts';
import { createWorker } from '../lambda/engine/worker/worker.ts';
import { createFrontDoor, type HttpRequest } from '../lambda/http/index.ts';
import { defineServer, defineTool } from '../lambda/index.ts';
import { sealSession } from '../lambda/mcp/2025-11-25/session.ts';
import type { Services } from '../lambda/mcp/exchange.ts';
import type { Reply } from '../lambda/mcp/rpc.ts';
import { createSealer } from '../lambda/seal/index.ts';
import { MemoryTaskStore } from '../lambda/tasks/memory/index.ts';
import type { TaskStore } from '../lambda/tasks/store.ts';

export interface WaitCost {
  readonly wait: string;
  readonly durationMs: number;
  /** HTTP requests, the first one and the one that brings the result included. */
  readonly requests: number;
  readonly reads: number;
  readonly writes: number;
  /** How late the result came (ms). */
  readonly lateMs: number;
  /** How long a concurrent execution of Lambda was held (ms). */
  readonly heldMs: number;
}

/** What one request takes on a warm function (ms): a read, and little else. */
const REQUEST_MS = 15;
/** A server that waits inside its requests: for so long each, looking so often (ms). */
const IN_REQUEST_WAIT_MS = { request: 25_000, look: 1_000 };

const DONE_CONTENT = [{ type: 'text' as const, text: 'done' }];
const workingTool = defineTool('works', {}, () => ({ content: DONE_CONTENT }));
const askingTool = defineTool('asks', { asks: ['elicitation'] }, async (task) => {
  await task.elicit('sure', { message: 'Are you sure?', requestedSchema: z.object({ sure: z.boolean() }) });
  return { content: DONE_CONTENT };
});
const benchServer = defineServer({ name: 'blocking', version: '1.0.0', tools: [workingTool, askingTool] });

/** Wait so long for a task that works, or for one whose question is answered at the end of that time. */
export async function measureBlocking(durationMs: number, tool: 'works' | 'asks'): Promise<WaitCost> {
  const start = Date.UTC(2026, 0, 1);
  const time = { now: start };
  const made = { reads: 0, writes: 0 };
  const store = countStoreCalls(new MemoryTaskStore(), made);
  const messages: WakeUp[] = [];
  const queue = { send: async (wakeUp: WakeUp) => void messages.push(wakeUp) };
  const now = () => time.now;
  const parts = { store, queue, clock: { ...systemClock, now }, ids: systemIds, log: () => {} };
  const worker = createWorker({ ...parts, findTool: async (name) => benchServer.tools.get(name) });
  const work = async () => {
    for (let wakeUp = messages.shift(); wakeUp; wakeUp = messages.shift())
      await worker.work({ wakeUp, receives: 1, reappearIn: async () => {} }, now() + 60_000);
    await turn();
  };
  const services: Services = {
    server: { info: benchServer.info, load: async () => benchServer },
    engine: createEngine(parts),
    sealer: createSealer(async () => ['secret']),
    loadSdk: () => Promise.reject(new Error('No wait needs the SDK.')),
    payloads: { put: async () => {}, get: async () => '' },
    now,
    wait: async (ms) => {
      time.now += ms;
    },
    callId: () => systemIds.task(now()),
    log: () => {},
  };
  const door = createFrontDoor(services);
  const session = await sealSession(services, {}, { version: '2025-11-25', can: { form: true } });
  let requests = 0;
  const send = (request: Pick<HttpRequest, 'method' | 'body'>, more: Record<string, string> = {}) => {
    requests += 1;
    time.now += REQUEST_MS;
    return door(
      {
        ...{ path: '/mcp', url: 'https://example.com/mcp', isBase64: false },
        ...request,
        headers: new Map(
          Object.entries({
            'content-type': 'application/json',
            'mcp-protocol-version': '2025-11-25',
            'mcp-session-id': session,
            ...more,
          }),
        ),
      },
      now() + 28_000,
    );
  };
  const post = (body: object) => send({ method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }) });

  const created = await post({ method: 'tools/call', params: { name: tool, arguments: {}, task: {} } });
  const { taskId } = JSON.parse(created.body ?? '').result.task;
  if (tool === 'asks') await work();
  const end = start + durationMs;
  Object.assign(made, { reads: 0, writes: 0 });
  requests = 0;

  let reply = await post({ method: 'tasks/result', params: { taskId } });
  let question: string | undefined;
  let endedAt: number | undefined;
  while (!/"result"/.test(reply.body ?? '')) {
    question ??= /"id":"(task:[^"]+)"/.exec(reply.body ?? '')?.[1];
    const { last, retryMs } = readStreamPosition(reply);
    if (endedAt === undefined && time.now + retryMs >= end) {
      const back = time.now + retryMs;
      time.now = end;
      const before = { ...made, requests };
      if (question !== undefined) await post({ id: question, result: { action: 'accept', content: { sure: true } } });
      await work();
      // What ends the wait is no part of its cost.
      Object.assign(made, { reads: before.reads, writes: before.writes });
      requests = before.requests;
      endedAt = end;
      time.now = Math.max(back, time.now);
    } else {
      time.now += retryMs;
    }
    reply = await send({ method: 'GET', body: '' }, { 'last-event-id': last });
  }
  return {
    wait: tool === 'works' ? 'closed at once, resumed' : 'the same, with a question open',
    ...{ durationMs, requests, reads: made.reads, writes: made.writes },
    lateMs: time.now - end,
    heldMs: requests * REQUEST_MS,
  };
}

/** The same wait inside of requests, by arithmetic: nobody should build it. */
export const estimateInRequestWait = (durationMs: number): WaitCost => ({
  wait: 'inside requests of 25 s',
  durationMs,
  requests: Math.ceil(durationMs / IN_REQUEST_WAIT_MS.request),
  reads: Math.ceil(durationMs / IN_REQUEST_WAIT_MS.look),
  writes: 0,
  lateMs: IN_REQUEST_WAIT_MS.look,
  heldMs: durationMs,
});

/** us-east-1: HTTP API $1.00 and Lambda $0.20 a million requests, $0.0000166667 a GB-second at 512 MB; DynamoDB on demand. */
export const computeDollarsPerMillion = ({ requests, reads, writes, heldMs }: WaitCost): number =>
  requests * 1.2 + (heldMs / 1_000) * 0.5 * 16.6667 + reads * 0.125 + writes * 0.625;

function readStreamPosition({ body = '' }: Reply): { readonly last: string; readonly retryMs: number } {
  const last = [...body.matchAll(/^id: (.+)$/gm)].at(-1)?.[1];
  const retry = /^retry: (\d+)$/m.exec(body)?.[1];
  if (last === undefined || retry === undefined) throw new Error(`This is no stream that can be resumed: ${body}`);
  return { last, retryMs: Number(retry) };
}

function countStoreCalls(store: TaskStore, made: { reads: number; writes: number }): TaskStore {
  return new Proxy(store, {
    get(target, name: keyof TaskStore) {
      return (...args: unknown[]) => {
        if (name === 'read') made.reads += 1;
        else if (name === 'update') made.writes += 1;
        return (target[name] as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** The table, for waits of these lengths (ms). */
export async function printBlocking(print: (line: string) => void = console.log): Promise<void> {
  const line = (...[wait = '', ...figures]: string[]) =>
    print(wait.padEnd(32) + figures.map((figure) => figure.padStart(12)).join(''));
  print('What waiting for `tasks/result` of 2025-11-25 costs (virtual time)\n');
  line('wait', 'duration', 'requests', 'reads', 'writes', 'late', 'held', '$ / million');
  for (const durationMs of [60_000, 600_000, 3_600_000]) {
    const waits = [await measureBlocking(durationMs, 'works'), await measureBlocking(durationMs, 'asks')];
    for (const waited of [...waits, estimateInRequestWait(durationMs)])
      line(
        waited.wait,
        `${durationMs / 60_000} min`,
        ...[waited.requests, waited.reads, waited.writes].map(String),
        ...[waited.lateMs, waited.heldMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`),
        computeDollarsPerMillion(waited).toFixed(0),
      );
  }
}

if (import.meta.main) await printBlocking();
