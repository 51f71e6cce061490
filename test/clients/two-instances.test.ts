import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { testExtTasksClient } from './ext-tasks-suite.ts';
import { testPlainClients } from './plain-suite.ts';

const resolveServer = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Requests alternate between two processes of the API function, neither of which knows what the other remembers. */
describe('two API processes behind one port', () => {
  describe('clients with tasks', () => {
    const getStack = useTestStack({
      server: resolveServer('../support/servers/clients.ts'),
      environment: { HEARTBEAT_MS: '500' },
      apiProcesses: 2,
    });

    test('have two processes to talk to', () => expect(new Set(getStack().getApiPids()).size).toBe(2));

    testExtTasksClient(() => getStack().url);
  });

  describe('clients without tasks', () => {
    const getStack = useTestStack({
      server: resolveServer('plain-server.ts'),
      environment: { HEARTBEAT_MS: '500' },
      apiProcesses: 2,
    });

    testPlainClients(() => getStack().url);
  });
});
