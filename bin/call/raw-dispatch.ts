/**
 * Sends raw JSON-RPC over the official client's HTTP transport. The official `Client` refuses the result shapes of the
 * Tasks extension, so ext-tasks asks its host for a way around it. This one uses a separate transport with separate
 * request ids, and so never interferes with the client's.
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
  /** Headers sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Additional headers for one request. */
  readonly headersFor?: (request: RawRequest) => Readonly<Record<string, string>>;
  /** Sees every response. */
  readonly onResponse?: (request: RawRequest, response: JsonRpcResponse) => void;
  /** Time-out of one request (ms). Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Delays before a task request that did not reach the server is sent again (ms). Default 500 to 4,000. */
  readonly retryDelaysMs?: readonly number[];
}

export interface RawDispatch {
  /** @throws DispatchError when no response comes */
  dispatch(request: JsonValue, options?: DispatchOptions): Promise<JsonRpcResponse>;
  /** Resolves when every request that was sent has got its response. */
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
    if (!('id' in message) || 'method' in message) return; // a request or notification: not used here
    const settle = waiting.get(Number(message.id));
    if (settle) settle(toRpcResponse(message as unknown as Record<string, JsonValue>));
  };
  await transport.start();

  const send = async (request: RawRequest, more: DispatchOptions): Promise<JsonRpcResponse> => {
    const id = nextId++;
    const timeout = AbortSignal.timeout(more.context?.requestTimeoutMs ?? options.requestTimeoutMs ?? 60_000);
    // A call is never abandoned half-way: its response may name a task that has to be cancelled.
    const signal = more.signal && request.method !== 'tools/call' ? AbortSignal.any([timeout, more.signal]) : timeout;
    const { promise, resolve, reject } = Promise.withResolvers<JsonRpcResponse>();
    const fail = () => reject(signal.reason);
    signal.addEventListener('abort', fail, { once: true });
    waiting.set(id, resolve);
    try {
      const headers = { ...more.context?.headers, ...options.headersFor?.(request) };
      const failEnded = () => reject(new Error('The server closed the stream without a response.'));
      await transport.send({ jsonrpc: '2.0', id, ...request } as Parameters<typeof transport.send>[0], {
        requestSignal: signal,
        headers,
        onRequestStreamEnd: failEnded,
      });
      return await promise;
    } catch (error) {
      // The transport delivers only the JSON-RPC errors that come with status 400; those of 404 are in the body.
      const response = parseRpcErrorBody(error, id);
      if (response) return response;
      throw error;
    } finally {
      waiting.delete(id);
      signal.removeEventListener('abort', fail);
      promise.catch(() => {}); // the stream may end after the response
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
        // tasks/get, tasks/update and tasks/cancel may safely be sent twice; a call may not.
        if (delayMs === undefined || !request.method.startsWith('tasks/') || !isTransientFailure(error))
          throw new DispatchError(`${request.method} got no response`, false, { cause: error });
        await waitForRetry(delayMs, more.signal);
      }
    }
  };

  return {
    dispatch(request, more = {}) {
      const response = dispatch(request as unknown as RawRequest, more);
      inFlight.add(response);
      const remove = () => inFlight.delete(response);
      response.then(remove, remove);
      return response;
    },
    async waitUntilIdle() {
      while (inFlight.size > 0) {
        await Promise.allSettled(inFlight);
        // A response may cause another request: a cancel, after a late creation.
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

/** The JSON-RPC error in the body of an HTTP error, if it answers request `id`. */
function parseRpcErrorBody(error: unknown, id: number): JsonRpcResponse | undefined {
  if (!(error instanceof SdkHttpError)) return undefined;
  try {
    const body = JSON.parse(String(error.data.text)) as Record<string, JsonValue>;
    const { code, message } = (body.error ?? {}) as Record<string, JsonValue>;
    const isRpcError = typeof code === 'number' && typeof message === 'string' && (body.id === id || body.id === null);
    return isRpcError ? toRpcResponse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the same request may succeed later: no connection, too many requests, or a gateway's 5xx. */
function isTransientFailure(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError; // thrown by fetch when there is no connection
}

/** @throws the signal's reason */
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
