/** The same bad input as in `bad-input.test.ts`, through HTTP, the gateway's event and the function's own process. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { LOCAL_AWS } from '../../../lib/local/aws.ts';
import { buildApiEvent, buildRequest, type TestRequest } from '../../support/requests.ts';
import { useTestStack } from '../../support/stack.ts';
import { BAD_INPUTS } from './bad-input/index.ts';

const stack = useTestStack({ server: fileURLToPath(new URL('bad-input/server.ts', import.meta.url)), workers: 1 });

async function postRequest(sent: TestRequest): Promise<{
  status: number | undefined;
  json: { error?: { code: number }; result?: { isError?: boolean; resultType: string } };
}> {
  const { headers, body = '' } = buildApiEvent(sent);
  // Node omits the length for methods that rarely have a body.
  const fields = { ...headers, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(stack().url, { method: sent.method ?? 'POST', headers: fields }, async (response) => {
      const answer = await text(response);
      try {
        resolve({ status: response.statusCode, json: JSON.parse(answer.replace(/^[\s\S]*data: /, '') || '{}') });
      } catch {
        reject(new Error(`Not JSON: ${answer.slice(0, 200)}`));
      }
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('over HTTP each gets its status and code, nothing is written, and the processes survive', async () => {
  const pids = stack().getApiPids();
  for (const { name, sent, status, code, toolError, handlerOnly } of BAD_INPUTS) {
    if (handlerOnly) continue;
    const got = await postRequest(sent);
    const seen = { name, status: got.status, code: got.json.error?.code, isError: got.json.result?.isError === true };
    expect(seen).toEqual({ name, status, code, isError: toolError !== undefined });
  }
  expect(stack().getApiPids()).toEqual(pids);

  const { tableName, dynamodbEndpoint, sqsEndpoint, queueUrl } = stack();
  const here = { region: LOCAL_AWS.region, credentials: LOCAL_AWS.credentials };
  const dynamo = new DynamoDBClient({ ...here, endpoint: dynamodbEndpoint });
  expect((await dynamo.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }))).Count).toBe(0);
  dynamo.destroy();
  const sqs = new SQSClient({ ...here, endpoint: sqsEndpoint });
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
  expect({ ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible }).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
  sqs.destroy();

  const good = await postRequest(buildRequest('tools/call', { name: 'echo', arguments: { text: 'x' } }));
  expect(good.json.result?.resultType).toBe('task');
});
