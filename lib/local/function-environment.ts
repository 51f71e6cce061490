/** The environment of each function on this machine: what the template says, with local names in it. */
import { LAMBDA_VARIABLES, VARIABLES } from '../../lambda/variables.ts';
import { LOCAL_AWS_ENVIRONMENT } from './aws.ts';
import { findReferencedId, type LocalNames, resolveValue } from './intrinsics.ts';
import type { FunctionWiring } from './wiring.ts';

/** Variables that name a resource of AWS, with those that name its replacement on this machine. */
const LOCAL_VARIABLE_NAMES: Readonly<Record<string, string>> = {
  [VARIABLES.sealingSecretArn]: VARIABLES.sealingSecret,
};

export interface EmulatorEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
}

/**
 * @param inherited the environment of the stack itself, for the tools; nothing about AWS is taken from it, so that no
 *   tool reaches a real account by accident
 * @param overrides win over the template
 * @throws CannotStart for a reference that has no counterpart on this machine
 */
export function buildFunctionEnvironment(
  wiring: FunctionWiring,
  names: LocalNames,
  endpoints: EmulatorEndpoints,
  inherited: Readonly<Record<string, string | undefined>>,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !name.startsWith('AWS_')) environment[name] = value;
  }
  for (const [name, value] of Object.entries(wiring.environment)) {
    if (Object.hasOwn(overrides, name)) continue;
    environment[toLocalVariableName(name, value, names)] = resolveValue(
      value,
      names,
      `The variable ${name} of the function ${wiring.id}`,
    );
  }
  return {
    ...environment,
    ...LOCAL_AWS_ENVIRONMENT,
    [LAMBDA_VARIABLES.dynamoDbEndpoint]: endpoints.dynamodb,
    [LAMBDA_VARIABLES.sqsEndpoint]: endpoints.sqs,
    [LAMBDA_VARIABLES.functionName]: wiring.id,
    [LAMBDA_VARIABLES.memoryMb]: String(wiring.memoryMb),
    ...overrides,
  };
}

/** A folder replaces a bucket: where the template has `X_BUCKET` with a bucket's name, `X_FOLDER` has its path here. */
function toLocalVariableName(name: string, value: unknown, names: LocalNames): string {
  if (names.get(findReferencedId(value) ?? '')?.isFolder) return name.replace(/_BUCKET$/, '_FOLDER');
  return LOCAL_VARIABLE_NAMES[name] ?? name;
}
