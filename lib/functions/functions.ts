/** The functions that the gateway and the queues feed: what each is made of. */
import { type Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { bundledCode } from '../bundle/bundling.ts';
import { apiEntry, deadLetterEntry, workerBeside, workerEntry } from '../bundle/entries.ts';
import type { LoadedServer } from '../bundle/load-server.ts';
import { requestEnvironment } from '../props/request-limits.ts';
import type { Settings } from '../props/settings.ts';
import { toolEnvironment } from './environment.ts';
import { createNodeFunction } from './node-function.ts';
import { permitApi, permitDeadLetter, permitWorker, type Resources } from './permissions.ts';

/**
 * The gateway gives up at 30 s (an HTTP API's longest, and its default): the function has to have answered, or said
 * why not, before that. A cold start counts for the gateway and not for the function.
 */
const API_TIMEOUT = Duration.seconds(28);

/** A few requests for each of the messages of a batch. */
export const DEAD_LETTER_TIMEOUT = Duration.seconds(60);

/** Answers MCP requests: makes tasks, tells how they are, takes answers and cancels, runs what is quick inline. */
export function createApi(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: Resources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'Api',
    {
      description: `${server.info.name}: answers MCP requests`,
      code: bundledCode(scope, apiEntry(settings.entry, server.info), settings),
      environment: apiEnvironment(settings, resources, Stack.of(scope).bundlingRequired),
      memory: settings.apiMemory,
      timeout: API_TIMEOUT,
      quiet: true,
    },
    settings,
  );
  permitApi(role, resources);
  return fn;
}

/** Runs the tools of tasks. */
export function createWorker(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: Resources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'Worker',
    {
      description: `${server.info.name}: runs the tools of tasks`,
      code: bundledCode(scope, workerEntry(settings.entry, server.info), {
        assets: settings.assets,
        beside: workerBeside(settings.entry),
      }),
      environment: {
        ...toolEnvironment(settings, Stack.of(scope).bundlingRequired),
        ...wiring(resources),
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
  permitWorker(role, resources);
  return fn;
}

/** Sends afresh the wake-ups that the queue gave up on and a task still waits for. */
export function createDeadLetter(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: Resources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'DeadLetter',
    {
      description: `${server.info.name}: sends afresh the wake-ups that the queue gave up on`,
      code: bundledCode(scope, deadLetterEntry()),
      environment: wiring(resources),
      memory: 256,
      timeout: DEAD_LETTER_TIMEOUT,
      // It feeds the queue from which its own queue is fed.
      recursiveLoop: RecursiveLoop.ALLOW,
    },
    settings,
  );
  permitDeadLetter(role, resources);
  return fn;
}

/** What a function that answers MCP requests is told. */
export const apiEnvironment = (
  settings: Settings,
  resources: Resources,
  deployed: boolean,
): Record<string, string> => ({
  ...toolEnvironment(settings, deployed),
  ...wiring(resources),
  PAYLOAD_BUCKET: resources.bucket.bucketName,
  SEALING_SECRET_ARN: resources.secret.secretArn,
  ...settings.auth.environment,
  OWNER_SHARDS: String(settings.ownerShards),
  MAX_OPEN_TASKS: String(settings.maxOpenTasks),
  ...requestEnvironment(settings),
  ...(settings.allowedOrigins.length > 0 ? { ALLOWED_ORIGINS: settings.allowedOrigins.join(',') } : {}),
});

const wiring = ({ table, queue }: Resources) => ({ TABLE_NAME: table.tableName, QUEUE_URL: queue.queueUrl });
