/**
 * The bridge to the official SDK, which serves everything that is not a task, in every revision it implements. Loaded
 * when first needed; polls do without it.
 */
import { createMcpHandler, type McpRequestContext } from '@modelcontextprotocol/server';
import type { Engine } from '../../engine/api/engine.ts';
import type { ServerModule } from '../../tool/server-module.ts';
import { readMeta } from '../call-meta.ts';
import { declaresTasks, readInputCapabilities } from '../capabilities.ts';
import type { HttpMessage, OfficialSdk } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { isTaskResultCall } from '../model-tools/poll.ts';
import { getOwn, isObject, type JsonObject, META_KEYS, markAsPoll, type Reply } from '../rpc.ts';
import { buildServer } from './build-server.ts';
import { callTaskTool } from './call-task-tool.ts';

export { checkServer } from './build-server.ts';

export interface BridgeOptions {
  readonly server: ServerModule;
  readonly engine: Engine;
  now(): number;
  wait(ms: number): Promise<void>;
  /** A random id for a call that runs inline. */
  createCallId(): string;
  /** Called with errors that the SDK reports besides its replies, which report them to the client as well. */
  onError?(error: unknown): void;
}

export function createBridge({
  server,
  engine,
  now,
  wait,
  createCallId,
  onError = () => {},
}: BridgeOptions): OfficialSdk {
  /** The message behind a request that the SDK hands to the factory. */
  const messages = new WeakMap<Request, HttpMessage>();

  async function factory(ctx: McpRequestContext) {
    // Every request has its message; without one there is no gateway that could time out.
    const message = ctx.requestInfo && messages.get(ctx.requestInfo);
    const { caller = {}, deadline = Number.POSITIVE_INFINITY } = message ?? {};
    const declared = readDeclaredCapabilities(message);
    const canAsk = message?.round?.canAsk ?? readInputCapabilities(declared);
    const waiting = { engine, caller, deadline, now, wait };
    return buildServer(await server.load(), ctx, {
      callTaskTool: (tool, args) =>
        callTaskTool(tool, args, {
          ...waiting,
          canAsk,
          createCallId,
          onError,
          ...(message?.round && { round: message.round }),
        }),
      ...(!declaresTasks(declared) && { modelTools: { ...waiting, canAsk } }),
      ...(message?.round && { round: message.round }),
    });
  }

  // Keep-alives are for streams that stay open; every reply here is complete when it is sent.
  const handler = createMcpHandler(factory, { keepAliveMs: 0, onerror: onError });

  return {
    async serve(message) {
      const abort = new AbortController();
      const request = toSdkRequest(message, abort.signal);
      messages.set(request, message);
      const sdkReply = handler.fetch(request, { parsedBody: message.body, ...toAuthInfo(message) }).then(toReply);
      const reply = await raceDeadline(sdkReply, message.deadline - now(), abort);
      return isTaskResultCall(message.body) ? markAsPoll(reply) : reply;
    },
  };
}

/** The capabilities that a request declares: every request of 2026-07-28 does, none of an earlier revision. */
function readDeclaredCapabilities(message: HttpMessage | undefined): JsonObject {
  const meta = isObject(message?.body) ? readMeta(message.body) : undefined;
  const declared = getOwn(meta, META_KEYS.clientCapabilities);
  return isObject(declared) ? declared : {};
}

/** The data about their caller that ordinary tools may see (`ctx.http.authInfo`). The token stays with the guard. */
function toAuthInfo({ caller, scopes }: HttpMessage) {
  if (!scopes) return {};
  const { owner, client = '' } = caller;
  return { authInfo: { token: '', clientId: client, scopes: [...scopes], extra: { owner } } };
}

/** Without a body, which the SDK gets parsed. */
function toSdkRequest({ url, headers }: HttpMessage, signal: AbortSignal): Request {
  const fields = new Headers();
  for (const [name, value] of headers) {
    try {
      fields.append(name, value);
    } catch {
      // A header that the Fetch standard rejects cannot be passed on, and no check reads it.
    }
  }
  return new Request(url, { method: 'POST', headers: fields, signal });
}

/** Headers of the connection, which the gateway sets. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

async function toReply(response: Response): Promise<Reply> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !CONNECTION_HEADERS.includes(name)));
  const body = await response.text();
  return { status: response.status, headers, ...(body !== '' && { body }), ...parseErrorBody(response.status, body) };
}

/** The error of a refusal, for the log. */
function parseErrorBody(status: number, body: string): Pick<Reply, 'error'> {
  if (status < 400) return {};
  try {
    return { error: JSON.parse(body).error };
  } catch {
    return {};
  }
}

/** An ordinary tool may run long, or wait for an answer that cannot reach it; the gateway does not wait. */
async function raceDeadline(reply: Promise<Reply>, ms: number, abort: AbortController): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        abort.abort();
        reject(
          new Refusal(
            504,
            CODE.internalError,
            'The call did not finish in time. Long-running work belongs in a tool made with defineTool.',
          ),
        );
      },
      Math.max(0, ms),
    );
  });
  try {
    return await Promise.race([reply, timeout]);
  } finally {
    clearTimeout(timer);
    reply.catch(() => {});
  }
}
