/** The model tools, with which a client without tasks follows a call that was handed off. */
import type { Tool } from './types.ts';

export const GET_TASK_RESULT = 'get_task_result';
export const CANCEL_TASK = 'cancel_task';

/** Names that are reserved as soon as one of the server's tools may hand off. */
export const MODEL_TOOL_NAMES: readonly string[] = [GET_TASK_RESULT, CANCEL_TASK];

/** Whether a call of this tool by a client without tasks may be answered before the work is done. */
export const mayHandOff = ({ taskSupport, withoutTasks }: Tool): boolean =>
  taskSupport === 'optional' && withoutTasks !== 'inline';

/** Whether a server with these tools needs the model tools. */
export const needsModelTools = (tools: Iterable<Tool>): boolean => [...tools].some(mayHandOff);

/** What to do about a user's tool that has one of these names. */
export const describeReservedName = (name: string): string =>
  `the name ${JSON.stringify(name)} is reserved: a server with a tool that may hand off (withoutTasks) adds ` +
  `${MODEL_TOOL_NAMES.join(' and ')}. Rename your tool, or let every tool run inline.`;
