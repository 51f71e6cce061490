import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { testExtTasksClient } from './ext-tasks-suite.ts';
import { testPlainClients } from './plain-suite.ts';

const resolveServer = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Requests alternate between two processes of the API function: what one of them remembers, the other does not know. */
describe('two API processes behind one port', () => {
  describe('clients with tasks', () => {
    const stack = useTestStack({
      server: resolveServer('../support/servers/clients.ts'),
      environment: { HEARTBEAT_MS: '500' },
      apiProcesses: 2,
    });

    test('are two', () => expect(new Set(stack().getApiPids()).size).toBe(2));

    testExtTasksClient(() => stack().url);
  });

  describe('clients without tasks', () => {
    const stack = useTestStack({
      server: resolveServer('plain-server.ts'),
      environment: { HEARTBEAT_MS: '500' },
      apiProcesses: 2,
    });

    testPlainClients(() => stack().url);
  });
});
