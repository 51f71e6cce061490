/** Refusing requests that do not declare a capability they need (Missing Required Client Capability, -32021). */
import type { InputCapabilities, Questions } from '../../tasks/record.ts';
import type { Tool } from '../../tool/types.ts';
import {
  declaresTasks,
  findMissingCapabilities,
  findMissingForQuestions,
  readInputCapabilities,
} from '../capabilities.ts';
import { refuseCapability } from '../failure.ts';
import { type JsonObject, TASKS_EXTENSION } from '../rpc.ts';

/** `data.requiredCapabilities` for tasks. */
const TASKS_REQUIRED = { extensions: { [TASKS_EXTENSION]: {} } } as const;

/** @throws Refusal 400 -32021 for a request that does not declare the extension (SEP-2663, Protocol Errors) */
export function checkTasksDeclared(capabilities: JsonObject): void {
  if (!declaresTasks(capabilities)) throw refuseCapability(TASKS_REQUIRED);
}

/**
 * Refuse, before any work, a call by a client that lacks what the tool cannot do without.
 * @throws Refusal 400 -32021 naming everything that is missing
 */
export function checkCallable(tool: Tool, capabilities: JsonObject): void {
  const needsTasks = tool.taskSupport === 'required' && !declaresTasks(capabilities);
  const missing = findMissingCapabilities(tool, readInputCapabilities(capabilities));
  if (needsTasks || missing) throw refuseCapability({ ...(needsTasks && TASKS_REQUIRED), ...missing });
}

/**
 * Outstanding questions are sent all or not at all: none is filtered out.
 * @throws Refusal 400 -32021 naming what the request would have to declare
 */
export function checkCanAskAll(questions: Questions, canAsk: InputCapabilities): void {
  const missing = findMissingForQuestions(questions, canAsk);
  if (missing) throw refuseCapability(missing);
}
