/**
 * What ext-tasks lacks for tasks of MCP 2025-11-25: it requests the result only when the task has ended, but the
 * task's questions arrive on the stream of that very request.
 */
import type { TaskView } from '@modelcontextprotocol/ext-tasks/client';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { CallResult } from './print.ts';

const anyResultSchema = z.looseObject({});
/** The longest delay that a timer takes (ms): in 2025-11-25 the request for the result lasts as long as the task. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A listener that opens the stream of `tasks/result` when the task waits for input. The session answers the questions
 * that arrive on it.
 */
export function answerOverResultStream({ client }: Connection, taskId: string): (task: TaskView) => void {
  let open = false;
  return (task) => {
    if (task.status !== 'input_required' || open) return;
    open = true;
    const markClosed = () => {
      open = false;
    };
    // The result is not used: the session requests it again when it sees that the task has ended.
    client
      .request({ method: 'tasks/result', params: { taskId } }, anyResultSchema, { timeout: MAX_TIMER_MS })
      .then(markClosed, markClosed);
  };
}

/** The result of a failed task, if it has one: a tool error. */
export async function fetchFailedResult({ client }: Connection, taskId: string): Promise<CallResult | undefined> {
  try {
    const result = await client.request({ method: 'tasks/result', params: { taskId } }, anyResultSchema);
    return Array.isArray(result.content) ? (result as CallResult) : undefined;
  } catch {
    return undefined;
  }
}
