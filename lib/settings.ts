/** The props with every default filled in. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { FunctionsProps, LimitsProps, McpTasksServerProps, RetentionProps, ToolsProps } from './props.ts';

export type Settings = Required<ToolsProps & FunctionsProps & LimitsProps & RetentionProps>;

/** What `McpTasksServer` takes where its props say nothing; the reasons stand with the props. */
export const DEFAULTS = {
  environment: {},
  assets: [],
  apiMemory: 512,
  workerMemory: 1024,
  workerTimeout: Duration.minutes(15),
  maxWorkers: 50,
  requestsPerSecond: 200,
  requestBurst: 400,
  allowedOrigins: [],
  lease: Duration.seconds(60),
  heartbeat: Duration.seconds(5),
  payloadRetention: Duration.days(30),
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.RETAIN,
  deletionProtection: true,
} satisfies Omit<Settings, 'entry'>;

/** A prop that is there and `undefined` is one that is not there. */
export function settingsOf(props: McpTasksServerProps): Settings {
  const given = Object.entries(props).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as unknown as McpTasksServerProps) } as Settings;
}
