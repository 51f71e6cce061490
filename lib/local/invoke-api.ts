/** Lambda's Invoke API on this machine, for the SDKs and `aws lambda invoke --endpoint-url`. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvocationFailed } from './errors.ts';

export interface InvokeApiOptions {
  /** The functions that can be invoked, by name. */
  readonly functions: Readonly<Record<string, (event: unknown) => Promise<unknown>>>;
  /** Receives the failure of an asynchronous invocation. */
  readonly onFailure: (error: unknown) => void;
}

/** Lambda's limit for an event (bytes). */
const MAX_INVOKE_EVENT_BYTES = 6 * 1024 * 1024;

/**
 * Listens on a free port of 127.0.0.1. Signatures are not checked: everyone on this machine may invoke.
 */
export async function startInvokeApi(
  options: InvokeApiOptions,
): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    handleInvokeRequest(request, response, options).catch((error) => {
      options.onFailure(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handleInvokeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: InvokeApiOptions,
): Promise<void> {
  const { functions, onFailure } = options;
  response.setHeader('x-amzn-requestid', randomUUID());
  const body = await readInvokeBody(request);
  const name = parseFunctionName(request.url ?? '');
  if (request.method !== 'POST' || name === undefined)
    return sendInvokeError(response, 404, 'ResourceNotFoundException', 'This endpoint only supports Invoke.');
  const invoke = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!invoke) return sendInvokeError(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
  if (body === 'tooLarge')
    return sendInvokeError(
      response,
      413,
      'RequestTooLargeException',
      `An event may have at most ${MAX_INVOKE_EVENT_BYTES} bytes.`,
    );
  let event: unknown;
  try {
    event = body === '' ? {} : JSON.parse(body);
  } catch (error) {
    return sendInvokeError(response, 400, 'InvalidRequestContentException', `The payload must be JSON: ${error}`);
  }
  switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'RequestResponse':
      return sendInvocationResult(response, invoke(event));
    case 'Event':
      // Lambda would retry a failed one twice, after one minute and after two more.
      invoke(event).catch(onFailure);
      return void response.writeHead(202).end();
    case 'DryRun':
      return void response.writeHead(204).end();
  }
  sendInvokeError(
    response,
    400,
    'InvalidParameterValueException',
    'The invocation type must be RequestResponse, Event or DryRun.',
  );
}

/** A handler that throws is still a 200: a header distinguishes its error from a result. */
async function sendInvocationResult(response: ServerResponse, invocation: Promise<unknown>): Promise<void> {
  let payload: unknown;
  try {
    payload = await invocation;
  } catch (error) {
    if (!(error instanceof InvocationFailed)) throw error;
    response.setHeader('x-amz-function-error', 'Unhandled');
    payload = error.thrown ?? { errorType: ERROR_TYPES[error.how], errorMessage: error.message };
  }
  response.writeHead(200, { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' });
  response.end(JSON.stringify(payload ?? null));
}

/** Lambda's error types for failures that the handler did not throw. */
const ERROR_TYPES = { threw: 'Error', crashed: 'Runtime.ExitError', timedOut: 'Sandbox.Timedout' } as const;

/** The name in `/2015-03-31/functions/<name or ARN>/invocations`. */
function parseFunctionName(url: string): string | undefined {
  const encoded = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(\?|$)/.exec(url)?.[1];
  if (encoded === undefined) return undefined;
  const text = decodeURIComponent(encoded);
  return /(?:^|:)function:([^:]+)/.exec(text)?.[1] ?? text;
}

async function readInvokeBody(request: IncomingMessage): Promise<string | 'tooLarge'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_INVOKE_EVENT_BYTES) chunks.push(chunk);
  }
  return size <= MAX_INVOKE_EVENT_BYTES ? Buffer.concat(chunks).toString() : 'tooLarge';
}

function sendInvokeError(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}
