import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ExternalEvent } from '../../../lambda/functions/external.ts';
import { sendRpc } from '../../support/rpc.ts';
import { useTestStack } from '../../support/stack.ts';

/** Only a hang takes that long (ms); nothing is measured. */
const WAIT_TIMEOUT_MS = 600_000;

const server = fileURLToPath(new URL('./fixtures/waiting-server.ts', import.meta.url));
const getStack = useTestStack({ server, workers: 1 });
const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-external-'));
afterAll(() => rmSync(folder, { recursive: true }));

let lambda: LambdaClient;
beforeAll(() => {
  lambda = new LambdaClient({ endpoint: getExternalFunction().endpoint });
});
afterAll(() => lambda.destroy());

function getExternalFunction() {
  const found = getStack().external;
  if (!found) throw new Error('The stack has no function for outside systems.');
  return found;
}

async function invokeExternal(event: ExternalEvent | object) {
  const { Payload, FunctionError, StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: getExternalFunction().functionName, Payload: JSON.stringify(event) }),
  );
  return { status: StatusCode, error: FunctionError, payload: JSON.parse(Payload?.transformToString() || 'null') };
}

/** A task that waits, and the token that its tool handed out. */
async function startWaitingTask(name: string) {
  const file = join(folder, name);
  const { json } = await sendRpc(getStack().url, 'tools/call', { name: 'submit', arguments: { file } });
  const { taskId } = json.result;
  const get = async () => (await sendRpc(getStack().url, 'tasks/get', { taskId })).json.result;
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/./), WAIT_TIMEOUT_MS);
  const waitForEnd = () =>
    vi.waitFor(
      async () => {
        const task = await get();
        expect(task.status).toBe('completed');
        return task.result.content[0].text as string;
      },
      { timeout: WAIT_TIMEOUT_MS, interval: 100 },
    );
  return { token: readFileSync(file, 'utf8'), get, waitForEnd };
}

describe('an outside system', () => {
  test('reports progress, then completes the wait; completing it again is not an error', async () => {
    const { token, get, waitForEnd } = await startWaitingTask('completes');
    expect((await get()).status).toBe('working');
    const progress: ExternalEvent = { token, action: 'progress', message: 'half way', done: 1, total: 2 };
    expect(await invokeExternal(progress)).toEqual({ status: 200, error: undefined, payload: { ok: true } });
    expect(await get()).toMatchObject({ status: 'working', statusMessage: 'half way' });
    const complete: ExternalEvent = { token, action: 'complete', value: { rows: 3 } };
    expect(await invokeExternal(complete)).toEqual({ status: 200, error: undefined, payload: { ok: true } });
    expect(await waitForEnd()).toBe('rows 3');
    expect(await invokeExternal(complete)).toEqual({ status: 200, error: undefined, payload: { ok: true } });
  });

  test('fails the wait, and the tool sees an error of that name', async () => {
    const { token, waitForEnd } = await startWaitingTask('fails');
    expect(
      await invokeExternal({ token, action: 'fail', error: { name: 'JobFailed', message: 'disk full' } }),
    ).toMatchObject({
      payload: { ok: true },
    });
    expect(await waitForEnd()).toBe('JobFailed: disk full');
  });

  test('gets a function error that says what is wrong with its event', async () => {
    const foreign = Buffer.from(JSON.stringify(['task#unknown', 'unknown', 'job'])).toString('base64url');
    expect(await invokeExternal({ token: 'nonsense', action: 'complete' })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'InvalidToken', errorMessage: expect.any(String), trace: expect.any(Array) },
    });
    expect(await invokeExternal({ token: foreign, action: 'complete' })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'TaskNotFound' },
    });
    expect(await invokeExternal({ token: foreign, action: 'explode' })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'InvalidEvent', errorMessage: expect.stringContaining('"action"') },
    });
  });
});

describe("Lambda's Invoke API here", () => {
  const post = (name: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${getExternalFunction().endpoint}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      body,
      headers,
    });

  test('responds over plain HTTP with the header that distinguishes an error from a result', async () => {
    const refused = await post(getExternalFunction().functionName, '{"token":"nonsense","action":"complete"}');
    expect(refused.status).toBe(200);
    expect(refused.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await refused.json()).toMatchObject({ errorType: 'InvalidToken' });
  });

  test('finds the function by its ARN too, and no other function', async () => {
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${getExternalFunction().functionName}`;
    expect((await post(arn, '{}')).headers.get('x-amz-function-error')).toBe('Unhandled');
    const other = await post('another-function', '{}');
    expect([other.status, other.headers.get('x-amzn-errortype')]).toEqual([404, 'ResourceNotFoundException']);
  });

  test('refuses a payload that is not JSON before the function sees it', async () => {
    const response = await post(getExternalFunction().functionName, '{');
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'InvalidRequestContentException',
    ]);
  });

  test('does not wait for an asynchronous invocation, and a dry run does nothing', async () => {
    const { token, get, waitForEnd } = await startWaitingTask('event');
    const body = JSON.stringify({ token, action: 'complete', value: { rows: 8 } });
    expect((await post(getExternalFunction().functionName, body, { 'x-amz-invocation-type': 'DryRun' })).status).toBe(
      204,
    );
    expect((await get()).status).toBe('working');
    expect((await post(getExternalFunction().functionName, body, { 'x-amz-invocation-type': 'Event' })).status).toBe(
      202,
    );
    expect(await waitForEnd()).toBe('rows 8');
  });
});
