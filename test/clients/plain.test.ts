import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { testPlainClients } from './plain-suite.ts';

/** Clients of both official SDKs that do not know tasks: HTTP, worker processes, DynamoDB Local, SQS. */
describe('clients without tasks', () => {
  const getStack = useTestStack({
    server: fileURLToPath(new URL('plain-server.ts', import.meta.url)),
    environment: { HEARTBEAT_MS: '500' },
  });

  testPlainClients(() => getStack().url);
});
