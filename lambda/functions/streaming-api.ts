/** The streaming API function: the same replies, but a subscription stays open for as long as the function may run. */
import { once } from 'node:events';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { systemClock } from '../engine/system.ts';
import { readRestEvent } from '../http/index.ts';
import type { Reply } from '../mcp/rpc.ts';
import { withInvocation } from '../observe/index.ts';
import type { ServerModule } from '../tool/server-module.ts';
import type { Environment } from '../variables.ts';
import { wireFrontDoor } from './api.ts';

/** How long everything but a stream may take (ms): as long as at the other endpoint. */
const REPLY_TIMEOUT_MS = 27_000;

/** Reserved at the end of the function's time (ms), so that a stream ends gracefully before Lambda stops it. */
const STREAM_MARGIN_MS = 3_000;

/**
 * The Lambda handler behind a REST API (payload format 1.0) whose integration streams responses.
 *
 * @param env as for `createApiHandler`
 * @throws ConfigurationError when a variable is missing or not valid
 */
export function createStreamingApiHandler(server: ServerModule, env: Environment) {
  const handleRequest = wireFrontDoor(server, env);
  return awslambda.streamifyResponse(
    (event: APIGatewayProxyEvent, response: awslambda.HttpResponseStream, context: Context) =>
      withInvocation(context, async () => {
        const now = systemClock.now();
        const streamDeadline = now + context.getRemainingTimeInMillis() - STREAM_MARGIN_MS;
        const replyDeadline = Math.min(streamDeadline, now + REPLY_TIMEOUT_MS);
        await sendReply(await handleRequest(readRestEvent(event, streamDeadline), replyDeadline), response);
      }),
  );
}

async function sendReply({ status, headers, body = '', stream }: Reply, response: awslambda.HttpResponseStream) {
  const out = awslambda.HttpResponseStream.from(response, { statusCode: status, headers });
  const closed = once(out, 'close').catch(() => {});
  // The status goes out with the first piece, even an empty one.
  for await (const piece of stream ?? [body]) {
    if (out.destroyed) return;
    if (!out.write(piece)) await Promise.race([once(out, 'drain'), closed]);
  }
  out.end();
}
