/**
 * The bridge to the official SDK: everything that is not a task, in every revision the SDK speaks. Loaded when
 * first needed; polls do without it.
 */
import { createMcpHandler, type McpRequestContext } from '@modelcontextprotocol/server';
import type { ServerModule } from '../../server-module.ts';
import type { HttpMessage, OfficialSdk } from '../exchange.ts';
import { CODE, Refusal } from '../failure.ts';
import { inlineBudget } from '../inline-budget.ts';
import type { Reply } from '../rpc.ts';
import { buildServer } from './build-server.ts';
import { callInPlace } from './call-in-place.ts';

export { checkServer } from './build-server.ts';

export interface BridgeParts {
  readonly server: ServerModule;
  now(): number;
  /** An id for a call that runs inline. */
  callId(): string;
  /** What the SDK reports beside its answers; those say it to the client as well. */
  onError?(error: Error): void;
}

export function createBridge({ server, now, callId, onError }: BridgeParts): OfficialSdk {
  /** The message behind a request that the SDK hands to the factory. */
  const messages = new WeakMap<Request, HttpMessage>();

  async function factory(ctx: McpRequestContext) {
    // Every request has its message; without one there is no gateway whose patience could end.
    const deadline = (ctx.requestInfo && messages.get(ctx.requestInfo)?.deadline) ?? Number.POSITIVE_INFINITY;
    return buildServer(await server.load(), ctx, (tool, args) =>
      callInPlace(tool, args, { id: callId(), budgetMs: inlineBudget(deadline, now()) }),
    );
  }

  // Keep-alives are for streams that stay open; every answer here is complete when it is sent.
  const handler = createMcpHandler(factory, { keepAliveMs: 0, ...(onError && { onerror: onError }) });

  return {
    async serve(message) {
      const late = new AbortController();
      const request = requestOf(message, late.signal);
      messages.set(request, message);
      const answer = handler.fetch(request, { parsedBody: message.body }).then(replyOf);
      return inTime(answer, message.deadline - now(), late);
    },
  };
}

/** Without a body: the SDK is given it parsed. */
function requestOf({ url, headers }: HttpMessage, signal: AbortSignal): Request {
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

async function replyOf(response: Response): Promise<Reply> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !CONNECTION_HEADERS.includes(name)));
  const body = await response.text();
  return { status: response.status, headers, ...(body !== '' && { body }), ...errorIn(response.status, body) };
}

/** The error of a refusal, for the log. */
function errorIn(status: number, body: string): Pick<Reply, 'error'> {
  if (status < 400) return {};
  try {
    return { error: JSON.parse(body).error };
  } catch {
    return {};
  }
}

/** An ordinary tool may take its time, or wait for an answer that cannot come here; the gateway does not. */
async function inTime(answer: Promise<Reply>, ms: number, late: AbortController): Promise<Reply> {
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
