/**
 * `npm run bench [-- --dynamodb embedded|local|URL]`: prints what each kind of call costs.
 *
 * The embedded DynamoDB is the default because it counts a transaction's capacity as AWS documents it, twice
 * for each item; DynamoDB Local counts small ones once.
 */
import { parseArgs } from 'node:util';
import { localAwsEnvironment } from '../lib/local/aws.ts';
import { startDynamoDbLocal, startEmbedded } from '../lib/local/dynamodb.ts';
import { measureCalls } from './calls.ts';

const { values } = parseArgs({ options: { dynamodb: { type: 'string', default: 'embedded' } } });
Object.assign(process.env, localAwsEnvironment);

const started =
  values.dynamodb === 'local'
    ? await startDynamoDbLocal()
    : values.dynamodb === 'embedded'
      ? await startEmbedded()
      : { endpoint: values.dynamodb, stop: async () => {} };

try {
  const { calls, rowBytes } = await measureCalls(started.endpoint);
  const line = (...[call = '', dynamoDb = '', read = '', write = '', sqs = '']: string[]) =>
    console.log(`${call.padEnd(18)}${dynamoDb.padEnd(26)}${read.padStart(5)}${write.padStart(6)}   ${sqs}`.trimEnd());
  const amounts = (requests: Readonly<Record<string, number>>, ofSqs: boolean) =>
    Object.entries(requests)
      .filter(([operation]) => /Message/.test(operation) === ofSqs)
      .map(([operation, times]) => `${times} ${operation}`)
      .join(', ');
  console.log('Requests and capacity units of each kind of call\n');
  line('call', 'DynamoDB', 'RCU', 'WCU', 'SQS');
  for (const { call, requests, readUnits, writeUnits } of calls)
    line(call, amounts(requests, false), String(readUnits), String(writeUnits), amounts(requests, true));
  console.log(`\nThe row of an ordinary task while it works: ${rowBytes} bytes.`);
  console.log("Lambda's own polling of the queue (receive and delete) is not counted: the functions do not make it.");
} finally {
  await started.stop();
}
