/** The front door: one HTTP request in, one reply out. Every request gets a well-formed reply. */
import { anonymousGuard, type Guard, type Identity } from '../auth/index.ts';
import { toErrorReply } from '../mcp/errors.ts';
import type { HttpMessage, Services } from '../mcp/exchange.ts';
import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';
import { buildErrorReply, type JsonObject, type Reply } from '../mcp/rpc.ts';
import { type BodyLimits, MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_BODY_VALUES, parseBody } from './body.ts';
import { addCorsHeaders, servePreflight } from './cors.ts';
import { DIALECTS } from './dialects.ts';
import { frameMessage, MAX_ID_LENGTH, readReplyId } from './framing.ts';
import { checkOrigin } from './origin.ts';
import { logReply } from './report.ts';

export interface FrontDoorOptions {
  /** Path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string;
  /** Authenticates callers. Default: anyone may call, anonymously. */
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

/** Serves one request. @param deadline when the reply must have been sent (ms since the epoch) */
export type FrontDoor = (request: HttpRequest, deadline: number) => Promise<Reply>;

export function createFrontDoor(services: Services, options: FrontDoorOptions = {}): FrontDoor {
  const { path = '/mcp', guard = anonymousGuard, allowedOrigins = [] } = options;
  const { maxBodyBytes = MAX_BODY_BYTES, maxDepth = MAX_BODY_DEPTH, maxValues = MAX_BODY_VALUES } = options;
  const { maxIdLength = MAX_ID_LENGTH } = options;
  const limits: BodyLimits = { bytes: maxBodyBytes, depth: maxDepth, values: maxValues };

  /** Replies that need no authentication; `undefined` for a request that does. @throws Refusal 404 for another path than the endpoint's */
  function servePublic(request: HttpRequest): Reply | undefined {
    const reply = servePreflight(request) ?? guard.serveWellKnown?.(request);
    if (reply) return reply;
    if (request.path !== path && request.path !== `${path}/`)
      throw new Refusal(404, CODE.transport, 'There is nothing at this path.');
    return undefined;
  }

  function toMessage(request: HttpRequest, identity: Identity, deadline: number): Omit<HttpMessage, 'body'> {
    const { url, headers, streamsUntil } = request;
    return {
      url,
      headers: new Map([...headers].filter(([name]) => !guard.secretHeaders.includes(name))),
      ...identity,
      requireScopes: (needed) => {
        if (!needed.every((scope) => identity.scopes?.includes(scope))) throw guard.refuseScopes(request, needed);
      },
      deadline,
      ...(streamsUntil !== undefined && { streamsUntil }),
    };
  }

  async function dispatch(message: HttpMessage): Promise<Reply> {
    const framed = frameMessage(message.body, maxIdLength);
    if (framed.kind === 'response') return respond(message, framed.response, services);
    if (framed.kind === 'notification') return (await services.loadSdk()).serve(message);
    const { request } = framed;
    const dialect = DIALECTS.find(({ claims }) => claims(message.headers, request));
    if (!dialect) throw new Refusal(400, CODE.unsupportedVersion, 'Unsupported protocol version');
    return dialect.serve({ ...message, request }, services);
  }

  return async (request, deadline) => {
    const startedAt = services.now();
    let body: unknown;
    let reply: Reply;
    let fault: unknown;
    let origin: string | undefined;
    try {
      checkOrigin(request.headers.get('origin'), allowedOrigins);
      origin = request.headers.get('origin');
      const publicReply = servePublic(request);
      if (publicReply) return addCorsHeaders(publicReply, origin);
      const message = toMessage(request, await guard.identify(request), deadline);
      if (request.method === 'GET') {
        reply = await resume({ ...message, body }, services);
      } else {
        checkTransport(request);
        body = parseBody(request, limits);
        reply = await dispatch({ ...message, body });
      }
    } catch (thrown) {
      const failure = toErrorReply(thrown);
      if (failure.fault) fault = thrown;
      const headers = { ...(failure.status === 405 && { allow: 'POST' }), ...failure.headers };
      reply = buildErrorReply(failure.status, readReplyId(body), failure.error, headers);
    }
    logReply(services.log, { reply, body, durationMs: services.now() - startedAt, fault });
    return addCorsHeaders(reply, origin);
  };
}

/** Method and content type. @throws Refusal 405, 415 */
function checkTransport(request: HttpRequest): void {
  if (request.method !== 'POST') throw refuseMethodNotAllowed();
  const mediaType = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json')
    throw new Refusal(415, CODE.transport, 'Content-Type must be application/json.');
}

/** A GET resumes a stream, in a dialect that has such. @throws Refusal 405 */
async function resume(message: HttpMessage, services: Services): Promise<Reply> {
  const dialect = DIALECTS.find(({ claims }) => claims(message.headers));
  if (!dialect?.resume) throw refuseMethodNotAllowed();
  return dialect.resume(message, services);
}

/** A response belongs to the dialect that asks clients, whichever revision its headers name. */
async function respond(message: HttpMessage, response: JsonObject, services: Services): Promise<Reply> {
  const dialect = DIALECTS.find((each) => each.respond);
  if (!dialect?.respond) throw new Refusal(400, CODE.invalidRequest, 'This server sends no requests to clients.');
  return dialect.respond(message, response, services);
}

const refuseMethodNotAllowed = (): Refusal =>
  new Refusal(405, CODE.transport, 'Method not allowed: POST a JSON-RPC message.');
