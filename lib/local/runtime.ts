/** The child's side of a Lambda execution environment: takes invocations over IPC and calls the handler. */

import type { Context } from 'aws-lambda';
import { CannotStart, type FunctionError } from './errors.ts';

/** From the stack to a process. */
export interface InvocationMessage {
  readonly id: number;
  readonly requestId: string;
  /** The event as JSON, so that a handler sees what Lambda would give it and nothing more. */
  readonly event: string;
  /** When the process will be killed (ms since the epoch). */
  readonly deadline: number;
}

/** From a process to the stack. `took` is said before the handler is called. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  /** `explained`: the reason is a sentence for a person, complete as it is. */
  | { readonly kind: 'failed'; readonly reason: string; readonly explained: boolean }
  | { readonly kind: 'took'; readonly id: number }
  /** What a streaming handler says before its result: status and headers as JSON, then text. */
  | { readonly kind: 'head'; readonly id: number; readonly value: string }
  | { readonly kind: 'piece'; readonly id: number; readonly value: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: string }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly thrown: FunctionError };

/** How a streaming handler answers piece by piece. */
export type EmitPiece = (kind: 'head' | 'piece', value: string) => void;

export type LocalHandler = (event: never, context: Context, say: EmitPiece) => unknown;

/** Lambda's limit for a response (bytes). */
const MAX_LAMBDA_RESPONSE_BYTES = 6_291_556;

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
    sendToParent({ kind: 'failed', reason, explained: error instanceof CannotStart });
    return;
  }
  process.on('message', (message) => void handleInvocation(handler, message as InvocationMessage));
  sendToParent({ kind: 'ready' });
}

async function handleInvocation(handler: LocalHandler, invocation: InvocationMessage): Promise<void> {
  const { id } = invocation;
  sendToParent({ kind: 'took', id });
  try {
    const say: EmitPiece = (kind, piece) => sendToParent({ kind, id, value: piece });
    const returned = await handler(JSON.parse(invocation.event) as never, buildLambdaContext(invocation), say);
    const value = JSON.stringify(returned ?? null);
    const size = Buffer.byteLength(value);
    if (size > MAX_LAMBDA_RESPONSE_BYTES)
      throw new Error(`The response has ${size} bytes; Lambda delivers at most ${MAX_LAMBDA_RESPONSE_BYTES}.`);
    sendToParent({ kind: 'result', id, value });
  } catch (error) {
    const { name, message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const thrown = { errorType: name, errorMessage: message, trace: stack.split('\n') };
    sendToParent({ kind: 'error', id, message: stack, thrown });
  }
}

function sendToParent(message: ProcessMessage): void {
  if (process.connected) process.send?.(message);
}

function buildLambdaContext(invocation: InvocationMessage): Context {
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
