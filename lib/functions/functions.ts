/** The functions that the gateway and the queues feed: what each is made of. */
import { type Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { createBundledCode } from '../bundle/bundling.ts';
import { buildApiEntry, buildDeadLetterEntry, buildWorkerEntry, buildWorkerSideEntries } from '../bundle/entries.ts';
import type { LoadedServer } from '../bundle/load-server.ts';
import { buildRequestEnvironment } from '../props/request-limits.ts';
import type { Settings } from '../props/settings.ts';
import { buildToolEnvironment } from './environment.ts';
import { createNodeFunction } from './node-function.ts';
import { grantApiAccess, grantDeadLetterAccess, grantWorkerAccess, type ServerResources } from './permissions.ts';

/**
 * The gateway gives up at 30 s (an HTTP API's longest, and its default): the function has to have answered, or said
 * why not, before that. A cold start counts for the gateway and not for the function.
 */
const API_TIMEOUT = Duration.seconds(28);

/** A few requests for each of the messages of a batch. */
export const DEAD_LETTER_TIMEOUT = Duration.seconds(60);

/** Answers MCP requests: makes tasks, tells how they are, takes answers and cancels, runs what is quick inline. */
export function createApiFunction(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: ServerResources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'Api',
    {
      description: `${server.info.name}: answers MCP requests`,
      code: createBundledCode(scope, buildApiEntry(settings.entry, server.info), settings),
      environment: buildApiEnvironment(settings, resources, Stack.of(scope).bundlingRequired),
      memory: settings.apiMemory,
      timeout: API_TIMEOUT,
      quiet: true,
    },
    settings,
  );
  grantApiAccess(role, resources);
  return fn;
}

/** Runs the tools of tasks. */
export function createWorkerFunction(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: ServerResources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'Worker',
    {
      description: `${server.info.name}: runs the tools of tasks`,
      code: createBundledCode(scope, buildWorkerEntry(settings.entry, server.info), {
        assets: settings.assets,
        beside: buildWorkerSideEntries(settings.entry),
      }),
      environment: {
        ...buildToolEnvironment(settings, Stack.of(scope).bundlingRequired),
        ...buildWiringEnvironment(resources),
        PAYLOAD_BUCKET: resources.bucket.bucketName,
        LEASE_MS: String(settings.lease.toMilliseconds()),
        HEARTBEAT_MS: String(settings.heartbeat.toMilliseconds()),
      },
      memory: settings.workerMemory,
      timeout: settings.workerTimeout,
      // A task that sleeps, retries or is handed over wakes itself through the queue, which Lambda takes for a
      // runaway loop and stops at 16. The engine has bounds of its own, on generations and age.
      recursiveLoop: RecursiveLoop.ALLOW,
    },
    settings,
  );
  grantWorkerAccess(role, resources);
  return fn;
}

/** Sends afresh the wake-ups that the queue gave up on and a task still waits for. */
export function createDeadLetterFunction(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: ServerResources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'DeadLetter',
    {
      description: `${server.info.name}: sends afresh the wake-ups that the queue gave up on`,
      code: createBundledCode(scope, buildDeadLetterEntry()),
      environment: buildWiringEnvironment(resources),
      memory: 256,
      timeout: DEAD_LETTER_TIMEOUT,
      // It feeds the queue from which its own queue is fed.
      recursiveLoop: RecursiveLoop.ALLOW,
    },
    settings,
  );
  grantDeadLetterAccess(role, resources);
  return fn;
}

/** What a function that answers MCP requests is told. */
export const buildApiEnvironment = (
  settings: Settings,
  resources: ServerResources,
  deployed: boolean,
): Record<string, string> => ({
  ...buildToolEnvironment(settings, deployed),
  ...buildWiringEnvironment(resources),
  PAYLOAD_BUCKET: resources.bucket.bucketName,
  SEALING_SECRET_ARN: resources.secret.secretArn,
  ...settings.auth.environment,
  OWNER_SHARDS: String(settings.ownerShards),
  MAX_OPEN_TASKS: String(settings.maxOpenTasks),
  ...buildRequestEnvironment(settings),
  ...(settings.allowedOrigins.length > 0 ? { ALLOWED_ORIGINS: settings.allowedOrigins.join(',') } : {}),
});

const buildWiringEnvironment = ({ table, queue }: ServerResources) => ({
  TABLE_NAME: table.tableName,
  QUEUE_URL: queue.queueUrl,
});
