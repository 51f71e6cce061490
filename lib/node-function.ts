import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface FunctionMakeup {
  readonly description: string;
  readonly code: Code;
  readonly environment: Record<string, string>;
  /** MiB */
  readonly memory: number;
  readonly timeout: Duration;
  readonly recursiveLoop?: RecursiveLoop;
}

/**
 * A function with a log group and a role of its own. The role begins with the right to write those logs and
 * nothing else (AWS's managed policy would let it write every log group of the account).
 */
export function createNodeFunction(
  scope: Construct,
  id: string,
  { memory, ...makeup }: FunctionMakeup,
  { logRetention, removalPolicy }: Settings,
): { readonly fn: LambdaFunction; readonly role: Role } {
  const logGroup = new LogGroup(scope, `${id}Logs`, { retention: logRetention, removalPolicy });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const fn = new LambdaFunction(scope, id, {
    ...makeup,
    memorySize: memory,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    role,
    logGroup,
  });
  return { fn, role };
}
