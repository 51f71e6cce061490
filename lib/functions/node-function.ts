import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { buildMetricsName } from '../monitoring/metrics.ts';
import type { Settings } from '../props/settings.ts';

export interface NodeFunctionOptions {
  readonly description: string;
  readonly code: Code;
  readonly environment: Record<string, string>;
  /** MiB */
  readonly memory: number;
  readonly timeout: Duration;
  readonly recursiveLoop?: RecursiveLoop;
  /**
   * Whether Lambda's own lines about each invocation are left out: on what answers polls they would be most of the
   * log. Those about time-outs and crashes are written all the same. Default: they are written.
   */
  readonly quiet?: boolean;
}

/**
 * A function with a log group and a role of its own. The role begins with the right to write those logs and
 * nothing else (AWS's managed policy would let it write every log group of the account).
 */
export function createNodeFunction(
  scope: Construct,
  id: string,
  { memory, environment, quiet = false, ...makeup }: NodeFunctionOptions,
  { monitoring, vpc, vpcSubnets, securityGroups, encryptionKey, logRetention, removalPolicy }: Settings,
): { readonly fn: LambdaFunction; readonly role: Role } {
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: logRetention,
    removalPolicy,
    ...(encryptionKey && { encryptionKey }),
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (vpc) grantNetworkAccess(role);
  const tracing = monitoring?.tracing === true;
  const fn = new LambdaFunction(scope, id, {
    ...makeup,
    environment: { ...environment, METRICS_SERVER: buildMetricsName(scope) },
    memorySize: memory,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: quiet ? SystemLogLevel.WARN : SystemLogLevel.INFO,
    ...(tracing && { tracing: Tracing.ACTIVE }),
    ...(vpc && { vpc }),
    ...(vpcSubnets && { vpcSubnets }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
  });
  if (tracing)
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resource for the segments that Lambda sends in the name of the function.',
    });
  return { fn, role };
}

/** What Lambda needs to put a function into a network: EC2 knows no resource for most of it. */
function grantNetworkAccess(role: Role): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: "Lambda manages the function's network interfaces in its name, before it is known which they will be.",
  });
}
