/** `thread: true` through the whole stack: HTTP, DynamoDB, SQS, and workers in their own processes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { sendRpc } from '../../support/rpc.ts';
import { useTestStack } from '../../support/stack.ts';

/** Only a hang takes that long (ms); nothing is measured. */
const WAIT_TIMEOUT_MS = 600_000;
const LEASE_MS = 3_000;

const getStack = useTestStack({
  server: fileURLToPath(new URL('../../support/servers/threads.ts', import.meta.url)),
  workers: 2,
  // Three quarters of it is the heap of a thread.
  environment: { LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: '300', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '64' },
});
const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function runToOutcome(name: string, args: unknown) {
  const created = await sendRpc(getStack().url, 'tools/call', { name, arguments: args });
  const { taskId } = created.json.result;
  return vi.waitFor(
    async () => {
      const { json } = await sendRpc(getStack().url, 'tasks/get', { taskId });
      expect(json.result.status).toMatch(/completed|failed/);
      return json.result;
    },
    { timeout: WAIT_TIMEOUT_MS, interval: 200 },
  );
}

describe('a tool in its own thread', () => {
  test('computes for longer than the lease in one run, although a second worker is free', async () => {
    const runs = join(folder, 'runs');
    const { status, result } = await runToOutcome('spin', { ms: LEASE_MS + 1_000, runs });
    expect(status).toBe('completed');
    expect(result.content).toEqual([{ type: 'text', text: '"computed"' }]);
    expect(readFileSync(runs, 'utf8')).toBe('run\n');
  });

  test('does not end its worker when it runs out of memory', async () => {
    const workers = getStack().getWorkerPids();
    const { status, error } = await runToOutcome('hoards', {});
    expect(status).toBe('failed');
    expect(error.message).toContain('2 consecutive runs ended without reporting a result');
    expect(getStack().getWorkerPids()).toEqual(workers);
  });
});
