/** The front door on a memory store, with a worker that the test runs: the whole path without a stack. */
import { anonymousGuard, type Guard } from '../../lambda/auth/index.ts';
import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import type { Caller } from '../../lambda/engine/model.ts';
import type { WakeUp, WakeUpQueue } from '../../lambda/engine/ports.ts';
import { systemClock, systemIds } from '../../lambda/engine/system.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import { createFrontDoor, type FrontDoorOptions, type HttpRequest, readHttpEvent } from '../../lambda/http/index.ts';
import type { Services } from '../../lambda/mcp/exchange.ts';
import { createBridge } from '../../lambda/mcp/sdk/index.ts';
import { PayloadMissing } from '../../lambda/payloads/index.ts';
import { createKeyedHash, createSealer } from '../../lambda/seal/index.ts';
import { MemoryTaskStore } from '../../lambda/tasks/memory/index.ts';
import type { TaskStore } from '../../lambda/tasks/store.ts';
import type { ServerDefinition } from '../../lambda/tool/types.ts';
import { buildApiEvent, buildRequest, type TestRequest, type TestRequestOptions } from './requests.ts';

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly json: any;
}

export interface TestFrontDoorOptions extends FrontDoorOptions {
  readonly now?: () => number;
  /** How long a request may take (ms). */
  readonly timeoutMs?: number;
  readonly secrets?: readonly string[];
  /** Called when a request waits on the server, instead of letting time pass. */
  readonly wait?: (ms: number) => Promise<void>;
  /** How long a reply may be streamed (ms). Default: replies are buffered. */
  readonly streamMs?: number;
}

export function createTestFrontDoor(definition: ServerDefinition, options: TestFrontDoorOptions = {}) {
  const {
    now = systemClock.now,
    timeoutMs = 28_000,
    secrets = ['secret'],
    wait = systemClock.wait,
    streamMs,
    ...frontDoorOptions
  } = options;
  const memory = new MemoryTaskStore();
  const calls: string[] = [];
  const written: string[] = [];
  const store = recordStoreCalls(memory, calls, written);
  const sent: WakeUp[] = [];
  const queue: WakeUpQueue = {
    send: async (wakeUp) => {
      calls.push('send');
      written.push('send');
      sent.push(wakeUp);
    },
  };
  const logged: Record<string, unknown>[] = [];
  const log: Services['log'] = (event, facts) => logged.push({ event, ...facts });
  const clock = { ...systemClock, now };
  const hmac = createKeyedHash(async () => secrets, 'idempotency');
  const engineOptions = { store, queue, clock, ids: systemIds, log, hmac };
  const loads = { server: 0, sdk: 0 };
  const server = {
    info: definition.info,
    load: async () => {
      loads.server += 1;
      return definition;
    },
  };
  let ids = 0;
  const createCallId = () => {
    ids += 1;
    return `call-${ids}`;
  };
  const engine = createEngine(engineOptions);
  const stored = new Map<string, string>();
  const payloads: Services['payloads'] = {
    put: async (key, text) => void stored.set(key, text),
    get: async (key) => {
      const text = stored.get(key);
      if (text === undefined) throw new PayloadMissing(key);
      return text;
    },
  };
  const bridge = createBridge({ server, engine, now, wait, createCallId });
  const callers = new WeakMap<HttpRequest, Caller>();
  const guard: Guard = { ...anonymousGuard, identify: async (request) => ({ caller: callers.get(request) ?? {} }) };
  const frontDoor = createFrontDoor(
    {
      server,
      engine,
      sealer: createSealer(async () => secrets),
      loadSdk: async () => {
        loads.sdk += 1;
        return bridge;
      },
      payloads,
      now,
      wait,
      createCallId,
      log,
    },
    { guard, ...frontDoorOptions },
  );

  /** Set the caller of a request, which the test guard trusts. */
  function withCaller(request: HttpRequest, { owner, client }: TestRequest): HttpRequest {
    callers.set(request, { ...(owner !== undefined && { owner }), ...(client !== undefined && { client }) });
    return request;
  }

  async function send(request: TestRequest): Promise<TestReply> {
    const reply = await frontDoor(
      withCaller(
        { ...readHttpEvent(buildApiEvent(request)), ...(streamMs !== undefined && { streamsUntil: now() + streamMs }) },
        request,
      ),
      now() + timeoutMs,
    );
    const text = reply.stream ? await joinChunks(reply.stream) : (reply.body ?? '');
    return { status: reply.status, headers: reply.headers, text, json: parseReplyText(text) };
  }

  /** A request of 2026-07-28 with the headers that belong to it. */
  const call = (
    method: string,
    params: Record<string, unknown> = {},
    more: TestRequestOptions = {},
  ): Promise<TestReply> => send({ ...buildRequest(method, params, more), ...pickCaller(more) });

  const worker = createWorker({ ...engineOptions, findTool: async (name) => definition.tools.get(name) });
  /** Deliver waiting messages until there are none. */
  async function work(): Promise<void> {
    for (let wakeUp = sent.shift(); wakeUp; wakeUp = sent.shift())
      await worker.work({ wakeUp, receives: 1, reappearIn: async () => {} }, now() + 60_000);
  }

  return { send, call, work, calls, written, sent, logged, loads, payloads: stored, store: memory };
}

const pickCaller = ({ owner, client }: TestRequestOptions) => ({
  ...(owner !== undefined && { owner }),
  ...(client !== undefined && { client }),
});

async function joinChunks(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** JSON, or the last message of an event stream. */
function parseReplyText(text: string): unknown {
  const data = text.split('\n').findLast((line) => line.startsWith('data: '));
  try {
    return JSON.parse(data?.slice(6) ?? text);
  } catch {
    return undefined;
  }
}

/** Records the name of each request to the store, and of each one that wrote something. */
function recordStoreCalls(store: TaskStore, calls: string[], written: string[]): TaskStore {
  return new Proxy(store, {
    get(target, name: keyof TaskStore) {
      return async (...args: unknown[]) => {
        calls.push(name);
        const answer = await (target[name] as (...args: unknown[]) => Promise<object | undefined>).apply(target, args);
        if (answer && 'done' in answer && answer.done) written.push(name);
        return answer;
      };
    },
  });
}
