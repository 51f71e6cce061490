/** The front door: one HTTP request in, one answer out. Whatever comes in, something defined goes out. */
import { anonymousGuard, type Guard, type Identity } from '../auth/index.ts';
import { requireToolScopes } from '../auth/tool-scopes.ts';
import { handleResponse, resumeStream, serve20251125 } from '../mcp/2025-11-25/index.ts';
import { isModernRequest, serve20260728 } from '../mcp/2026-07-28/index.ts';
import { toErrorReply } from '../mcp/errors.ts';
import type { HttpMessage, Services } from '../mcp/exchange.ts';
import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import { buildErrorReply, type Reply } from '../mcp/rpc.ts';
import { MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_BODY_VALUES, parseBody } from './body.ts';
import { addCorsHeaders, servePreflight } from './cors.ts';
import { frameMessage, MAX_ID_LENGTH, readReplyId } from './framing.ts';
import { checkOrigin } from './origin.ts';
import { logReply } from './report.ts';

export interface FrontDoorOptions {
  /** Path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string;
  /** Who may call. Default: anybody, as nobody in particular. */
  readonly guard?: Guard;
  /** See `checkOrigin`. Default: no browser. */
  readonly allowedOrigins?: readonly string[];
  /** Longest body accepted (bytes). Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Deepest nesting of a body. Default 100. */
  readonly maxDepth?: number;
  /** Most JSON values in a body. Default 100,000. */
  readonly maxValues?: number;
  /** Longest JSON-RPC id and progress token (characters). Default 256. */
  readonly maxIdLength?: number;
}

/** Serves one request. @param deadline when the answer must have been given (ms since the epoch) */
export type FrontDoor = (request: HttpRequest, deadline: number) => Promise<Reply>;

export function createFrontDoor(services: Services, options: FrontDoorOptions = {}): FrontDoor {
  const { path = '/mcp', guard = anonymousGuard, allowedOrigins = [] } = options;
  const { maxBodyBytes = MAX_BODY_BYTES, maxDepth = MAX_BODY_DEPTH, maxValues = MAX_BODY_VALUES } = options;
  const limits = { bytes: maxBodyBytes, depth: maxDepth, values: maxValues };
  const { maxIdLength = MAX_ID_LENGTH } = options;

  /** What nobody has to say who they are for. */
  function publicReply(request: HttpRequest): Reply | undefined {
    const reply = servePreflight(request) ?? guard.serveWellKnown?.(request);
    if (reply) return reply;
    if (request.path !== path && request.path !== `${path}/`)
      throw new Refusal(404, CODE.transport, 'There is nothing at this path.');
    return undefined;
  }

  /** What is wrong before the body is looked at. */
  function checkEnvelope(request: HttpRequest): void {
    if (request.method !== 'POST')
      throw new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
    const mediaType = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (mediaType !== 'application/json')
      throw new Refusal(415, CODE.transport, 'Content-Type must be application/json.');
  }

  async function dispatch(message: HttpMessage, request: HttpRequest, identity: Identity): Promise<Reply> {
    const framed = frameMessage(message.body, maxIdLength);
    if (framed.kind === 'request')
      await requireToolScopes(framed.request, request, identity, { guard, server: services.server });
    if (framed.kind === 'response') return handleResponse(message, framed.response, services);
    if (framed.kind === 'notification') return (await services.loadSdk()).serve(message);
    const serve = isModernRequest(message.headers, framed.request) ? serve20260728 : serve20251125;
    return serve({ ...message, request: framed.request }, services);
  }

  return async (request, deadline) => {
    const began = services.now();
    let body: unknown;
    let reply: Reply;
    let fault: unknown;
    let origin: string | undefined;
    try {
      checkOrigin(request.headers.get('origin'), allowedOrigins);
      origin = request.headers.get('origin');
      const open = publicReply(request);
      if (open) return addCorsHeaders(open, origin);
      const identity = await guard.identify(request);
      const { url, streamsUntil } = request;
      const headers = new Map([...request.headers].filter(([name]) => !guard.secretHeaders.includes(name)));
      const message = { url, headers, ...identity, deadline, ...(streamsUntil !== undefined && { streamsUntil }) };
      if (request.method === 'GET') {
        reply = await resumeStream({ ...message, body }, services);
      } else {
        checkEnvelope(request);
        body = parseBody(request, limits);
        reply = await dispatch({ ...message, body }, request, identity);
      }
    } catch (thrown) {
      const told = toErrorReply(thrown);
      if (told.fault) fault = thrown;
      const headers = { ...(told.status === 405 && { allow: 'POST' }), ...told.headers };
      reply = buildErrorReply(told.status, readReplyId(body), told.error, headers);
    }
    logReply(services.log, { reply, body, durationMs: services.now() - began, fault });
    return addCorsHeaders(reply, origin);
  };
}
