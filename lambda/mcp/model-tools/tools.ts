/** Registering `get_task_result` and `cancel_task` on the official SDK's server. */
import { inputRequired, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { InputCapabilities } from '../../tasks/record.ts';
import { CANCEL_TASK, GET_TASK_RESULT } from '../../tool/follow-up.ts';
import { canAskAll } from '../2026-07-28/capabilities.ts';
import { parseInputResponses } from '../2026-07-28/input-responses.ts';
import { toInputRequests } from '../2026-07-28/shapes.ts';
import { cancelTaskForModel, getTaskResultForModel } from './follow.ts';
import { describeNeededInput } from './messages.ts';
import { MAX_WAIT_MS, type WaitOptions } from './wait.ts';

/** Who follows tasks by these tools, in one request. */
export interface ModelToolsOptions extends WaitOptions {
  /** What the client can be asked: a task's questions then become the questions of `get_task_result`. */
  readonly canAsk: InputCapabilities;
}

const taskIdSchema = z.object({
  task_id: z.string().describe('The id of the task, exactly as the tool that started it gave it.'),
});

export function registerModelTools(server: McpServer, followUp: ModelToolsOptions): void {
  server.registerTool(
    GET_TASK_RESULT,
    {
      title: 'Get the result of a task',
      description:
        'Returns the result of work that another tool handed off as a task. It waits for the result by itself, up to ' +
        `${MAX_WAIT_MS / 1_000} s, so never call it in a loop: when the task is still working, the answer says ` +
        'how far it is and after how many seconds to call again.',
      inputSchema: taskIdSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ task_id: id }, ctx) => {
      const { inputResponses } = ctx.mcpReq;
      const followed = await getTaskResultForModel(followUp, id, inputResponses && parseInputResponses(inputResponses));
      if (followed.kind === 'said') return followed.result as never;
      const { view } = followed;
      if (!canAskAll(view.questions, followUp.canAsk)) return describeNeededInput(view) as never;
      return inputRequired({ inputRequests: toInputRequests(view.questions) as never });
    },
  );
  server.registerTool(
    CANCEL_TASK,
    {
      title: 'Cancel a task',
      description: 'Stops work that another tool handed off as a task. What it has done so far is not undone.',
      inputSchema: taskIdSchema,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ task_id: id }) => (await cancelTaskForModel(followUp, id)) as never,
  );
}
