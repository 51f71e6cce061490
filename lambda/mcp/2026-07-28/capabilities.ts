/** What a client declares on each request, and what a request needs declared. */
import { type InputCapabilities, isOutstanding, type Question, type Questions } from '../../tasks/record.ts';
import type { Tool } from '../../tool/types.ts';
import { missingCapability } from '../failure.ts';
import { isObject, type JsonObject, own, TASKS_EXTENSION } from '../rpc.ts';

/** Whether the client knows tasks: declared with each request, whatever an earlier one said. */
export const declaresTasks = (capabilities: JsonObject): boolean => {
  const extensions = own(capabilities, 'extensions');
  return isObject(extensions) && isObject(own(extensions, TASKS_EXTENSION));
};

/** `data.requiredCapabilities` for tasks. */
export const TASKS_REQUIRED = { extensions: { [TASKS_EXTENSION]: {} } } as const;

/** What the client can be asked. A bare `elicitation: {}` means forms, as before there were modes. */
export function inputCapabilities(capabilities: JsonObject): InputCapabilities {
  const elicitation = own(capabilities, 'elicitation');
  const sampling = own(capabilities, 'sampling');
  const form = isObject(elicitation) && (Object.hasOwn(elicitation, 'form') || !Object.hasOwn(elicitation, 'url'));
  const url = isObject(elicitation) && Object.hasOwn(elicitation, 'url');
  return {
    ...(form && { form }),
    ...(url && { url }),
    ...(isObject(sampling) && { sampling: true }),
    ...(isObject(sampling) && Object.hasOwn(sampling, 'tools') && { samplingTools: true }),
    ...(isObject(own(capabilities, 'roots')) && { roots: true }),
  };
}

/** One thing a client may have to be capable of: how it is written in `requiredCapabilities`, and how it is read. */
interface Need {
  readonly declared: (can: InputCapabilities) => boolean | undefined;
  readonly as: JsonObject;
}

const FORM: Need = { declared: ({ form }) => form, as: { elicitation: { form: {} } } };
const URL: Need = { declared: ({ url }) => url, as: { elicitation: { url: {} } } };
const SAMPLING: Need = { declared: ({ sampling }) => sampling, as: { sampling: {} } };
const SAMPLING_TOOLS: Need = { declared: ({ samplingTools }) => samplingTools, as: { sampling: { tools: {} } } };
const ROOTS: Need = { declared: ({ roots }) => roots, as: { roots: {} } };

const NEED_OF_ASKS = { elicitation: FORM, elicitationUrl: URL, sampling: SAMPLING } as const;

function needOf({ method, params }: Question): Need | undefined {
  if (method === 'elicitation/create') return params.mode === 'url' ? URL : FORM;
  if (method === 'sampling/createMessage')
    return params.tools === undefined && params.toolChoice === undefined ? SAMPLING : SAMPLING_TOOLS;
  return method === 'roots/list' ? ROOTS : undefined;
}

/**
 * Refuse, before any work, a call by a client that lacks what the tool cannot do without.
 * @throws Refusal 400 -32021 naming everything that is missing
 */
export function checkCallable(tool: Tool, capabilities: JsonObject): void {
  const can = inputCapabilities(capabilities);
  const missing = needsOfTool(tool, can);
  const tasks = tool.taskSupport === 'required' && !declaresTasks(capabilities) ? [TASKS_REQUIRED] : [];
  if (missing.length + tasks.length > 0) throw missingCapability(merged([...tasks, ...missing.map((need) => need.as)]));
}

const needsOfTool = ({ asks }: Tool, can: InputCapabilities): Need[] =>
  asks.map((asked) => NEED_OF_ASKS[asked]).filter((need) => !need.declared(can));

/** What a client that can be asked this lacks of what the tool cannot do without; `undefined` for nothing. */
export function missingForTool(tool: Tool, can: InputCapabilities): JsonObject | undefined {
  const missing = needsOfTool(tool, can);
  return missing.length > 0 ? merged(missing.map((need) => need.as)) : undefined;
}

/**
 * Outstanding questions go out all or not at all: nothing is filtered out.
 * @throws Refusal 400 -32021 naming what the request would have to declare
 */
export function checkDeliverable(questions: Questions, can: InputCapabilities): void {
  const missing = missingFor(questions, can);
  if (missing.length > 0) throw missingCapability(merged(missing.map((need) => need.as)));
}

/** Whether a client that can be asked this can be asked all outstanding questions. */
export const isDeliverable = (questions: Questions, can: InputCapabilities): boolean =>
  missingFor(questions, can).length === 0;

const missingFor = (questions: Questions, can: InputCapabilities): Need[] =>
  Object.values(questions)
    .filter(isOutstanding)
    .flatMap((question) => needOf(question) ?? [])
    .filter((need) => !need.declared(can));

const merged = (parts: readonly JsonObject[]): JsonObject => parts.reduce(merge, {});

const merge = (a: JsonObject, b: JsonObject): JsonObject => ({
  ...a,
  ...Object.fromEntries(
    Object.entries(b).map(([key, value]) => [
      key,
      isObject(value) && isObject(a[key]) ? merge(a[key] as JsonObject, value) : value,
    ]),
  ),
});
