/** Registering `get_task_result` and `cancel_task` on the official SDK's server. */
import { inputRequired, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { canAskAll } from '../../tasks/capabilities.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import { CANCEL_TASK, GET_TASK_RESULT } from '../../tool/model-tool-names.ts';
import { toInputRequests } from '../input-requests.ts';
import { parseInputResponses } from '../input-responses.ts';
import { cancelTaskForModel, getTaskResultForModel } from './follow.ts';
import { describeNeededInput } from './messages.ts';
import { MAX_WAIT_MS, type WaitOptions } from './wait.ts';

/** The client that follows tasks by these tools, in one request. */
export interface ModelToolsOptions extends WaitOptions {
  /** The kinds of question that the client accepts: a task's questions then become those of `get_task_result`. */
  readonly canAsk: InputCapabilities;
}

const taskIdSchema = z.object({
  task_id: z.string().describe('The id of the task, exactly as the tool that started it returned it.'),
});

export function registerModelTools(server: McpServer, options: ModelToolsOptions): void {
  server.registerTool(
    GET_TASK_RESULT,
    {
      title: 'Get the result of a task',
      description:
        `Returns the result of work that another tool handed off as a task. It waits up to ${MAX_WAIT_MS / 1_000} s ` +
        'for the result, so never call it in a loop: if the task is still working, the answer contains its progress ' +
        'and after how many seconds to call again.',
      inputSchema: taskIdSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ task_id: id }, ctx) => {
      const { inputResponses } = ctx.mcpReq;
      const found = await getTaskResultForModel(options, id, inputResponses && parseInputResponses(inputResponses));
      if (found.kind === 'result') return found.result as never;
      const { view } = found;
      if (!canAskAll(view.questions, options.canAsk)) return describeNeededInput(view) as never;
      return inputRequired({ inputRequests: toInputRequests(view.questions) as never });
    },
  );
  server.registerTool(
    CANCEL_TASK,
    {
      title: 'Cancel a task',
      description: 'Stops work that another tool handed off as a task. What it has already done is not undone.',
      inputSchema: taskIdSchema,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ task_id: id }) => (await cancelTaskForModel(options, id)) as never,
  );
}
