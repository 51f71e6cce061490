/** The child's side of a Lambda execution environment: takes invocations over IPC and calls the handler. */

import type { Context } from 'aws-lambda';
import { CannotStart, type Thrown } from './errors.ts';

/** From the stack to a process. */
export interface Invocation {
  readonly id: number;
  readonly requestId: string;
  /** The event as JSON, so that a handler sees what Lambda would give it and nothing more. */
  readonly event: string;
  /** When the process will be killed (ms since the epoch). */
  readonly deadline: number;
}

/** From a process to the stack. `took` is said before the handler is called. */
export type Report =
  | { readonly kind: 'ready' }
  /** `explained`: the reason is a sentence for a person, complete as it is. */
  | { readonly kind: 'failed'; readonly reason: string; readonly explained: boolean }
  | { readonly kind: 'took'; readonly id: number }
  /** What a streaming handler says before its result: status and headers as JSON, then text. */
  | { readonly kind: 'head'; readonly id: number; readonly value: string }
  | { readonly kind: 'piece'; readonly id: number; readonly value: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: string }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly thrown: Thrown };

/** How a streaming handler answers piece by piece. */
export type Say = (kind: 'head' | 'piece', value: string) => void;

export type LocalHandler = (event: never, context: Context, say: Say) => unknown;

/** Lambda's limit for a response (bytes). */
const RESPONSE_LIMIT = 6_291_556;

/**
 * Load the handler, say that the process is ready, and serve invocations until the stack goes away. Never returns
 * control to a process that nobody listens to: without its parent it ends, whatever the handler is doing.
 *
 * @param orphaned what is to be done when the stack was killed before it could clean up
 */
export async function serveInvocations(load: () => Promise<LocalHandler>, orphaned?: () => void): Promise<void> {
  process.once('disconnect', () => {
    orphaned?.();
    process.exit();
  });
  // Ctrl-C reaches the whole process group; when a process ends is the stack's decision.
  process.on('SIGINT', () => {});
  let handler: LocalHandler;
  try {
    handler = await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report({ kind: 'failed', reason, explained: error instanceof CannotStart });
    return;
  }
  process.on('message', (message) => void serve(handler, message as Invocation));
  report({ kind: 'ready' });
}

async function serve(handler: LocalHandler, invocation: Invocation): Promise<void> {
  const { id } = invocation;
  report({ kind: 'took', id });
  try {
    const say: Say = (kind, piece) => report({ kind, id, value: piece });
    const returned = await handler(JSON.parse(invocation.event) as never, contextOf(invocation), say);
    const value = JSON.stringify(returned ?? null);
    const size = Buffer.byteLength(value);
    if (size > RESPONSE_LIMIT)
      throw new Error(`The response has ${size} bytes; Lambda delivers at most ${RESPONSE_LIMIT}.`);
    report({ kind: 'result', id, value });
  } catch (error) {
    const { name, message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const thrown = { errorType: name, errorMessage: message, trace: stack.split('\n') };
    report({ kind: 'error', id, message: stack, thrown });
  }
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

function contextOf(invocation: Invocation): Context {
  const name = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local';
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${name}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '128',
    awsRequestId: invocation.requestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
    // Deprecated ways to answer, of no use to a handler that returns a promise; the type still asks for them.
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
