/** A minimal client: JSON-RPC over fetch, so that the tests see what is on the wire. */
import { setTimeout as wait } from 'node:timers/promises';
import { buildRequest } from '../support/requests.ts';

/** A task as the 2026-07-28 extension shows it. */
export interface ExtensionTask {
  readonly taskId: string;
  readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
  readonly pollIntervalMs?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

const WIRE_CLIENT_CAPABILITIES = { extensions: { 'io.modelcontextprotocol/tasks': {} }, elicitation: { form: {} } };
const TERMINAL_STATUSES = new Set(['completed', 'failed', 'cancelled']);

export type WireClient = ReturnType<typeof createWireClient>;

export function createWireClient(url: string) {
  async function send(
    method: string,
    params: Record<string, unknown>,
  ): Promise<{ result?: unknown; error?: { code: number; message: string } }> {
    const { headers, body } = buildRequest(method, params, { capabilities: WIRE_CLIENT_CAPABILITIES });
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(headers as Record<string, string>),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  }

  async function requestResult<T>(method: string, params: Record<string, unknown>): Promise<T> {
    const response = await send(method, params);
    if (response.error) throw new Error(`${method}: ${response.error.code} ${response.error.message}`);
    return response.result as T;
  }

  const get = async (taskId: string): Promise<ExtensionTask> => {
    const {
      pollIntervalMs: _,
      _meta,
      ...task
    } = await requestResult<ExtensionTask & { _meta?: unknown }>('tasks/get', { taskId });
    return task;
  };

  /** Polls until the task has this status. @throws Error when that takes longer than `timeoutMs` */
  async function waitForStatus(
    taskId: string,
    status: ExtensionTask['status'] | 'terminal',
    timeoutMs = 600_000,
  ): Promise<ExtensionTask> {
    for (const end = Date.now() + timeoutMs; ; ) {
      const task = await get(taskId);
      if (task.status === status || (status === 'terminal' && TERMINAL_STATUSES.has(task.status))) return task;
      if (Date.now() > end) throw new Error(`${taskId} is still ${task.status} after ${timeoutMs} ms`);
      await wait(100);
    }
  }

  return {
    get,
    waitForStatus,
    call: (name: string, args: Record<string, unknown> = {}) =>
      requestResult<ExtensionTask>('tools/call', { name, arguments: args }),
    cancel: (taskId: string) => requestResult('tasks/cancel', { taskId }),
    update: (taskId: string, inputResponses: Record<string, unknown>) =>
      requestResult('tasks/update', { taskId, inputResponses }),
    waitForEnd: (taskId: string) => waitForStatus(taskId, 'terminal'),
    /** The error with which a request is refused; undefined when it is not. */
    requestError: async (method: string, taskId: string) => (await send(method, { taskId })).error,
  };
}
