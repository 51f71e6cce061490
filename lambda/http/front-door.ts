/** The front door: one HTTP request in, one answer out. Whatever comes in, something defined goes out. */
import type { Caller } from '../engine/engine.ts';
import { isOfThisRevision, serve as serve20260728 } from '../mcp/2026-07-28/index.ts';
import { tell } from '../mcp/errors.ts';
import type { HttpMessage, Services } from '../mcp/exchange.ts';
import { CODE, Refusal } from '../mcp/failure.ts';
import { errorReply, type Reply } from '../mcp/rpc.ts';
import { MAX_BODY_BYTES, parseBody } from './body.ts';
import type { HttpRequest } from './event.ts';
import { frame, idOf } from './framing.ts';
import { checkOrigin } from './origin.ts';
import { reportReply } from './report.ts';

export interface FrontDoorOptions {
  /** Path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string;
  /** See `checkOrigin`. Default: no browser. */
  readonly allowedOrigins?: readonly string[];
  /** Longest body accepted (bytes). Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

/** Serves one request. @param deadline when the answer must have been given (ms since the epoch) */
export type FrontDoor = (request: HttpRequest, caller: Caller, deadline: number) => Promise<Reply>;

export function createFrontDoor(services: Services, options: FrontDoorOptions = {}): FrontDoor {
  const { path = '/mcp', allowedOrigins = [], maxBodyBytes = MAX_BODY_BYTES } = options;

  /** What is wrong before the body is looked at. */
  function checkEnvelope(request: HttpRequest): void {
    checkOrigin(request.headers.get('origin'), allowedOrigins);
    if (request.path !== path && request.path !== `${path}/`)
      throw new Refusal(404, CODE.transport, 'There is nothing at this path.');
    if (request.method !== 'POST')
      throw new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
    const mediaType = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (mediaType !== 'application/json')
      throw new Refusal(415, CODE.transport, 'Content-Type must be application/json.');
  }

  async function dispatch(message: HttpMessage): Promise<Reply> {
    const framed = frame(message.body);
    if (framed.kind === 'request' && isOfThisRevision(message.headers, framed.request))
      return serve20260728({ ...message, request: framed.request }, services);
    return (await services.sdk()).serve(message);
  }

  return async (request, caller, deadline) => {
    const began = services.now();
    let body: unknown;
    let reply: Reply;
    let fault: unknown;
    try {
      checkEnvelope(request);
      body = parseBody(request, maxBodyBytes);
      reply = await dispatch({ url: request.url, headers: request.headers, body, caller, deadline });
    } catch (thrown) {
      const told = tell(thrown);
      if (told.fault) fault = thrown;
      const headers = told.status === 405 ? { allow: 'POST' } : told.headers;
      reply = errorReply(told.status, idOf(body), told.error, headers);
    }
    reportReply(services.log, { reply, body, durationMs: services.now() - began, fault });
    return reply;
  };
}
