/** What a client declares on each request, and what a request needs declared. */
import { type InputCapabilities, isOutstanding, type Question, type Questions } from '../../tasks/record.ts';
import type { Tool } from '../../tool/types.ts';
import { refuseCapability } from '../failure.ts';
import { getOwn, isObject, type JsonObject, TASKS_EXTENSION } from '../rpc.ts';

/** Whether the client knows tasks: declared with each request, whatever an earlier one said. */
export const declaresTasks = (capabilities: JsonObject): boolean => {
  const extensions = getOwn(capabilities, 'extensions');
  return isObject(extensions) && isObject(getOwn(extensions, TASKS_EXTENSION));
};

/** `data.requiredCapabilities` for tasks. */
export const TASKS_REQUIRED = { extensions: { [TASKS_EXTENSION]: {} } } as const;

/** What the client can be asked. A bare `elicitation: {}` means forms, as before there were modes. */
export function readInputCapabilities(capabilities: JsonObject): InputCapabilities {
  const elicitation = getOwn(capabilities, 'elicitation');
  const sampling = getOwn(capabilities, 'sampling');
  const form = isObject(elicitation) && (Object.hasOwn(elicitation, 'form') || !Object.hasOwn(elicitation, 'url'));
  const url = isObject(elicitation) && Object.hasOwn(elicitation, 'url');
  return {
    ...(form && { form }),
    ...(url && { url }),
    ...(isObject(sampling) && { sampling: true }),
    ...(isObject(sampling) && Object.hasOwn(sampling, 'tools') && { samplingTools: true }),
    ...(isObject(getOwn(capabilities, 'roots')) && { roots: true }),
  };
}

/** One thing a client may have to be capable of: how it is written in `requiredCapabilities`, and how it is read. */
interface RequiredCapability {
  readonly declared: (can: InputCapabilities) => boolean | undefined;
  readonly as: JsonObject;
}

const FORM_NEED: RequiredCapability = { declared: ({ form }) => form, as: { elicitation: { form: {} } } };
const URL_NEED: RequiredCapability = { declared: ({ url }) => url, as: { elicitation: { url: {} } } };
const SAMPLING_NEED: RequiredCapability = { declared: ({ sampling }) => sampling, as: { sampling: {} } };
const SAMPLING_TOOLS_NEED: RequiredCapability = {
  declared: ({ samplingTools }) => samplingTools,
  as: { sampling: { tools: {} } },
};
const ROOTS_NEED: RequiredCapability = { declared: ({ roots }) => roots, as: { roots: {} } };

const NEEDS_BY_ASK = { elicitation: FORM_NEED, elicitationUrl: URL_NEED, sampling: SAMPLING_NEED } as const;

function findNeed({ method, params }: Question): RequiredCapability | undefined {
  if (method === 'elicitation/create') return params.mode === 'url' ? URL_NEED : FORM_NEED;
  if (method === 'sampling/createMessage')
    return params.tools === undefined && params.toolChoice === undefined ? SAMPLING_NEED : SAMPLING_TOOLS_NEED;
  return method === 'roots/list' ? ROOTS_NEED : undefined;
}

/**
 * Refuse, before any work, a call by a client that lacks what the tool cannot do without.
 * @throws Refusal 400 -32021 naming everything that is missing
 */
export function checkCallable(tool: Tool, capabilities: JsonObject): void {
  const can = readInputCapabilities(capabilities);
  const missing = findMissingToolNeeds(tool, can);
  const tasks = tool.taskSupport === 'required' && !declaresTasks(capabilities) ? [TASKS_REQUIRED] : [];
  if (missing.length + tasks.length > 0)
    throw refuseCapability(mergeAll([...tasks, ...missing.map((need) => need.as)]));
}

const findMissingToolNeeds = ({ asks }: Tool, can: InputCapabilities): RequiredCapability[] =>
  asks.map((asked) => NEEDS_BY_ASK[asked]).filter((need) => !need.declared(can));

/** What a client that can be asked this lacks of what the tool cannot do without; `undefined` for nothing. */
export function findMissingCapabilities(tool: Tool, can: InputCapabilities): JsonObject | undefined {
  const missing = findMissingToolNeeds(tool, can);
  return missing.length > 0 ? mergeAll(missing.map((need) => need.as)) : undefined;
}

/**
 * Outstanding questions go out all or not at all: nothing is filtered out.
 * @throws Refusal 400 -32021 naming what the request would have to declare
 */
export function checkCanAskAll(questions: Questions, can: InputCapabilities): void {
  const missing = findMissingQuestionNeeds(questions, can);
  if (missing.length > 0) throw refuseCapability(mergeAll(missing.map((need) => need.as)));
}

/** Whether a client that can be asked this can be asked all outstanding questions. */
export const canAskAll = (questions: Questions, can: InputCapabilities): boolean =>
  findMissingQuestionNeeds(questions, can).length === 0;

const findMissingQuestionNeeds = (questions: Questions, can: InputCapabilities): RequiredCapability[] =>
  Object.values(questions)
    .filter(isOutstanding)
    .flatMap((question) => findNeed(question) ?? [])
    .filter((need) => !need.declared(can));

const mergeAll = (parts: readonly JsonObject[]): JsonObject => parts.reduce(mergeObjects, {});

const mergeObjects = (a: JsonObject, b: JsonObject): JsonObject => ({
  ...a,
  ...Object.fromEntries(
    Object.entries(b).map(([key, value]) => [
      key,
      isObject(value) && isObject(a[key]) ? mergeObjects(a[key] as JsonObject, value) : value,
    ]),
  ),
});
