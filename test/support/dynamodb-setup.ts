/** Starts DynamoDB Local once for a whole test run, or uses the one that `DYNAMODB_ENDPOINT` names. */
import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal } from '../../lib/local/dynamodb.ts';

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
  const { endpoint, stop } = await startDynamoDbLocal();
  project.provide('dynamoDbEndpoint', endpoint);
  return stop;
}
