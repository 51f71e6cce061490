import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { InvocationFailed } from '../../../lib/local/errors.ts';
import { type LocalFunction, startFunction } from '../../../lib/local/function.ts';
import { isAlive } from '../../support/processes.ts';

const running: LocalFunction[] = [];
afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

function startEchoFunction(options: { timeoutMs?: number; how?: string; lazy?: boolean } = {}): LocalFunction {
  const started = startFunction({
    name: 'echo',
    main: fileURLToPath(new URL('./fixtures/echo-process.ts', import.meta.url)),
    arguments: options.how ? [options.how] : [],
    environment: { PATH: process.env.PATH ?? '', ONE: '1' },
    timeoutMs: options.timeoutMs ?? 30_000,
    quiet: true,
    ...(options.lazy ? { lazy: true } : {}),
  });
  running.push(started);
  return started;
}

interface EchoReply {
  readonly pid: number;
  readonly event: unknown;
  readonly remaining: number;
  readonly requestId: string;
}

test('a handler is given the event and a context that counts down the time-out', async () => {
  const echo = startEchoFunction();
  const first = (await echo.invoke({ a: [1, null], gone: undefined })) as EchoReply;
  expect(first).toMatchObject({ pid: echo.getPid(), event: { a: [1, null] } });
  expect(first.remaining).toBeGreaterThan(0);
  expect(first.remaining).toBeLessThanOrEqual(30_000);
  const second = (await echo.invoke({})) as EchoReply;
  expect(second.pid).toBe(first.pid);
  expect(second.requestId).not.toBe(first.requestId);
});

test('a handler that throws fails its invocation and keeps its process', async () => {
  const echo = startEchoFunction();
  await echo.started;
  const pid = echo.getPid();
  await expect(echo.invoke({ do: 'throw' })).rejects.toThrow('the handler threw');
  await expect(echo.invoke({})).resolves.toMatchObject({ pid });
});

test('a response that Lambda would not deliver fails the invocation', async () => {
  await expect(startEchoFunction().invoke({ do: 'large' })).rejects.toThrow(/at most 6291556/);
});

test('a process that ends fails its invocation and is replaced', async () => {
  const echo = startEchoFunction();
  await echo.started;
  const pid = echo.getPid();
  await expect(echo.invoke({ do: 'die' })).rejects.toMatchObject({ name: 'InvocationFailed', how: 'crashed' });
  const after = (await echo.invoke({})) as EchoReply;
  expect(after.pid).not.toBe(pid);
});

test('an invocation that a killed process never started goes to its successor', async () => {
  const echo = startEchoFunction();
  await echo.started;
  const pid = echo.getPid() as number;
  process.kill(pid, 'SIGKILL');
  // The stack does not know yet that the process is gone.
  expect(echo.getPid()).toBe(pid);
  const after = (await echo.invoke({})) as EchoReply;
  expect(after.pid).not.toBe(pid);
});

test('an invocation that outlives the time-out has its process killed and replaced', async () => {
  const echo = startEchoFunction({ timeoutMs: 300 });
  await echo.started;
  const pid = echo.getPid() as number;
  const failed = await echo.invoke({ do: 'hang' }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(InvocationFailed);
  expect(failed).toMatchObject({ how: 'timedOut' });
  let after: EchoReply | undefined;
  // A busy machine may need more than the 300 ms for this one, too.
  while (!after) after = (await echo.invoke({}).catch(() => undefined)) as EchoReply | undefined;
  expect(after.pid).not.toBe(pid);
  expect(isAlive(pid)).toBe(false);
});

test('why a process cannot start is the reason given', async () => {
  await expect(startEchoFunction({ how: 'broken' }).started).rejects.toThrow(
    /echo process cannot start: there is no tool in it/,
  );
  await expect(startEchoFunction({ how: 'dies' }).started).rejects.toThrow(/ended before it was ready \(exit code 3\)/);
});

test('a lazy function has no process before its first invocation', async () => {
  const echo = startEchoFunction({ lazy: true });
  await echo.started;
  expect(echo.getPid()).toBeUndefined();
  await expect(echo.invoke({})).resolves.toHaveProperty('pid');
});

test('stop leaves no process, even during an invocation', async () => {
  const echo = startEchoFunction();
  await echo.started;
  const pid = echo.getPid() as number;
  const invocations = [echo.invoke({ do: 'hang' }), echo.invoke({ do: 'hang' })];
  const outcomes = Promise.allSettled(invocations);
  await echo.stop();
  expect(isAlive(pid)).toBe(false);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'InvocationFailed', how: 'crashed' } });
  }
  await expect(echo.invoke({})).rejects.toBeInstanceOf(InvocationFailed);
});
