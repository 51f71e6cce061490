/** The same bad input as in `bad-input.test.ts`, through HTTP, the gateway's event and the function's own process. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { localAws } from '../../../lib/local/aws.ts';
import { useTestStack } from '../../support/stack.ts';
import { badInputs } from './bad-input/index.ts';
import { eventOf, modern, type Sent } from '../../support/requests.ts';

const stack = useTestStack({ server: fileURLToPath(new URL('bad-input/server.ts', import.meta.url)), workers: 1 });

async function post(sent: Sent): Promise<{
  status: number | undefined;
  json: { error?: { code: number }; result?: { isError?: boolean; resultType: string } };
}> {
  const { headers, body = '' } = eventOf(sent);
  // Node leaves the length out for methods that seldom have a body.
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

test('through HTTP each gets its status and code, nothing is written, and the processes go on', async () => {
  const pids = stack().apiPids();
  for (const { name, sent, status, code, toolError, handlerOnly } of badInputs) {
    if (handlerOnly) continue;
    const got = await post(sent);
    const seen = { name, status: got.status, code: got.json.error?.code, isError: got.json.result?.isError === true };
    expect(seen).toEqual({ name, status, code, isError: toolError !== undefined });
  }
  expect(stack().apiPids()).toEqual(pids);

  const { tableName, dynamodbEndpoint, sqsEndpoint, queueUrl } = stack();
  const here = { region: localAws.region, credentials: localAws.credentials };
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

  const good = await post(modern('tools/call', { name: 'echo', arguments: { text: 'x' } }));
  expect(good.json.result?.resultType).toBe('task');
});
