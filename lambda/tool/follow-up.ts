/** The tools with which a client without tasks follows one that was handed off to it. */
import type { Tool } from './types.ts';

export const GET_TASK_RESULT = 'get_task_result';
export const CANCEL_TASK = 'cancel_task';

/** Names that a server takes for itself as soon as one of its tools may hand off. */
export const MODEL_TOOL_NAMES: readonly string[] = [GET_TASK_RESULT, CANCEL_TASK];

/** Whether a call of this tool by a client without tasks may be answered before the work is done. */
export const mayHandOff = ({ taskSupport, withoutTasks }: Tool): boolean =>
  taskSupport === 'optional' && withoutTasks !== 'inline';

/** Whether a server with these tools needs the tools to follow a task. */
export const needsModelTools = (tools: Iterable<Tool>): boolean => [...tools].some(mayHandOff);

/** What to do about a tool of the user's own that has one of these names. */
export const describeReservedName = (name: string): string =>
  `the name ${JSON.stringify(name)} is taken: a server with a tool that may hand off (withoutTasks) lists ` +
  `${MODEL_TOOL_NAMES.join(' and ')} of its own. Rename your tool, or let every tool run inline.`;
