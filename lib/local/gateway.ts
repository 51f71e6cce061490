/** An API Gateway HTTP API on this machine, with the routes, limits and failures of the real one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { CannotStart } from './errors.ts';
import { sendGatewayResponse, toGatewayEvent } from './gateway-event.ts';
import { matchRoute } from './routes.ts';
import { buildStreamPath, type StreamRoute, serveStream } from './stream-gateway.ts';

/** API Gateway's limit for a request's body (bytes). */
const MAX_GATEWAY_BODY_BYTES = 10 * 1024 * 1024;
/** Lambda's limit for an event (bytes). */
const MAX_GATEWAY_EVENT_BYTES = 6 * 1024 * 1024;
/** API Gateway's limit for request line and headers together (bytes). */
const MAX_HEADER_BYTES = 10_240;

export interface GatewayOptions {
  /** On 127.0.0.1; 0 takes a free port. */
  readonly port: number;
  readonly routes: readonly string[];
  /** Longest wait for the function (ms). */
  readonly integrationTimeoutMs: number;
  readonly invoke: (event: APIGatewayProxyEventV2) => Promise<unknown>;
  /** A REST API that streams, on the same domain as the HTTP API. */
  readonly stream?: StreamRoute | undefined;
  /** Receives what a client only sees as 500 or 503. */
  readonly onFailure: (error: unknown) => void;
}

export interface Gateway {
  readonly port: number;
  /** Cuts open connections. */
  stop(): Promise<void>;
}

/** @throws CannotStart when the port is in use */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    handleGatewayRequest(request, response, options).catch((error) => {
      options.onFailure(error);
      if (!response.headersSent) sendGatewayError(response, 500, 'Internal Server Error');
      else response.destroy();
    });
  });
  server.listen(options.port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new CannotStart(
      inUse
        ? `Port ${options.port} is in use: stop the process that listens there, or choose another port with --port.`
        : `Cannot listen on 127.0.0.1:${options.port}: ${(error as Error).message}.`,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handleGatewayRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
): Promise<void> {
  const body = await readGatewayBody(request);
  if (body === 'aborted') return;
  if (body === 'tooLarge') return sendGatewayError(response, 413, 'Request Entity Too Large');
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (options.stream && path === buildStreamPath(options.stream)) {
    const routed = { routeKey: `ANY ${options.stream.resource}` };
    return serveStream(response, toGatewayEvent(request, body, routed, Date.now()), options.stream);
  }
  const route = matchRoute(options.routes, request.method ?? 'GET', path);
  if (!route) return sendGatewayError(response, 404, 'Not Found');
  const event = toGatewayEvent(request, body, route, Date.now());
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_GATEWAY_EVENT_BYTES)
    return sendGatewayError(response, 413, 'Request Entity Too Large');
  response.setHeader('apigw-requestid', event.requestContext.requestId);

  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), options.integrationTimeoutMs);
  try {
    const result = await Promise.race([options.invoke(event), late.promise]);
    if (result === 'late') {
      options.onFailure(new Error(`The API function did not respond within ${options.integrationTimeoutMs} ms.`));
      return sendGatewayError(response, 503, 'Service Unavailable');
    }
    sendGatewayResponse(response, result);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads even a body that is too large to its end, so that the client is ready to read the refusal. */
async function readGatewayBody(request: IncomingMessage): Promise<Buffer | 'tooLarge' | 'aborted'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= MAX_GATEWAY_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return size <= MAX_GATEWAY_BODY_BYTES ? Buffer.concat(chunks) : 'tooLarge';
}

function sendGatewayError(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ message });
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}
