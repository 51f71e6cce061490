/**
 * Measures what it costs to wait for `tasks/result` of 2025-11-25, which blocks: the requests and reads of a client
 * that resumes a stream that is closed at once, compared with those of a server that waits inside its requests.
 * Everything runs in virtual time. For this table alone: `node bench/blocking.ts`.
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
  /** HTTP requests, including the first and the one that brings the result. */
  readonly requests: number;
  readonly reads: number;
  readonly writes: number;
  /** How late the result came (ms). */
  readonly lateMs: number;
  /** How long a concurrent execution of Lambda was in use (ms). */
  readonly heldMs: number;
}

/** What one request takes on a warm function (ms): a read, and little else. */
const REQUEST_MS = 15;
/** A server that waits inside its requests: how long each may take, and how often it looks at the task (ms). */
const IN_REQUEST_WAIT_MS = { request: 25_000, look: 1_000 };
/** When the virtual time starts. */
const START = Date.UTC(2026, 0, 1);
const REQUEST_TIMEOUT_MS = 28_000;
const WORK_TIMEOUT_MS = 60_000;

const DONE_CONTENT = [{ type: 'text' as const, text: 'done' }];
const workingTool = defineTool('works', {}, () => ({ content: DONE_CONTENT }));
const askingTool = defineTool('asks', { asks: ['elicitation'] }, async (task) => {
  await task.elicit('sure', { message: 'Are you sure?', requestedSchema: z.object({ sure: z.boolean() }) });
  return { content: DONE_CONTENT };
});
const benchServer = defineServer({ name: 'blocking', version: '1.0.0', tools: [workingTool, askingTool] });

interface Counts {
  requests: number;
  reads: number;
  writes: number;
}

interface VirtualServer {
  /** The clock (ms since the epoch): moved by requests, and by hand. */
  readonly time: { now: number };
  readonly counts: Counts;
  /** Handle every message in the queue. */
  runWorker(): Promise<void>;
  /** Send a JSON-RPC message; its `id` is 1 unless given. */
  post(message: object): Promise<Reply>;
  /** Resume a stream. */
  resume(lastEventId: string): Promise<Reply>;
}

async function createVirtualServer(): Promise<VirtualServer> {
  const time = { now: START };
  const now = () => time.now;
  const counts: Counts = { requests: 0, reads: 0, writes: 0 };
  const messages: WakeUp[] = [];
  const options = {
    store: countStoreCalls(new MemoryTaskStore(), counts),
    queue: { send: async (wakeUp: WakeUp) => void messages.push(wakeUp) },
    clock: { ...systemClock, now },
    ids: systemIds,
    log: () => {},
  };
  const worker = createWorker({ ...options, findTool: async (name) => benchServer.tools.get(name) });
  const services: Services = {
    server: { info: benchServer.info, load: async () => benchServer },
    engine: createEngine(options),
    sealer: createSealer(async () => ['secret']),
    loadSdk: () => Promise.reject(new Error('No wait needs the SDK.')),
    payloads: { put: async () => {}, get: async () => '' },
    now,
    wait: async (ms) => {
      time.now += ms;
    },
    createCallId: () => systemIds.task(now()),
    log: () => {},
  };
  const handleRequest = createFrontDoor(services);
  const session = await sealSession(services, {}, { version: '2025-11-25', can: { form: true } });
  const send = (request: Pick<HttpRequest, 'method' | 'body'>, headers: Record<string, string> = {}) => {
    counts.requests += 1;
    time.now += REQUEST_MS;
    return handleRequest(
      {
        ...request,
        path: '/mcp',
        url: 'https://example.com/mcp',
        isBase64: false,
        headers: new Map(
          Object.entries({
            'content-type': 'application/json',
            'mcp-protocol-version': '2025-11-25',
            'mcp-session-id': session,
            ...headers,
          }),
        ),
      },
      now() + REQUEST_TIMEOUT_MS,
    );
  };
  return {
    time,
    counts,
    async runWorker() {
      for (let wakeUp = messages.shift(); wakeUp; wakeUp = messages.shift())
        await worker.work({ wakeUp, receives: 1, reappearIn: async () => {} }, now() + WORK_TIMEOUT_MS);
      await turn();
    },
    post: (message) => send({ method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }) }),
    resume: (lastEventId) => send({ method: 'GET', body: '' }, { 'last-event-id': lastEventId }),
  };
}

/**
 * The cost of waiting for a task.
 *
 * @param durationMs how long the task takes
 * @param tool `works`: the task works for that time; `asks`: its question is answered at the end of it
 */
