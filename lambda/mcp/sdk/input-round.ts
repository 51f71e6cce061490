/**
 * `inputRequired(…)` for clients of earlier revisions. The SDK would send each question on the open answer of the
 * request and hold a promise for the response to it, in this process; so it is taken from the handler before the
 * SDK sees it.
 */
import { isInputRequiredResult, type McpServer, ProtocolError, type ServerContext } from '@modelcontextprotocol/server';
import type { Question } from '../../tasks/record.ts';
import { toolError } from '../../tool/errors.ts';
import { canAskAll } from '../2026-07-28/capabilities.ts';
import type { InputRound } from '../exchange.ts';
import { CODE } from '../failure.ts';
import type { JsonObject } from '../rpc.ts';

/** The methods that may ask, and what the SDK takes for a result of each; nobody is shown it. */
const EMPTY_RESULTS: Readonly<Record<string, JsonObject>> = {
  'tools/call': { content: [] },
  'prompts/get': { messages: [] },
  'resources/read': { contents: [] },
};

type SdkHandler = (request: never, ctx: ServerContext) => unknown;

/** Before anything is registered: handlers are set with the first tool, prompt or resource. */
export function interceptQuestions({ server }: McpServer, round: InputRound): void {
  const register = server.setRequestHandler.bind(server) as (method: string, ...rest: unknown[]) => void;
  const taking = (method: string, ...rest: unknown[]): void => {
    const result = EMPTY_RESULTS[method];
    if (!result) {
      register(method, ...rest);
      return;
    }
    const handler = rest.pop() as SdkHandler;
    register(method, ...rest, async (request: never, ctx: ServerContext) => {
      const returned = await handler(request, addRoundInput(ctx, round));
      return isInputRequiredResult(returned) ? captureQuestions(method, returned as never, round, result) : returned;
    });
  };
  Object.assign(server, { setRequestHandler: taking });
}

function addRoundInput(ctx: ServerContext, { inputResponses, requestState }: InputRound): ServerContext {
  if (inputResponses === undefined && requestState === undefined) return ctx;
  const mcpReq = { ...ctx.mcpReq, inputResponses, requestState: () => requestState } as ServerContext['mcpReq'];
  return { ...ctx, mcpReq };
}

function captureQuestions(
  method: string,
  { inputRequests = {}, requestState }: { inputRequests?: Record<string, Question>; requestState?: string },
  round: InputRound,
  result: JsonObject,
): JsonObject {
  const beyond = Object.entries(inputRequests).find(([key, asked]) => !canAskAll({ [key]: asked }, round.can));
  if (beyond)
    return refuseQuestion(method, `It asks ${beyond[1].method} (${beyond[0]}), which this client did not declare.`);
  const questions = Object.entries(inputRequests).map(([key, asked]) => [
    key,
    { method: asked.method, params: asked.params ?? {} },
  ]);
  round.onAsk({
    inputRequests: Object.fromEntries(questions),
    ...(requestState !== undefined && { requestState }),
  });
  return result;
}

function refuseQuestion(method: string, message: string): JsonObject {
  if (method === 'tools/call') return toolError(message);
  throw new ProtocolError(CODE.internalError, message);
}
