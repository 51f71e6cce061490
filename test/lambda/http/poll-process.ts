/**
 * A process that serves one poll through the API function and prints the packages it loaded, before and with it.
 * A server without any item stands in for DynamoDB: the test is about what gets loaded.
 */

import { createServer } from 'node:http';
import { registerHooks } from 'node:module';
import type { AddressInfo } from 'node:net';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';
import { buildApiEvent, buildRequest } from '../../support/requests.ts';

const loadedPackages = new Set<string>();
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(found.url)?.[1];
    if (name) loadedPackages.add(name);
    return found;
  },
});

const dynamoDbStub = createServer((_request, response) => {
  response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
});
await new Promise<void>((resolve) => dynamoDbStub.listen(0, '127.0.0.1', resolve));

const { createApiHandler } = await import('../../../lambda/functions/api.ts');
let serverLoads = 0;
const handler = createApiHandler(
  {
    info: { name: 'poll', version: '1' },
    load: async () => {
      serverLoads += 1;
      throw new Error('a poll does not load the server');
    },
  },
  {
    TABLE_NAME: 'table',
    QUEUE_URL: 'http://127.0.0.1:1/queue',
    PAYLOAD_BUCKET: 'bucket',
    SEALING_SECRET_ARN: 'arn',
    AUTH: 'none',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(dynamoDbStub.address() as AddressInfo).port}`,
    EMULATOR_TIMEOUT_MS: String(EMULATOR_TIMEOUT_MS),
  },
);
const replies = [];
const buildLegacyPoll = (method: string) => ({
  headers: { 'mcp-protocol-version': '2025-11-25' },
  body: { jsonrpc: '2.0', id: 1, method, params: { taskId: 'x' } },
});
const polls = [
  ...['tasks/get', 'tasks/update'].map((method) => buildRequest(method, { taskId: 'x', inputResponses: {} })),
  ...['tasks/get', 'tasks/result'].map(buildLegacyPoll),
];
for (const poll of polls) {
  const event = buildApiEvent(poll);
  const { statusCode, body } = await handler(event, { getRemainingTimeInMillis: () => 10_000 });
  replies.push({ statusCode, body: JSON.parse(body ?? '') });
}
console.log(JSON.stringify({ loaded: [...loadedPackages], serverLoads, answers: replies }));
dynamoDbStub.close();
dynamoDbStub.closeAllConnections();
