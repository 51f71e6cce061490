/** The props with every default filled in. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { MonitoringProps } from './monitoring.ts';
import type {
  FunctionsProps,
  IdentityProps,
  LimitsProps,
  McpTasksServerProps,
  RetentionProps,
  ToolsProps,
} from './props.ts';
import type { RequestProps } from './request-limits.ts';
import type { ResourcesProps } from './resource-props.ts';

/** Resources of somebody's own have no default: where none is given, one is made. */
export type Settings = Required<ToolsProps & IdentityProps & FunctionsProps & LimitsProps & RetentionProps> &
  ResourcesProps &
  RequestProps &
  MonitoringProps;

/** What `McpTasksServer` takes where its props say nothing; the reasons stand with the props. */
export const DEFAULT_SETTINGS = {
  environment: {},
  assets: [],
  apiMemory: 512,
  workerMemory: 1024,
  workerTimeout: Duration.minutes(15),
  maxWorkers: 50,
  requestsPerSecond: 200,
  requestBurst: 400,
  maxOpenTasks: 1_000,
  ownerShards: 1,
  allowedOrigins: [],
  streaming: false,
  lease: Duration.seconds(60),
  heartbeat: Duration.seconds(5),
  payloadRetention: Duration.days(30),
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.RETAIN,
  deletionProtection: true,
} satisfies Omit<Settings, 'entry' | 'auth' | keyof ResourcesProps | keyof RequestProps | keyof MonitoringProps>;

/** A prop that is there and `undefined` is one that is not there. */
export function resolveSettings(props: McpTasksServerProps): Settings {
  const given = Object.entries(props).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_SETTINGS, ...(Object.fromEntries(given) as unknown as McpTasksServerProps) } as Settings;
}
