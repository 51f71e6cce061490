import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { useTestStack } from '../support/stack.ts';
import { followsTasks } from './ext-tasks-suite.ts';
import { servesPlainClients } from './plain-suite.ts';

const server = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Requests alternate between two processes of the API function: what one of them remembers, the other does not know. */
describe('two API processes behind one port', () => {
  describe('clients with tasks', () => {
    const stack = useTestStack({ server: server('server.ts'), environment: { HEARTBEAT_MS: '500' }, apiProcesses: 2 });

    it('are two', () => expect(new Set(stack().apiPids()).size).toBe(2));

    followsTasks(() => stack().url);
  });

  describe('clients without tasks', () => {
    const stack = useTestStack({
      server: server('plain-server.ts'),
      environment: { HEARTBEAT_MS: '500' },
      apiProcesses: 2,
    });

    servesPlainClients(() => stack().url);
  });
});
