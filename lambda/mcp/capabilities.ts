/** Client capabilities: reading those that a client declares, and finding those that a tool or a question lacks. */
import { findNeededCapability } from '../tasks/capabilities.ts';
import { type InputCapabilities, isOutstanding, type Questions } from '../tasks/record.ts';
import type { Tool } from '../tool/types.ts';
import { getOwn, isObject, type JsonObject, TASKS_EXTENSION } from './rpc.ts';

/** Whether `ClientCapabilities` declare the Tasks extension. It is declared with each request (SEP-2663). */
export function declaresTasks(capabilities: JsonObject): boolean {
  const extensions = getOwn(capabilities, 'extensions');
  return isObject(extensions) && isObject(getOwn(extensions, TASKS_EXTENSION));
}

/** The kinds of question that the client accepts. A bare `elicitation: {}` means forms, as before there were modes. */
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

type CapabilityName = keyof InputCapabilities;

/** How each capability is declared. */
const DECLARATIONS: Readonly<Record<CapabilityName, JsonObject>> = {
  form: { elicitation: { form: {} } },
  url: { elicitation: { url: {} } },
  sampling: { sampling: {} },
  samplingTools: { sampling: { tools: {} } },
  roots: { roots: {} },
};

/** The capability that each entry of a tool's `asks` needs. */
const CAPABILITY_BY_ASK = { elicitation: 'form', elicitationUrl: 'url', sampling: 'sampling' } as const;

/** Capabilities in the tool's `asks` that the client lacks, as `requiredCapabilities`; `undefined` if it lacks none. */
export const findMissingCapabilities = ({ asks }: Tool, canAsk: InputCapabilities): JsonObject | undefined =>
  describeMissing(
    asks.map((ask) => CAPABILITY_BY_ASK[ask]),
    canAsk,
  );

/** Capabilities that outstanding questions need and the client lacks; `undefined` if it lacks none. */
export const findMissingForQuestions = (questions: Questions, canAsk: InputCapabilities): JsonObject | undefined =>
  describeMissing(
    Object.values(questions)
      .filter(isOutstanding)
      .flatMap((question) => findNeededCapability(question) ?? []),
    canAsk,
  );

function describeMissing(needed: readonly CapabilityName[], canAsk: InputCapabilities): JsonObject | undefined {
  const missing = needed.filter((name) => !canAsk[name]).map((name) => DECLARATIONS[name]);
  return missing.length > 0 ? missing.reduce(mergeObjects) : undefined;
}

const mergeObjects = (a: JsonObject, b: JsonObject): JsonObject => ({
  ...a,
  ...Object.fromEntries(
    Object.entries(b).map(([key, value]) => [
      key,
      isObject(value) && isObject(a[key]) ? mergeObjects(a[key] as JsonObject, value) : value,
    ]),
  ),
});
