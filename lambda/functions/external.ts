/**
 * The function with which outside systems end what a task waits for (`task.waitFor`): invoked directly, so that IAM
 * (`lambda:InvokeFunction`) decides who may. Step Functions, Batch and a person at a command line all can.
 */
import type { Context } from 'aws-lambda';
import { createDynamoDbClient } from '../aws/dynamodb.ts';
import { createSqsClient } from '../aws/sqs.ts';
// Not by the engine's door, behind which the worker is: a function that runs no tools does not load what runs them.
import { createEngine } from '../engine/api/create-engine.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { TaskError } from '../errors/task-error.ts';
import { createFunctionLog, type InvocationContext, withInvocation } from '../observe/index.ts';
import { createPayloadStore } from '../payloads/index.ts';
import { SqsWakeUpQueue } from '../queue/queue.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import { type Environment, requireVariable } from '../variables.ts';
import { readEngineSettings } from './environment.ts';

/** What the function is invoked with: the token that `task.waitFor` gave, and one word about its wait. */
export type ExternalEvent =
  | { readonly token: string; readonly action: 'complete'; readonly value?: unknown }
  | {
      readonly token: string;
      readonly action: 'fail';
      readonly error: { readonly message: string; readonly name?: string };
    }
  | {
      readonly token: string;
      readonly action: 'progress';
      readonly message?: string;
      readonly done?: number;
      readonly total?: number;
    };

/** The event was none of these; the message says what is wrong. */
export class InvalidEvent extends TaskError {
  override readonly name = 'InvalidEvent';
  override readonly errorCode = 'INVALID_EVENT';
}

/**
 * The Lambda handler. It fails (so that the caller sees a function error) with `InvalidEvent`, `InvalidWaitToken` or
 * `TaskNotFound`; a wait that is over already is no error, so that a retried call succeeds.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally METRICS_SERVER
 * @throws ConfigurationError when one is missing
 */
export function createExternalHandler(env: Environment) {
  const database = env.AWS_ENDPOINT_URL_DYNAMODB;
  const endpoint = env.AWS_ENDPOINT_URL_SQS;
  const engine = createEngine({
    store: new DynamoTaskStore({
      client: createDynamoDbClient(database ? { endpoint: database } : {}),
      table: requireVariable(env, 'TABLE_NAME'),
    }),
    queue: new SqsWakeUpQueue({
      client: createSqsClient(endpoint ? { endpoint } : {}),
      queueUrl: requireVariable(env, 'QUEUE_URL'),
    }),
    payloads: createPayloadStore(env),
    clock: systemClock,
    ids: systemIds,
    log: createFunctionLog(env.METRICS_SERVER),
    settings: readEngineSettings(env),
  });

  async function pass(word: ExternalEvent, deadline: number): Promise<{ readonly ok: true }> {
    if (word.action === 'complete') await engine.completeWait(word.token, word.value, deadline);
    else if (word.action === 'fail') await engine.failWait(word.token, word.error, deadline);
    else await engine.reportWaitProgress(word.token, word);
    return { ok: true };
  }

  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<{ readonly ok: true }> => {
    const word = parseExternalEvent(event);
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - 1_000;
    return withInvocation(context, () => pass(word, deadline));
  };
}

/** @throws InvalidEvent */
function parseExternalEvent(event: unknown): ExternalEvent {
  const refuse = (why: string): never => {
    throw new InvalidEvent(`${why}; expected { "token": "…", "action": "complete" | "fail" | "progress", … }`);
  };
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return refuse('the event is no object');
  const { token, action, error, message, done, total } = event as Record<string, unknown>;
  if (typeof token !== 'string') return refuse('"token" is missing');
  if (action !== 'complete' && action !== 'fail' && action !== 'progress')
    return refuse('"action" is none of the three');
  if (action === 'fail' && typeof (error as { message?: unknown } | undefined)?.message !== 'string')
    return refuse('"error" needs a "message"');
  if (message !== undefined && typeof message !== 'string') return refuse('"message" is no text');
  for (const number of [done, total])
    if (number !== undefined && !Number.isFinite(number)) return refuse('"done" and "total" are numbers');
  return event as ExternalEvent;
}
