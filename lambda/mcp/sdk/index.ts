/**
 * The bridge to the official SDK: everything that is not a task, in every revision the SDK speaks. Loaded when
 * first needed; polls do without it.
 */
import { createMcpHandler, type McpRequestContext } from '@modelcontextprotocol/server';
import type { Engine } from '../../engine/api/engine.ts';
import type { ServerModule } from '../../tool/server-module.ts';
import { declaresTasks, readInputCapabilities } from '../2026-07-28/capabilities.ts';
import { readMeta } from '../2026-07-28/envelope.ts';
import type { HttpMessage, OfficialSdk } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { toInlineBudgetMs } from '../inline-budget.ts';
import { getOwn, isObject, type JsonObject, META_KEYS, type Reply } from '../rpc.ts';
import { buildServer } from './build-server.ts';
import { callTaskTool } from './call-in-place.ts';

export { checkServer } from './build-server.ts';

export interface BridgeOptions {
  readonly server: ServerModule;
  readonly engine: Engine;
  now(): number;
  wait(ms: number): Promise<void>;
  /** An id for a call that runs inline. */
  callId(): string;
  /** What the SDK reports beside its answers; those say it to the client as well. */
  onError?(error: unknown): void;
}

export function createBridge({ server, engine, now, wait, callId, onError = () => {} }: BridgeOptions): OfficialSdk {
  /** The message behind a request that the SDK hands to the factory. */
  const messages = new WeakMap<Request, HttpMessage>();

  async function factory(ctx: McpRequestContext) {
    // Every request has its message; without one there is no gateway whose patience could end.
    const message = ctx.requestInfo && messages.get(ctx.requestInfo);
    const { caller = {}, deadline = Number.POSITIVE_INFINITY } = message ?? {};
    const declared = readDeclaredCapabilities(message);
    const canAsk = message?.round?.can ?? readInputCapabilities(declared);
    const waiting = { engine, caller, deadline, now, wait };
    return buildServer(await server.load(), ctx, {
      callTaskTool: (tool, args) =>
        callTaskTool(tool, args, {
          ...{ ...waiting, canAsk, onError, id: callId() },
          ...(message?.round && { round: message.round }),
          budgetMs: toInlineBudgetMs(deadline, now()),
        }),
      ...(!declaresTasks(declared) && { modelTools: { ...waiting, canAsk } }),
      ...(message?.round && { round: message.round }),
    });
  }

  // Keep-alives are for streams that stay open; every answer here is complete when it is sent.
  const handler = createMcpHandler(factory, { keepAliveMs: 0, onerror: onError });

  return {
    async serve(message) {
      const late = new AbortController();
      const request = toSdkRequest(message, late.signal);
      messages.set(request, message);
      const answer = handler.fetch(request, { parsedBody: message.body, ...toAuthInfo(message) }).then(toSdkReply);
      return raceDeadline(answer, message.deadline - now(), late);
    },
  };
}

/** What the request says its client can do: every request of 2026-07-28 does, none of an earlier revision. */
function readDeclaredCapabilities(message: HttpMessage | undefined): JsonObject {
  const meta = isObject(message?.body) ? readMeta(message.body) : undefined;
  const declared = getOwn(meta, META_KEYS.clientCapabilities);
  return isObject(declared) ? declared : {};
}

/** What ordinary tools may know of their caller (`ctx.http.authInfo`). The token stays with the guard. */
function toAuthInfo({ caller, scopes }: HttpMessage) {
  if (!scopes) return {};
  const { owner, client = '' } = caller;
  return { authInfo: { token: '', clientId: client, scopes: [...scopes], extra: { owner } } };
}

/** Without a body: the SDK is given it parsed. */
function toSdkRequest({ url, headers }: HttpMessage, signal: AbortSignal): Request {
  const fields = new Headers();
  for (const [name, value] of headers) {
    try {
      fields.append(name, value);
    } catch {
      // What the Fetch standard does not take for a header cannot be passed on, and no check reads it.
    }
  }
  return new Request(url, { method: 'POST', headers: fields, signal });
}

/** Headers that belong to the connection are the gateway's to say. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

async function toSdkReply(response: Response): Promise<Reply> {
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

/** An ordinary tool may take its time, or wait for an answer that cannot come here; the gateway does not. */
async function raceDeadline(answer: Promise<Reply>, ms: number, late: AbortController): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        late.abort();
        reject(
          new Refusal(
            504,
            CODE.internalError,
            'There was no answer in time. Work that takes long belongs into a tool made with defineTool.',
          ),
        );
      },
      Math.max(0, ms),
    );
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}
