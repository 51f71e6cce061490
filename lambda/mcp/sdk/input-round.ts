/**
 * `inputRequired(…)` for clients of earlier revisions. The SDK would send each question on the open response and hold
 * a promise for the client's answer, in this process; so the result is intercepted before the SDK sees it.
 */
import { isInputRequiredResult, type McpServer, ProtocolError, type ServerContext } from '@modelcontextprotocol/server';
import { canAskQuestion } from '../../tasks/capabilities.ts';
import { toolError } from '../../tool/errors.ts';
import type { InputRound } from '../exchange.ts';
import { CODE } from '../failure.ts';
import type { InputRequest } from '../input-requests.ts';
import type { JsonObject } from '../rpc.ts';

/** The methods that may ask, each with a result that the SDK accepts in place of the questions; no client sees it. */
const EMPTY_RESULTS: Readonly<Record<string, JsonObject>> = {
  'tools/call': { content: [] },
  'prompts/get': { messages: [] },
  'resources/read': { contents: [] },
};

type SdkHandler = (request: never, ctx: ServerContext) => unknown;

/** Call this before anything is registered: handlers are set with the first tool, prompt or resource. */
export function interceptQuestions({ server }: McpServer, round: InputRound): void {
  const register = server.setRequestHandler.bind(server) as (method: string, ...rest: unknown[]) => void;
  const setIntercepted = (method: string, ...rest: unknown[]): void => {
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
  Object.assign(server, { setRequestHandler: setIntercepted });
}

function addRoundInput(ctx: ServerContext, { inputResponses, requestState }: InputRound): ServerContext {
  if (inputResponses === undefined && requestState === undefined) return ctx;
  const mcpReq = { ...ctx.mcpReq, inputResponses, requestState: () => requestState } as ServerContext['mcpReq'];
  return { ...ctx, mcpReq };
}

function captureQuestions(
  method: string,
  { inputRequests = {}, requestState }: { inputRequests?: Record<string, InputRequest>; requestState?: string },
  round: InputRound,
  result: JsonObject,
): JsonObject {
  const undeclared = Object.entries(inputRequests).find(([, asked]) => !canAskQuestion(asked, round.canAsk));
  if (undeclared)
    return refuseQuestion(
      method,
      `It asks ${undeclared[1].method} (${undeclared[0]}), which this client did not declare.`,
    );
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
