/**
 * JSON-RPC as it is on the wire, over the official client's HTTP transport. The official `Client` refuses the
 * result shapes of the Tasks extension, so ext-tasks asks its host for a way past it: this one. It has a
 * transport and request ids of its own, and so never meets the client's.
 */
import { SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { DispatchError, type DispatchOptions, type JsonRpcResponse } from '@modelcontextprotocol/ext-tasks/client';
import type { JsonValue } from '@modelcontextprotocol/ext-tasks/core';

interface RawRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, JsonValue>>;
}

export interface RawDispatchOptions {
  readonly url: URL;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** More headers for one request. */
  readonly headersFor?: (request: RawRequest) => Readonly<Record<string, string>>;
  /** Sees every response that comes. */
  readonly onResponse?: (request: RawRequest, response: JsonRpcResponse) => void;
  /** How long one request may take (ms). Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Waits before a task request that found no server is sent again (ms). Default 500 to 4,000. */
  readonly retryDelaysMs?: readonly number[];
}

export interface RawDispatch {
  dispatch(request: JsonValue, options?: DispatchOptions): Promise<JsonRpcResponse>;
  /** Resolves when every request that was sent has been answered. */
  waitUntilIdle(): Promise<void>;
  close(): Promise<void>;
}

export async function createRawDispatch(options: RawDispatchOptions): Promise<RawDispatch> {
  const transport = new StreamableHTTPClientTransport(options.url, {
    requestInit: { headers: { ...options.headers } },
  });
  const waiting = new Map<number, (response: JsonRpcResponse) => void>();
  const inFlight = new Set<Promise<unknown>>();
  const delays = options.retryDelaysMs ?? [500, 1_000, 2_000, 4_000];
  let nextId = 0;

  transport.onmessage = (message) => {
    if (!('id' in message) || 'method' in message) return; // a notification: nothing here waits for one
    const settle = waiting.get(Number(message.id));
    if (settle) settle(toRpcResponse(message as unknown as Record<string, JsonValue>));
  };
  await transport.start();

  const send = async (request: RawRequest, more: DispatchOptions): Promise<JsonRpcResponse> => {
    const id = nextId++;
    const timeout = AbortSignal.timeout(more.context?.requestTimeoutMs ?? options.requestTimeoutMs ?? 60_000);
    // A call is never abandoned half-way: its answer may name a task that has to be cancelled.
    const signal = more.signal && request.method !== 'tools/call' ? AbortSignal.any([timeout, more.signal]) : timeout;
    const { promise, resolve, reject } = Promise.withResolvers<JsonRpcResponse>();
    const fail = () => reject(signal.reason);
    signal.addEventListener('abort', fail, { once: true });
    waiting.set(id, resolve);
    try {
      const headers = { ...more.context?.headers, ...options.headersFor?.(request) };
      const ended = () => reject(new Error('The server closed the stream without an answer.'));
      await transport.send({ jsonrpc: '2.0', id, ...request } as Parameters<typeof transport.send>[0], {
        requestSignal: signal,
        headers,
        onRequestStreamEnd: ended,
      });
      return await promise;
    } catch (error) {
      // The transport hands over only the errors that come with status 400; those of 404 are in the body.
      const answer = parseRpcErrorBody(error, id);
      if (answer) return answer;
      throw error;
    } finally {
      waiting.delete(id);
      signal.removeEventListener('abort', fail);
      promise.catch(() => {}); // an end of the stream that comes after the answer
    }
  };

  const dispatch = async (request: RawRequest, more: DispatchOptions): Promise<JsonRpcResponse> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await send(request, more);
        options.onResponse?.(request, response);
        return response;
      } catch (error) {
        more.signal?.throwIfAborted();
        const delayMs = delays[attempt];
        // tasks/get, update and cancel may be sent twice without harm; a call may not.
        if (delayMs === undefined || !request.method.startsWith('tasks/') || !isTransientFailure(error))
          throw new DispatchError(`${request.method} was not answered`, false, { cause: error });
        await waitForRetry(delayMs, more.signal);
      }
    }
  };

  return {
    dispatch(request, more = {}) {
      const answered = dispatch(request as unknown as RawRequest, more);
      inFlight.add(answered);
      const done = () => inFlight.delete(answered);
      answered.then(done, done);
      return answered;
    },
    async waitUntilIdle() {
      while (inFlight.size > 0) {
        await Promise.allSettled(inFlight);
        // Who waited for an answer may send another request because of it: a cancel, after a late creation.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => transport.close(),
  };
}

function toRpcResponse(message: Record<string, JsonValue>): JsonRpcResponse {
  if (message.error !== undefined)
    return { kind: 'error', error: message.error as Extract<JsonRpcResponse, { kind: 'error' }>['error'] };
  return { kind: 'result', result: message.result ?? null };
}

function parseRpcErrorBody(error: unknown, id: number): JsonRpcResponse | undefined {
  if (!(error instanceof SdkHttpError)) return undefined;
  try {
    const body = JSON.parse(String(error.data.text)) as Record<string, JsonValue>;
    const { code, message } = (body.error ?? {}) as Record<string, JsonValue>;
    const readable = typeof code === 'number' && typeof message === 'string' && (body.id === id || body.id === null);
    return readable ? toRpcResponse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the same request may find the server again: no connection, too many requests, or a gateway's 5xx. */
function isTransientFailure(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError; // what fetch throws when there is no connection
}

function waitForRetry(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
