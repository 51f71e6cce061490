/** The streaming API function: the same answers, but a subscription goes on for as long as the function may run. */
import { once } from 'node:events';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { readRestEvent } from '../http/index.ts';
import type { Reply } from '../mcp/rpc.ts';
import { withInvocation } from '../observe/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import type { Environment } from '../variables.ts';
import { wireFrontDoor } from './api.ts';

/** How long everything but a stream may take (ms): what a client is used to from the other endpoint. */
const REPLY_TIMEOUT_MS = 27_000;

/** What is kept back of the function's time (ms): a stream must have ended gracefully before Lambda stops it. */
const STREAM_MARGIN_MS = 3_000;

/**
 * The Lambda handler behind a REST API (payload format 1.0) whose integration streams responses.
 *
 * @param env as for `createApiHandler`
 * @throws ConfigurationError when a variable is missing
 */
export function createStreamingApiHandler(server: ServerModule, env: Environment) {
  const answer = wireFrontDoor(server, env);
  return awslambda.streamifyResponse(
    (event: APIGatewayProxyEvent, response: awslambda.HttpResponseStream, context: Context) =>
      withInvocation(context, async () => {
        const now = Date.now();
        const until = now + context.getRemainingTimeInMillis() - STREAM_MARGIN_MS;
        const reply = await answer(readRestEvent(event, until), Math.min(until, now + REPLY_TIMEOUT_MS));
        await sendReply(reply, response);
      }),
  );
}

async function sendReply({ status, headers, body = '', stream }: Reply, response: awslambda.HttpResponseStream) {
  const out = awslambda.HttpResponseStream.from(response, { statusCode: status, headers });
  const gone = once(out, 'close').catch(() => {});
  // Also an empty piece: the status goes out with the first.
  for await (const piece of stream ?? [body]) {
    if (out.destroyed) return;
    if (!out.write(piece)) await Promise.race([once(out, 'drain'), gone]);
  }
  out.end();
}
