/** The kinds of question a tool can ask, and how their answers are read. */
import type {
  CreateMessageRequestParams,
  CreateMessageResult,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { type Answer, EXTERNAL, type InputCapabilities, type Question } from '../tasks/record.ts';
import { WaitTimedOut } from './errors.ts';
import { buildFormSchema } from './form-schema.ts';
import { StepError } from './history.ts';
import { describeProblems, validate } from './validate.ts';
import type { ElicitAnswer, FormContent } from './values.ts';

/** A question of one kind: what is sent, and how an answer is read. */
export interface QuestionSpec<T> {
  readonly method: string;
  /** What the client must have declared, as in `requiredCapabilities`. */
  readonly requires: Record<string, unknown>;
  /** Withdraw the question after this (ms). */
  readonly timeoutMs?: number;
  isSupported(capabilities: InputCapabilities): boolean;
  /** @param reason why the last answer did not fit; absent the first time */
  buildParams(reason: string | undefined): Record<string, unknown>;
  /** The value for the tool, or why the answer does not fit. */
  read(question: Question): Promise<{ readonly value: T } | { readonly problem: string }>;
}

function appendReason(message: string, reason: string | undefined): string {
  return reason === undefined ? message : `${message}\n\nThe last answer did not fit: ${reason}`;
}

type ElicitAction = 'accept' | 'decline' | 'cancel' | 'timeout';

/** What the user or client did, as the tool sees it; `undefined` when the answer has no valid action. */
function readAction(question: Question): ElicitAction | undefined {
  if (question.withdrawn) return 'timeout';
  const answer = question.answer as Answer;
  if ('error' in answer) return 'cancel';
  const { action } = answer.result;
  return action === 'accept' || action === 'decline' || action === 'cancel' ? action : undefined;
}

const INVALID_ACTION = { problem: 'action: must be "accept", "decline" or "cancel"' };

/** `task.elicit`. MCP, Elicitation, form mode. */
export function buildFormQuestion<S extends StandardSchemaWithJSON<unknown, FormContent>>(question: {
  readonly message: string;
  readonly requestedSchema: S;
  readonly timeoutMs?: number;
}): QuestionSpec<ElicitAnswer<unknown>> {
  return {
    method: 'elicitation/create',
    requires: { elicitation: { form: {} } },
    ...(question.timeoutMs !== undefined && { timeoutMs: question.timeoutMs }),
    isSupported: ({ form }) => form === true,
    buildParams: (reason) => ({
      mode: 'form',
      message: appendReason(question.message, reason),
      requestedSchema: buildFormSchema(question.requestedSchema),
    }),
    read: async (answered) => {
      const action = readAction(answered);
      if (action === undefined) return INVALID_ACTION;
      if (action !== 'accept') return { value: { action } };
      const { content } = (answered.answer as { result: { content?: unknown } }).result;
      const fits = await validate(question.requestedSchema, content);
      return fits.ok ? { value: { action, content: fits.value } } : { problem: describeProblems(fits.problems) };
    },
  };
}

/** `task.elicitUrl`. MCP, Elicitation, URL mode. */
export function buildUrlQuestion(question: {
  readonly message: string;
  readonly url: string;
  readonly timeoutMs?: number;
}): QuestionSpec<{ readonly action: ElicitAction }> {
  return {
    method: 'elicitation/create',
    requires: { elicitation: { url: {} } },
    ...(question.timeoutMs !== undefined && { timeoutMs: question.timeoutMs }),
    isSupported: ({ url }) => url === true,
    buildParams: (reason) => ({ mode: 'url', message: appendReason(question.message, reason), url: question.url }),
    read: async (answered) => {
      const action = readAction(answered);
      return action === undefined ? INVALID_ACTION : { value: { action } };
    },
  };
}

/** `task.sample`. MCP, Sampling. */
export function buildSamplingQuestion({
  timeoutMs,
  ...request
}: CreateMessageRequestParams & { readonly timeoutMs?: number }): QuestionSpec<CreateMessageResult> {
  const needsTools = 'tools' in request && request.tools !== undefined;
  return {
    method: 'sampling/createMessage',
    requires: { sampling: needsTools ? { tools: {} } : {} },
    ...(timeoutMs !== undefined && { timeoutMs }),
    isSupported: (can) => (needsTools ? can.samplingTools === true : can.sampling === true),
    buildParams: () => request as Record<string, unknown>,
    read: async (answered) => {
      if (answered.withdrawn) throw new Error('The client did not answer the sampling request in time.');
      const answer = answered.answer as Answer;
      if ('error' in answer) throw new Error(`The client refused the sampling request: ${answer.error.message}`);
      const { role, content, model } = answer.result;
      if (typeof role !== 'string' || typeof content !== 'object' || content === null || typeof model !== 'string')
        return { problem: 'a sampling result must have "role", "content" and "model"' };
      return { value: answer.result as CreateMessageResult };
    },
  };
}

/** A wait for an outside system, which completes or fails it through the external function. */
export function buildExternalQuestion(options: { readonly timeoutMs?: number }): QuestionSpec<unknown> {
  return {
    method: EXTERNAL,
    requires: {},
    ...options,
    isSupported: () => true,
    buildParams: () => ({}),
    read: async (answered) => {
      if (answered.withdrawn) throw new WaitTimedOut('The outside system did not answer in time.');
      const answer = answered.answer as Answer;
      if ('result' in answer) return { value: answer.result.value };
      const { name } = (answer.error.data ?? {}) as { name?: unknown };
      throw new StepError({ name: typeof name === 'string' ? name : 'Error', message: answer.error.message });
    },
  };
}
