/** The five functions, by what differs between them. */
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { VARIABLES } from '../../lambda/variables.ts';
import {
  buildApiEntry,
  buildDeadLetterEntry,
  buildExternalEntry,
  buildStreamingApiEntry,
  buildWorkerEntry,
  buildWorkerSideEntries,
} from '../bundle/entries.ts';
import { DEAD_LETTER_TIMEOUT, MAX_FUNCTION_TIMEOUT } from '../props/functions.ts';
import { buildRequestEnvironment } from '../props/request-limits.ts';
import type { FunctionContext, FunctionSpec } from './node-function.ts';
import { grantApiAccess, grantDeadLetterAccess, grantExternalAccess, grantWorkerAccess } from './permissions.ts';

/**
 * The gateway gives up at 30 s (an HTTP API's longest, and its default): the function must respond, or report why it
 * cannot, before that. A cold start counts for the gateway and not for the function.
 */
const API_TIMEOUT = Duration.seconds(28);

/** A REST API streams a response for as long as a function may run. */
export const STREAM_TIMEOUT = MAX_FUNCTION_TIMEOUT;

/** Memory of the functions that run no tools (MiB). */
const SMALL_MEMORY = 256;

/** Answers MCP requests: creates tasks, reports their status, takes answers and cancels, runs quick tools inline. */
const API: FunctionSpec = {
  id: 'Api',
  purpose: 'answers MCP requests',
  entry: ({ settings, server }) => buildApiEntry(settings.entry, server.info),
  runsTools: true,
  environment: buildApiEnvironment,
  memory: ({ apiMemory }) => apiMemory,
  timeout: () => API_TIMEOUT,
  quiet: true,
  grantAccess: grantApiAccess,
};

/** The same responses by the same code, through the gateway that streams; only `subscriptions/listen` stays open. */
const STREAMING: FunctionSpec = {
  ...API,
  id: 'Streaming',
  purpose: 'answers MCP requests, and streams what becomes of tasks',
  entry: ({ settings, server }) => buildStreamingApiEntry(settings.entry, server.info),
  environment: (context) => ({ ...buildApiEnvironment(context), ...buildResourceEnvironment(context) }),
  timeout: () => STREAM_TIMEOUT,
};

/** Runs the tools of tasks. */
const WORKER: FunctionSpec = {
  id: 'Worker',
  purpose: 'runs the tools of tasks',
  entry: ({ settings, server }) => buildWorkerEntry(settings.entry, server.info),
  sideEntries: ({ entry }) => buildWorkerSideEntries(entry),
  runsTools: true,
  environment: ({ settings, resources }) => ({
    [VARIABLES.payloadBucket]: resources.bucket.bucketName,
    [VARIABLES.leaseMs]: String(settings.lease.toMilliseconds()),
    [VARIABLES.heartbeatMs]: String(settings.heartbeat.toMilliseconds()),
  }),
  memory: ({ workerMemory }) => workerMemory,
  timeout: ({ workerTimeout }) => workerTimeout,
  // A task that sleeps, retries or is handed over wakes itself through the queue, which Lambda takes for a runaway
  // loop and stops at 16. The engine has its own bounds, on generations and age.
  recursiveLoop: RecursiveLoop.ALLOW,
  grantAccess: grantWorkerAccess,
};

/** Sends again the wake-ups that the queue gave up on and a task still waits for. */
const DEAD_LETTER: FunctionSpec = {
  id: 'DeadLetter',
  purpose: 'sends the wake-ups that the queue gave up on again',
  entry: buildDeadLetterEntry,
  memory: () => SMALL_MEMORY,
  timeout: () => DEAD_LETTER_TIMEOUT,
  // It sends to the queue that feeds its own.
  recursiveLoop: RecursiveLoop.ALLOW,
  grantAccess: grantDeadLetterAccess,
};

/**
 * The entry point for outside systems (`task.waitFor`): they invoke the function with the token that the tool gave
 * them. It has no URL and no event source, so that IAM (`lambda:InvokeFunction`) alone decides who may invoke it.
 */
const EXTERNAL: FunctionSpec = {
  id: 'External',
  purpose: 'lets outside systems end what a task waits for',
  entry: buildExternalEntry,
  environment: ({ resources }) => ({ [VARIABLES.payloadBucket]: resources.bucket.bucketName }),
  memory: () => SMALL_MEMORY,
  // A few requests, and some more if another writer of the same row was faster.
  timeout: () => Duration.seconds(30),
  grantAccess: grantExternalAccess,
};

/** The table of the functions. */
export const FUNCTIONS = {
  api: API,
  streaming: STREAMING,
  worker: WORKER,
  deadLetter: DEAD_LETTER,
  external: EXTERNAL,
} as const;

function buildApiEnvironment({ settings, resources }: FunctionContext): Record<string, string> {
  const { auth, ownerShards, maxOpenTasks, allowedOrigins } = settings;
  return {
    [VARIABLES.payloadBucket]: resources.bucket.bucketName,
    [VARIABLES.sealingSecretArn]: resources.secret.secretArn,
    ...auth.environment,
    [VARIABLES.ownerShards]: String(ownerShards),
    [VARIABLES.maxOpenTasks]: String(maxOpenTasks),
    ...buildRequestEnvironment(settings),
    ...(allowedOrigins.length > 0 && { [VARIABLES.allowedOrigins]: allowedOrigins.join(',') }),
  };
}

/**
 * To OAuth both endpoints are one resource, the one where clients find the issuer: a REST API removes the header that
 * would lead them there, and serves nothing at the root of its host. So a token for one is valid at the other.
 */
function buildResourceEnvironment({ settings: { auth }, endpoint }: FunctionContext): Record<string, string> {
  if (!auth.takesTokens || endpoint === undefined) return {};
  return { [VARIABLES.authResource]: auth.environment[VARIABLES.authResource] ?? endpoint };
}