export async function measureBlocking(durationMs: number, tool: 'works' | 'asks'): Promise<WaitCost> {
  const { time, counts, runWorker, post, resume } = await createVirtualServer();
  const created = await post({ method: 'tools/call', params: { name: tool, arguments: {}, task: {} } });
  const { taskId } = JSON.parse(created.body ?? '').result.task;
  if (tool === 'asks') await runWorker();
  const end = START + durationMs;
  // Only the wait is counted, not what starts and ends it.
  Object.assign(counts, { requests: 0, reads: 0, writes: 0 });

  let reply = await post({ method: 'tasks/result', params: { taskId } });
  let questionId: string | undefined;
  let ended = false;
  while (!/"result"/.test(reply.body ?? '')) {
    questionId ??= /"id":"(task:[^"]+)"/.exec(reply.body ?? '')?.[1];
    const { lastEventId, retryMs } = readStreamPosition(reply);
    const resumeAt = time.now + retryMs;
    if (!ended && resumeAt >= end) {
      time.now = end;
      const countsOfWait = { ...counts };
      if (questionId !== undefined)
        await post({ id: questionId, result: { action: 'accept', content: { sure: true } } });
      await runWorker();
      Object.assign(counts, countsOfWait);
      ended = true;
    }
    time.now = Math.max(resumeAt, time.now);
    reply = await resume(lastEventId);
  }
  return {
    wait: tool === 'works' ? 'closed at once, resumed' : 'the same, with a question open',
    durationMs,
    requests: counts.requests,
    reads: counts.reads,
    writes: counts.writes,
    lateMs: time.now - end,
    heldMs: counts.requests * REQUEST_MS,
  };
}

/** The same wait inside requests, by arithmetic: not worth building. */
export const estimateInRequestWait = (durationMs: number): WaitCost => ({
  wait: 'inside requests of 25 s',
  durationMs,
  requests: Math.ceil(durationMs / IN_REQUEST_WAIT_MS.request),
  reads: Math.ceil(durationMs / IN_REQUEST_WAIT_MS.look),
  writes: 0,
  lateMs: IN_REQUEST_WAIT_MS.look,
  heldMs: durationMs,
});

/**
 * USD for a million waits in us-east-1: HTTP API $1.00 and Lambda $0.20 per million requests, Lambda at 512 MB for
 * $0.0000166667 per GB-second, DynamoDB on demand.
 */
export const computeDollarsPerMillion = ({ requests, reads, writes, heldMs }: WaitCost): number =>
  requests * 1.2 + (heldMs / 1_000) * 0.5 * 16.6667 + reads * 0.125 + writes * 0.625;

/** Where the client has to resume the stream, and when. @throws Error if the reply is not a resumable stream */
function readStreamPosition({ body = '' }: Reply): { readonly lastEventId: string; readonly retryMs: number } {
  const lastEventId = [...body.matchAll(/^id: (.+)$/gm)].at(-1)?.[1];
  const retry = /^retry: (\d+)$/m.exec(body)?.[1];
  if (lastEventId === undefined || retry === undefined)
    throw new Error(`The reply must be a stream that can be resumed: ${body}`);
  return { lastEventId, retryMs: Number(retry) };
}

function countStoreCalls(store: TaskStore, counts: Counts): TaskStore {
  return new Proxy(store, {
    get(target, name: keyof TaskStore) {
      return (...args: unknown[]) => {
        if (name === 'read') counts.reads += 1;
        else if (name === 'update') counts.writes += 1;
        return (target[name] as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** Print the table, for waits of 1, 10 and 60 minutes. */
export async function printBlocking(print: (line: string) => void = console.log): Promise<void> {
  const printRow = (wait: string, ...figures: string[]) =>
    print(wait.padEnd(32) + figures.map((figure) => figure.padStart(12)).join(''));
  const formatSeconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  print('Cost of waiting for `tasks/result` of 2025-11-25 (virtual time)\n');
  printRow('wait', 'duration', 'requests', 'reads', 'writes', 'late', 'held', '$ / million');
  for (const durationMs of [60_000, 600_000, 3_600_000]) {
    const costs = [
      await measureBlocking(durationMs, 'works'),
      await measureBlocking(durationMs, 'asks'),
      estimateInRequestWait(durationMs),
    ];
    for (const cost of costs)
      printRow(
        cost.wait,
        `${durationMs / 60_000} min`,
        String(cost.requests),
        String(cost.reads),
        String(cost.writes),
        formatSeconds(cost.lateMs),
        formatSeconds(cost.heldMs),
        computeDollarsPerMillion(cost).toFixed(0),
      );
  }
}

if (import.meta.main) await printBlocking();
