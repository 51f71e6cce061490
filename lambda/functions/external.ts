/**
 * The function with which outside systems end what a task waits for (`task.waitFor`): invoked directly, so that IAM
 * (`lambda:InvokeFunction`) decides who may. Step Functions, Batch and a person at a command line all can.
 */
import type { Context } from 'aws-lambda';
import { dynamoDb } from '../aws/dynamodb.ts';
import { sqs } from '../aws/sqs.ts';
// Not by the engine's door, behind which the worker is: a function that runs no tools does not load what runs them.
import { createEngine } from '../engine/api/create-engine.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { during, functionLog, type Invocation } from '../observe/index.ts';
import { payloadStoreOf } from '../payloads/index.ts';
import { SqsWakeUpQueue } from '../queue/queue.ts';
import { DynamoTaskStore } from '../tasks/dynamodb/index.ts';
import { type Environment, required } from '../variables.ts';
import { engineSettings } from './environment.ts';

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
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

/**
 * The Lambda handler. It fails (so that the caller sees a function error) with `InvalidEvent`, `InvalidToken` or
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
      client: dynamoDb(database ? { endpoint: database } : {}),
      table: required(env, 'TABLE_NAME'),
    }),
    queue: new SqsWakeUpQueue({ client: sqs(endpoint ? { endpoint } : {}), queueUrl: required(env, 'QUEUE_URL') }),
    payloads: payloadStoreOf(env),
    clock: systemClock,
    ids: systemIds,
    log: functionLog(env.METRICS_SERVER),
    settings: engineSettings(env),
  });

  async function pass(word: ExternalEvent, deadline: number): Promise<{ readonly ok: true }> {
    if (word.action === 'complete') await engine.complete(word.token, word.value, deadline);
    else if (word.action === 'fail') await engine.fail(word.token, word.error, deadline);
    else await engine.progress(word.token, word);
    return { ok: true };
  }

  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'> & Invocation,
  ): Promise<{ readonly ok: true }> => {
    const word = wordOf(event);
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - 1_000;
    return during(context, () => pass(word, deadline));
  };
}

/** @throws InvalidEvent */
function wordOf(event: unknown): ExternalEvent {
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
