import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { testExtTasksClient } from './ext-tasks-suite.ts';

/** The official client packages against the whole stack: HTTP, worker processes, DynamoDB Local, SQS. */
describe('@modelcontextprotocol/client with ext-tasks', () => {
  const getStack = useTestStack({
    server: fileURLToPath(new URL('../support/servers/clients.ts', import.meta.url)),
    environment: { HEARTBEAT_MS: '500' },
  });

  testExtTasksClient(() => getStack().url);
});
