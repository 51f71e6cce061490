/** Local stacks for tests: with the run's DynamoDB Local and the run's template, and without output. */
import { afterAll, beforeAll, inject } from 'vitest';
import type { LocalStackOptions } from '../../lib/local/options.ts';
import { type LocalStack, startLocalStack } from '../../lib/local/stack.ts';

export type TestStackOptions = Omit<LocalStackOptions, 'dynamodb' | 'template'>;

/** Many stacks share one DynamoDB Local: each has its own table. */
export function startTestStack(options: TestStackOptions): Promise<LocalStack> {
  return startLocalStack({
    quiet: true,
    ...options,
    dynamodb: inject('dynamoDbEndpoint'),
    template: inject('template'),
  });
}

/** One stack for the tests of a file or a `describe`, started before them and stopped after them. */
export function useTestStack(options: TestStackOptions): () => LocalStack {
  let stack: LocalStack | undefined;
  beforeAll(async () => {
    stack = await startTestStack(options);
  });
  afterAll(() => stack?.stop());
  return () => {
    if (!stack) throw new Error('The stack runs only during tests.');
    return stack;
  };
}
