/** Starts DynamoDB Local once for a whole test run, or uses the one that `DYNAMODB_ENDPOINT` names. */
import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal } from '../../lib/local/dynamodb.ts';
import { EMULATOR_TIMEOUT_MS } from './emulator.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    dynamoDbEndpoint: string;
  }
}

export default async function setupDynamoDb(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const runningEndpoint = process.env.DYNAMODB_ENDPOINT;
  if (runningEndpoint) {
    project.provide('dynamoDbEndpoint', runningEndpoint);
    return undefined;
  }
  // On a busy machine Java needs many times its two seconds.
  const { endpoint, stop } = await startDynamoDbLocal(0, EMULATOR_TIMEOUT_MS);
  project.provide('dynamoDbEndpoint', endpoint);
  return stop;
}
