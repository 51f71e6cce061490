/**
 * `npm run bench [-- --dynamodb embedded|local|URL]`: prints what each kind of call costs, how many calls it takes to
 * wait for a task, what a start of each function costs, and the resulting bills.
 *
 * The embedded DynamoDB is the default because it counts a transaction's capacity as AWS documents it, twice for each
 * item; DynamoDB Local counts small items once.
 */
import { parseArgs } from 'node:util';
import { LOCAL_AWS_ENVIRONMENT } from '../lib/local/aws.ts';
import { startDynamoDbLocal, startEmbeddedDynamoDb } from '../lib/local/dynamodb.ts';
import { printBlocking } from './blocking.ts';
import { measureBundles, printBundles } from './bundles.ts';
import { measureCalls } from './calls.ts';
import { formatCostTables } from './cost.ts';
import { measurePolls } from './polls.ts';

/** How many processes start each bundle. */
const STARTS_PER_BUNDLE = 9;

const { values } = parseArgs({ options: { dynamodb: { type: 'string', default: 'embedded' } } });
Object.assign(process.env, LOCAL_AWS_ENVIRONMENT);

const database =
  values.dynamodb === 'local'
    ? await startDynamoDbLocal()
    : values.dynamodb === 'embedded'
      ? await startEmbeddedDynamoDb()
      : { endpoint: values.dynamodb, stop: async () => {} };

try {
  const { calls, rowBytes } = await measureCalls(database.endpoint);
  const printRow = (call: string, dynamoDb: string, read: string, write: string, sqs: string) =>
    console.log(`${call.padEnd(18)}${dynamoDb.padEnd(26)}${read.padStart(5)}${write.padStart(6)}   ${sqs}`.trimEnd());
  const formatRequests = (requests: Readonly<Record<string, number>>, service: 'DynamoDB' | 'SQS') =>
    Object.entries(requests)
      .filter(([operation]) => /Message/.test(operation) === (service === 'SQS'))
      .map(([operation, times]) => `${times} ${operation}`)
      .join(', ');
  console.log('Requests and capacity units of each kind of call\n');
  printRow('call', 'DynamoDB', 'RCU', 'WCU', 'SQS');
  for (const { call, requests, readUnits, writeUnits } of calls)
    printRow(
      call,
      formatRequests(requests, 'DynamoDB'),
      String(readUnits),
      String(writeUnits),
      formatRequests(requests, 'SQS'),
    );
  console.log(`\nThe row of an ordinary task while it works: ${rowBytes} bytes.`);
  console.log("Lambda's own polling of the queue (receive and delete) is not counted: the functions do not do it.");
  printPolls();
  console.log();
  await printBlocking();
  printBundles(measureBundles(STARTS_PER_BUNDLE), STARTS_PER_BUNDLE);
  console.log(`\nCosts\n\n${formatCostTables({ calls, rowBytes })}`);
} finally {
  await database.stop();
}

function printPolls(): void {
  const printRow = (duration: string, interval: string, ...figures: string[]) =>
    console.log(duration.padEnd(10) + interval.padEnd(24) + figures.map((figure) => figure.padStart(11)).join(''));
  const formatSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  console.log('\nPolls until the end of a task is noticed, and how late (virtual time)\n');
  printRow('duration', 'interval', 'polls', 'at most', 'mean delay', 'at most', 'mean share');
  for (const { durationMs, interval, meanPolls, maxPolls, meanDelayMs, maxDelayMs } of measurePolls())
    printRow(
      durationMs < 60_000 ? `${durationMs / 1_000} s` : `${durationMs / 60_000} min`,
      interval,
      meanPolls.toFixed(1),
      String(maxPolls),
      formatSeconds(meanDelayMs),
      formatSeconds(maxDelayMs),
      `${((100 * meanDelayMs) / durationMs).toFixed(2)} %`,
    );
}
