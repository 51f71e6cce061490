/**
 * The function with which outside systems end what a task waits for (`task.waitFor`). It is invoked directly, so that
 * IAM (`lambda:InvokeFunction`) decides who may: Step Functions, Batch, or a person at a command line.
 */
import type { Context } from 'aws-lambda';
import { createEngine } from '../engine/api/create-engine.ts';
import { systemClock } from '../engine/system.ts';
import { TaskError } from '../errors/task-error.ts';
import { type InvocationContext, withInvocation } from '../observe/index.ts';
import type { Environment } from '../variables.ts';
import { wireQueue } from './queue-wiring.ts';
import { wireEnginePorts } from './wiring.ts';

/** What the function is invoked with: the token from `task.waitFor`, and what became of the thing waited for. */
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

/** The event is not an {@link ExternalEvent}; the message says what must be different. */
export class InvalidEvent extends TaskError {
  override readonly name = 'InvalidEvent';
  override readonly errorCode = 'INVALID_EVENT';
}

/** Reserved at the end of the function's time (ms), so that the caller has its response before Lambda stops it. */
const EXTERNAL_MARGIN_MS = 1_000;

/**
 * The Lambda handler. It fails, so that the caller sees a function error, with `InvalidEvent`, `InvalidToken` or
 * `TaskNotFound`. A wait that has ended already is not an error: a retried call succeeds.
 *
 * @param env TABLE_NAME, QUEUE_URL, PAYLOAD_BUCKET (or PAYLOAD_FOLDER); optionally METRICS_SERVER
 * @throws ConfigurationError when a variable is missing or not valid
 */
export function createExternalHandler(env: Environment) {
  const engine = createEngine(wireEnginePorts(env, wireQueue(env).queue));

  async function dispatch(event: ExternalEvent, deadline: number): Promise<{ readonly ok: true }> {
    if (event.action === 'complete') await engine.completeWait(event.token, event.value, deadline);
    else if (event.action === 'fail') await engine.failWait(event.token, event.error, deadline);
    else await engine.reportWaitProgress(event.token, event);
    return { ok: true };
  }

  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'> & InvocationContext,
  ): Promise<{ readonly ok: true }> => {
    const externalEvent = parseExternalEvent(event);
    const deadline = systemClock.now() + context.getRemainingTimeInMillis() - EXTERNAL_MARGIN_MS;
    return withInvocation(context, () => dispatch(externalEvent, deadline));
  };
}

/** @throws InvalidEvent */
function parseExternalEvent(event: unknown): ExternalEvent {
  const refuse = (problem: string): never => {
    throw new InvalidEvent(`${problem}; expected { "token": "…", "action": "complete" | "fail" | "progress", … }`);
  };
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return refuse('the event must be an object');
  const { token, action, error, message, done, total } = event as Record<string, unknown>;
  if (typeof token !== 'string') return refuse('"token" must be a string');
  if (action !== 'complete' && action !== 'fail' && action !== 'progress')
    return refuse('"action" must be "complete", "fail" or "progress"');
  if (action === 'fail' && typeof (error as { message?: unknown } | undefined)?.message !== 'string')
    return refuse('"error" must have a "message"');
  if (message !== undefined && typeof message !== 'string') return refuse('"message" must be a string');
  for (const number of [done, total])
    if (number !== undefined && !Number.isFinite(number)) return refuse('"done" and "total" must be numbers');
  return event as ExternalEvent;
}
