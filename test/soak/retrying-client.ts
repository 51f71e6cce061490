/** A client of 2026-07-28 that knows tasks and forms: it repeats each call until it gets a reply. */
import { setTimeout as delay } from 'node:timers/promises';
import { buildFetchInit, DECLARED_TASKS } from '../support/requests.ts';

/** A task as it comes over the wire. */
export interface WireTask {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly pollIntervalMs?: number;
  readonly inputRequests?: Readonly<Record<string, unknown>>;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

/** The server refused for a reason that a retry does not fix. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly code: number;
  constructor(method: string, error: { readonly code: number; readonly message: string }) {
    super(`${method}: ${error.code} ${error.message}`);
    this.code = error.code;
  }
}

const INTERNAL_ERROR = -32603;
const RETRY_DELAY_MS = 500;
const REQUEST_TIMEOUT_MS = 35_000;

/** What every request declares. */
const REQUEST_OPTIONS = {
  capabilities: { elicitation: { form: {} }, ...DECLARED_TASKS },
  meta: { 'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1' } },
};

type WireResponse =
  | { readonly result: WireTask }
  | { readonly error: { readonly code: number; readonly message: string } };

export class RetryingClient {
  readonly #url: string;
  readonly #signal: AbortSignal;
  /** Calls that had to be repeated. */
  retries = 0;
  /** Why the last of them had to be repeated. */
  lastError: string | undefined;

  /** @param signal ends every call that is still being repeated */
  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  start(name: string, args: unknown): Promise<WireTask> {
    return this.#call('tools/call', name, { name, arguments: args });
  }

  get(taskId: string): Promise<WireTask> {
    return this.#call('tasks/get', taskId, { taskId });
  }

  async update(taskId: string, inputResponses: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#call('tasks/update', taskId, { taskId, inputResponses });
  }

  async cancel(taskId: string): Promise<void> {
    await this.#call('tasks/cancel', taskId, { taskId });
  }

  /** @throws RefusedRequest */
  async #call(method: string, name: string, params: Record<string, unknown>): Promise<WireTask> {
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        const response = await this.#attempt(method, name, params);
        if ('result' in response) return response.result;
        throw new RefusedRequest(method, response.error);
      } catch (error) {
        if (error instanceof RefusedRequest && error.code !== INTERNAL_ERROR) throw error;
        this.lastError = String(error);
      }
      this.retries += 1;
      await delay(RETRY_DELAY_MS, undefined, { signal: this.#signal });
    }
  }

  /** One request; rejects when the reply is not a JSON-RPC response. */
  async #attempt(method: string, name: string, params: Record<string, unknown>): Promise<WireResponse> {
    const response = await fetch(this.#url, {
      ...buildFetchInit(method, params, { ...REQUEST_OPTIONS, headers: { 'mcp-name': name } }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const json = (await response.json()) as WireResponse;
    if (!('result' in json) && !('error' in json))
      throw new Error(`HTTP ${response.status} without a JSON-RPC response`);
    return json;
  }
}
