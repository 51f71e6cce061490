/** The child's side of an execution environment: receives invocations over IPC and calls the handler. */
import type { Context } from 'aws-lambda';
import { LAMBDA_VARIABLES } from '../../lambda/variables.ts';
import { LOCAL_AWS } from './aws.ts';
import { CannotStart, type FunctionError } from './errors.ts';

/** From the stack to a process. */
export interface InvocationMessage {
  readonly id: number;
  readonly requestId: string;
  /** The event as JSON, so that a handler sees exactly what Lambda would give it. */
  readonly event: string;
  /** When the process will be killed (ms since the epoch). */
  readonly deadline: number;
}

/** From a process to the stack. `started` is sent before the handler is called. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  /** `explained`: the reason is a complete message for a person. */
  | { readonly kind: 'failed'; readonly reason: string; readonly explained: boolean }
  | { readonly kind: 'started'; readonly id: number }
  /** The response of a streaming handler, before its result: status and headers as JSON, then text. */
  | { readonly kind: 'head'; readonly id: number; readonly value: string }
  | { readonly kind: 'piece'; readonly id: number; readonly value: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: string }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly thrown: FunctionError };

/** Takes a streamed response piece by piece: status and headers as JSON (`head`), then the body (`piece`). */
export type PieceHandler = (kind: 'head' | 'piece', value: string) => void;

export type LocalHandler = (event: never, context: Context, sendPiece: PieceHandler) => unknown;

/** Lambda's limit for a response (bytes). */
const MAX_LAMBDA_RESPONSE_BYTES = 6_291_556;

/**
 * Loads the handler, reports that the process is ready, and serves invocations until the stack is gone. Without its
 * parent the process ends, whatever the handler is doing.
 *
 * @param onOrphaned cleans up in place of a stack that was killed
 */
export async function serveInvocations(load: () => Promise<LocalHandler>, onOrphaned?: () => void): Promise<void> {
  process.once('disconnect', () => {
    onOrphaned?.();
    process.exit();
  });
  // Ctrl-C reaches the whole process group, but the stack decides when a process ends.
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
  sendToParent({ kind: 'started', id });
  try {
    const sendPiece: PieceHandler = (kind, value) => sendToParent({ kind, id, value });
    const returned = await handler(JSON.parse(invocation.event) as never, buildLambdaContext(invocation), sendPiece);
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
  const name = process.env[LAMBDA_VARIABLES.functionName] ?? 'local';
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_AWS.region}:${LOCAL_AWS.account}:function:${name}`,
    memoryLimitInMB: process.env[LAMBDA_VARIABLES.memoryMb] ?? '128',
    awsRequestId: invocation.requestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
    // Deprecated ways to respond, useless to a handler that returns a promise; the type still requires them.
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
