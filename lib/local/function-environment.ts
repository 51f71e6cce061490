/** The environment of each function on this machine: what the template says, with local names in it. */
import { LOCAL_AWS_ENVIRONMENT } from './aws.ts';
import { type LocalNames, resolveValue } from './intrinsics.ts';
import type { FunctionWiring } from './wiring.ts';

/** Variables that name a resource of AWS, and those that name what stands for it here. */
const LOCAL_VARIABLE_NAMES: Readonly<Record<string, string>> = {
  PAYLOAD_BUCKET: 'PAYLOAD_FOLDER',
  SEALING_SECRET_ARN: 'SEALING_SECRET',
};

export interface EmulatorEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
}

/**
 * @param inherited the environment of the stack itself, for the sake of the tools; nothing about AWS is taken from it,
 * so that no tool reaches a real account by accident
 * @param overrides win over the template
 * @throws CannotStart for a reference that has no counterpart here
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
    environment[LOCAL_VARIABLE_NAMES[name] ?? name] = resolveValue(
      value,
      names,
      `The variable ${name} of the function ${wiring.id}`,
    );
  }
  return {
    ...environment,
    ...LOCAL_AWS_ENVIRONMENT,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_LAMBDA_FUNCTION_NAME: wiring.id,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(wiring.memoryMb),
    ...overrides,
  };
}
