/** Tools with `thread: true`, on the real engine and real threads. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LEASE_MS, startThreadEngine, WAIT_OPTIONS } from './thread-engine.ts';

const hasEnded = ({ status }: { readonly status: string }) => ['completed', 'failed', 'cancelled'].includes(status);
const parseResultText = (view: { outcome?: unknown }) =>
  JSON.parse((view.outcome as { result: { content: { text: string }[] } }).result.content[0]?.text ?? '');

const running = new Set<Worker>();
process.on('worker', (worker: Worker) => {
  running.add(worker);
  worker.once('exit', () => running.delete(worker));
});
const countThreads = () => running.size;

const folder = mkdtempSync(join(tmpdir(), 'threads-'));
afterAll(() => rmSync(folder, { recursive: true }));

let bench: ReturnType<typeof startThreadEngine>;
beforeAll(() => {
  bench = startThreadEngine({ heapMb: 48 });
});
afterAll(() => bench.stop());

describe('a tool that computes for longer than its lease', () => {
  test('keeps it and ends in its first run, in its own thread', async () => {
    const id = await bench.start('spin', { ms: LEASE_MS + 600 });
    expect(parseResultText(await bench.until(id, hasEnded))).toBe('computed');
    await bench.logged(id, 'task.ended');
    const events = bench.events(id);
    expect(events.filter((event) => event === 'run.started')).toHaveLength(1);
    for (const trouble of ['eventLoop.blocked', 'run.superseded', 'run.lost', 'run.died', 'run.leftRunning'])
      expect(events).not.toContain(trouble);
  });

  test('is reported, with advice, where it has no thread', async () => {
    const id = await bench.start('spin_here', { ms: LEASE_MS + 600 });
    const line = await bench.logged(id, 'eventLoop.blocked');
    expect(line.lateMs).toBeGreaterThan(LEASE_MS);
    expect(line).toMatchObject({ leaseMs: LEASE_MS, advice: expect.stringContaining('"thread: true"') });
    expect(parseResultText(await bench.until(id, hasEnded))).toBe('computed');
  });
});

describe('a cancel', () => {
  test('stops a thread that computes on and ignores its signal', async () => {
    const id = await bench.start('spin', { ms: 3_600_000 });
    await vi.waitFor(() => expect(countThreads()).toBe(1), WAIT_OPTIONS);
    await bench.engine.cancelTask({}, id, Date.now() + 10_000);
    await bench.logged(id, 'run.lost');
    await vi.waitFor(() => expect(countThreads()).toBe(0), WAIT_OPTIONS);
    expect(bench.lines.find((line) => line.task === id && line.event === 'run.lost')).toMatchObject({
      reason: 'TaskCancelled',
    });
  });

  test('reaches the signal of a tool that listens, with its kind, and lets it clean up', async () => {
    const file = join(folder, 'listening');
    const id = await bench.start('listening', { file });
    await bench.until(id, ({ statusMessage }) => statusMessage === 'waiting');
    await bench.engine.cancelTask({}, id, Date.now() + 10_000);
    await vi.waitFor(() => expect(countThreads()).toBe(0), WAIT_OPTIONS);
    expect(readFileSync(file, 'utf8')).toBe('true: TaskCancelled: The task was cancelled., then its clean-ups');
    expect((await bench.engine.getTask({}, id)).status).toBe('cancelled');
    expect(bench.events(id)).not.toContain('run.died');
  });
});

describe('a thread that dies', () => {
  // At the same time: most of it is waiting for leases to run out.
  test.concurrent.each([
    ['ends its process', 'exits', 'exit code 7'],
    ['throws an uncaught error', 'throws_later', 'SyntaxError'],
    ['needs more memory than there is', 'hoards', 'memory'],
  ])(
    'because the tool %s is a run that ended without reporting: the worker lives and the claim counts',
    async (_, name, how) => {
      const id = await bench.start(name);
      const view = await bench.until(id, hasEnded);
      expect(view.status).toBe('failed');
      expect(view.outcome).toMatchObject({
        error: { code: -32603, message: expect.stringMatching(/^2 consecutive runs/) },
      });
      const deaths = bench.lines.filter((line) => line.task === id && line.event === 'run.died');
      expect(deaths).toHaveLength(2);
      for (const death of deaths) expect(death.how).toContain(how);
    },
  );

  test('leaves nothing behind', () => expect(countThreads()).toBe(0));
});

describe('what a tool does in a thread', () => {
  test('steps, asks, sleeps, waits for others and reports progress as anywhere', async () => {
    const id = await bench.start('everything');
    const asking = await bench.until(id, ({ status }) => status === 'input_required');
    expect(asking.questions.columns).toMatchObject({ method: 'elicitation/create', params: { message: 'Which?' } });
    const answer = { result: { action: 'accept', content: { column: 'email' } } };
    await bench.engine.answerTask({}, id, { columns: answer }, Date.now() + 10_000);
    const waiting = await bench.until(id, ({ statusMessage = '' }) => /^[\w-]{40,}$/.test(statusMessage));
    await bench.engine.completeWait(waiting.statusMessage as string, { done: true }, Date.now() + 10_000);
    const ended = await bench.until(id, hasEnded);
    expect(parseResultText(ended)).toEqual({
      rows: { rows: 3 },
      answer: { action: 'accept', content: { column: 'email' } },
      done: true,
    });
    await vi.waitFor(() => expect(countThreads()).toBe(0), WAIT_OPTIONS);
  });

  test('gets arguments as its schema outputs them, even values that no message could carry', async () => {
    const id = await bench.start('with_schema', { url: 'https://example.com/data' });
    expect(parseResultText(await bench.until(id, hasEnded))).toEqual({ isUrl: true, host: 'example.com' });
  });

  test('ends with a JSON-RPC error where it throws one', async () => {
    const id = await bench.start('refuses');
    const { status, outcome } = await bench.until(id, hasEnded);
    expect(status).toBe('failed');
    expect(outcome).toEqual({ error: { code: -31999, message: 'Refused.', data: { why: 'a test' } } });
  });

  test('may report progress in every turn of a loop: the latest report gets through before it computes on', async () => {
    const id = await bench.start('reports');
    const { progress } = await bench.until(id, (view) => view.progress?.done === 100_000);
    expect(progress).toEqual({ done: 100_000, total: 100_000 });
    expect(parseResultText(await bench.until(id, hasEnded))).toBe('reported');
  });
});

describe('the deadline of the function', () => {
  test('stops a step that computes past it, and the task fails with advice', async () => {
    let outcome: unknown;
    // Until the step has begun by then: a busy machine may need longer to start the thread.
    for (let functionMs = 4_500; !JSON.stringify(outcome)?.includes('Step'); functionMs *= 2) {
      const short = startThreadEngine({ functionMs });
      const id = await short.start('spin_in_step');
      outcome = (await short.until(id, hasEnded)).outcome;
      await vi.waitFor(() => expect(countThreads()).toBe(0), WAIT_OPTIONS);
      await short.stop();
    }
    expect(outcome).toMatchObject({
      error: { message: expect.stringContaining('Step "endless" of tool spin_in_step did not finish within') },
    });
  });
});
