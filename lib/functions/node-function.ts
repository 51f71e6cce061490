/** One function: its code, its log group and its role. */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Duration, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { VARIABLES } from '../../lambda/variables.ts';
import { createBundledCode, type SideEntries } from '../bundle/bundling.ts';
import type { LoadedServer } from '../bundle/load-server.ts';
import { buildMetricsName } from '../monitoring/metrics.ts';
import type { Settings } from '../props/settings.ts';
import { buildToolEnvironment } from './environment.ts';
import type { ServerResources } from './permissions.ts';

/** The input of every spec. */
export interface FunctionContext {
  readonly settings: Settings;
  readonly server: LoadedServer;
  readonly resources: ServerResources;
  /** The URL of the main endpoint, for a function that is created after it. */
  readonly endpoint?: string;
}

/** One function, by what differs from the others. */
export interface FunctionSpec {
  /** Its id in the construct, from which CloudFormation's is made: a change replaces the function. */
  readonly id: string;
  /** Its description, after the name of the server. */
  readonly purpose: string;
  /** The source of its bundle's entry. */
  readonly entry: (context: FunctionContext) => string;
  /** Modules next to its entry. Default: none. */
  readonly sideEntries?: (settings: Settings) => SideEntries;
  /** Whether it gets the tools' assets and variables. Default: no. */
  readonly runsTools?: boolean;
  /** Its variables besides those that all functions have. Default: none. */
  readonly environment?: (context: FunctionContext) => Record<string, string>;
  /** MiB */
  readonly memory: (settings: Settings) => number;
  readonly timeout: (settings: Settings) => Duration;
  readonly recursiveLoop?: RecursiveLoop;
  /**
   * Whether Lambda's own lines about each invocation are left out: where polls are answered they would be most of the
   * log. Lines about time-outs and crashes are written with any setting. Default: they are written.
   */
  readonly quiet?: boolean;
  /** Permits what its code does. */
  readonly grantAccess: (role: Role, resources: ServerResources) => void;
}

/**
 * A function with its own log group and its own role. The role may write those logs and do what the spec grants (AWS's
 * managed policy would let it write every log group of the account).
 */
export function createFunction(scope: Construct, spec: FunctionSpec, context: FunctionContext): LambdaFunction {
  const { settings, server, resources } = context;
  const { vpc, vpcSubnets, securityGroups, encryptionKey, logRetention, removalPolicy } = settings;
  const { tracing } = settings.monitoring;
  const logGroup = new LogGroup(scope, `${spec.id}Logs`, {
    retention: logRetention,
    removalPolicy,
    ...(encryptionKey && { encryptionKey }),
  });
  const role = new Role(scope, `${spec.id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (vpc) grantNetworkAccess(role);
  const fn = new LambdaFunction(scope, spec.id, {
    description: `${server.info.name}: ${spec.purpose}`,
    code: createBundledCode(scope, spec.entry(context), {
      assets: spec.runsTools ? settings.assets : [],
      sideEntries: spec.sideEntries?.(settings) ?? {},
    }),
    handler: 'index.handler',
    environment: buildEnvironment(scope, spec, context),
    memorySize: spec.memory(settings),
    timeout: spec.timeout(settings),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: spec.quiet ? SystemLogLevel.WARN : SystemLogLevel.INFO,
    ...(spec.recursiveLoop && { recursiveLoop: spec.recursiveLoop }),
    ...(tracing && { tracing: Tracing.ACTIVE }),
    ...(vpc && { vpc }),
    ...(vpcSubnets && { vpcSubnets }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
  });
  if (tracing)
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resource for the segments that Lambda sends on behalf of the function.',
    });
  spec.grantAccess(role, resources);
  return fn;
}

/** The tools' variables first: none of them can replace ours. */
function buildEnvironment(scope: Construct, spec: FunctionSpec, context: FunctionContext): Record<string, string> {
  const { settings, resources } = context;
  return {
    ...(spec.runsTools && buildToolEnvironment(settings, Stack.of(scope).bundlingRequired)),
    [VARIABLES.table]: resources.table.tableName,
    [VARIABLES.queueUrl]: resources.queue.queueUrl,
    ...spec.environment?.(context),
    [VARIABLES.metricsServer]: buildMetricsName(scope),
  };
}

/** Lets Lambda attach the function to a network. EC2 has no resource for most of these actions. */
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
    reason: "Lambda manages the function's network interfaces on its behalf; which they will be is not known before.",
  });
}
