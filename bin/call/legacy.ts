/**
 * Tasks of MCP 2025-11-25, where ext-tasks stops short: it asks for the result only when the task has ended,
 * but the questions of a task come on the stream of that very request.
 */
import type { TaskView } from '@modelcontextprotocol/ext-tasks/client';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { CallResult } from './print.ts';

const anyResultSchema = z.looseObject({});
/** As long as the task: the longest a timer takes (ms). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Open the stream of `tasks/result` when the task waits for input; the session answers what comes on it. */
export function answerOverResultStream({ client }: Connection, taskId: string): (task: TaskView) => void {
  let open = false;
  return (task) => {
    if (task.status !== 'input_required' || open) return;
    open = true;
    const closed = () => {
      open = false;
    };
    // Its result is of no use: the session asks for it again when it sees that the task has ended.
    client
      .request({ method: 'tasks/result', params: { taskId } }, anyResultSchema, { timeout: MAX_TIMER_MS })
      .then(closed, closed);
  };
}

/** The result of a task that failed, when it has one: a tool error. */
export async function fetchFailedResult({ client }: Connection, taskId: string): Promise<CallResult | undefined> {
  try {
    const result = await client.request({ method: 'tasks/result', params: { taskId } }, anyResultSchema);
    return Array.isArray(result.content) ? (result as CallResult) : undefined;
  } catch {
    return undefined;
  }
}
