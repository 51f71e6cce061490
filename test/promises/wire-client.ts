/** A client as small as can be: JSON-RPC over fetch, so that what is tested is what is on the wire. */
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

  async function result<T>(method: string, params: Record<string, unknown>): Promise<T> {
    const answer = await send(method, params);
    if (answer.error) throw new Error(`${method}: ${answer.error.code} ${answer.error.message}`);
    return answer.result as T;
  }

  const get = async (taskId: string): Promise<ExtensionTask> => {
    const {
      pollIntervalMs: _,
      _meta,
      ...task
    } = await result<ExtensionTask & { _meta?: unknown }>('tasks/get', { taskId });
    return task;
  };

  async function until(
    taskId: string,
    status: ExtensionTask['status'] | 'terminal',
    withinMs = 30_000,
  ): Promise<ExtensionTask> {
    for (const end = Date.now() + withinMs; ; ) {
      const task = await get(taskId);
      if (task.status === status || (status === 'terminal' && TERMINAL_STATUSES.has(task.status))) return task;
      if (Date.now() > end) throw new Error(`${taskId} is still ${task.status} after ${withinMs} ms`);
      await wait(100);
    }
  }

  return {
    get,
    until,
    call: (name: string, args: Record<string, unknown> = {}) =>
      result<ExtensionTask>('tools/call', { name, arguments: args }),
    cancel: (taskId: string) => result('tasks/cancel', { taskId }),
    update: (taskId: string, inputResponses: Record<string, unknown>) =>
      result('tasks/update', { taskId, inputResponses }),
    ended: (taskId: string, withinMs?: number) => until(taskId, 'terminal', withinMs),
    /** The error a request is refused with. */
    error: async (method: string, taskId: string) => (await send(method, { taskId })).error,
  };
}
