import { describe, expect, test } from 'vitest';
import { connectLegacyClient, createLegacyFrontDoor, LEGACY_REVISION } from './client.ts';
import definition from './server.ts';

const TASKS = { cancel: {}, requests: { tools: { call: {} } } };

describe('initialize', () => {
  test('declares tasks, with a list only where callers can be told apart', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    const anonymous = await connectLegacyClient(frontDoor);
    expect(anonymous.initialized.json.result).toMatchObject({
      protocolVersion: LEGACY_REVISION,
      capabilities: { tasks: TASKS },
    });
    expect(anonymous.initialized.json.result.capabilities.tasks).toEqual(TASKS);
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    expect(ada.initialized.json.result.capabilities.tasks).toEqual({ list: {}, ...TASKS });
  });

  test.each(['2025-06-18', '2025-03-26', '2024-11-05'])('declares no tasks in %s', async (version) => {
    const { initialized, session } = await connectLegacyClient(createLegacyFrontDoor(definition), { version });
    expect(initialized.json.result).toMatchObject({ protocolVersion: version });
    expect(initialized.json.result.capabilities).not.toHaveProperty('tasks');
    expect(session).not.toBe('');
  });

  test('an unknown version is answered with the latest one that has a handshake', async () => {
    const { initialized } = await connectLegacyClient(createLegacyFrontDoor(definition), { version: '2025-12-31' });
    expect(initialized.json.result).toMatchObject({ protocolVersion: LEGACY_REVISION, capabilities: { tasks: TASKS } });
  });

  test('the session id is short, and reveals nothing', async () => {
    const { session } = await connectLegacyClient(createLegacyFrontDoor(definition), {
      capabilities: { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {}, experimental: { x: {} } },
    });
    expect(session).toMatch(/^[\w-]+$/);
    expect(session.length).toBeLessThan(400);
    expect(Buffer.from(session, 'base64url').toString('latin1')).not.toContain('form');
  });

  test('nothing is stored', async () => {
    const frontDoor = createLegacyFrontDoor(definition);
    await connectLegacyClient(frontDoor);
    expect(frontDoor.calls).toEqual([]);
  });
});

describe('the session id', () => {
  const now = { at: 1_800_000_000_000 };
  const frontDoor = createLegacyFrontDoor(definition, { now: () => now.at });
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'add', arguments: { a: 1, b: 2 }, task: {} },
  };
  const notFound = { status: 404, error: { code: -32001, message: 'Session not found: initialize again.' } };
  const answer = ({ status, json }: { status: number; json: { error?: unknown } }) => ({ status, error: json.error });

  test.each(['forged', 'x'.repeat(3_000), ''.padEnd(60, 'A')])('%# that was never issued is 404', async (session) => {
    const client = await connectLegacyClient(frontDoor);
    expect(answer(await client.post(call, { 'mcp-session-id': session }))).toEqual(notFound);
  });

  test('of another caller is 404', async () => {
    const ada = await connectLegacyClient(frontDoor, { owner: 'ada' });
    const bob = await connectLegacyClient(frontDoor, { owner: 'bob' });
    expect(answer(await bob.post(call, { 'mcp-session-id': ada.session }))).toEqual(notFound);
  });

  test('that has expired is 404', async () => {
    const client = await connectLegacyClient(frontDoor);
    expect((await client.post(call)).status).toBe(200);
    now.at += 31 * 24 * 3_600_000;
    expect(answer(await client.post(call))).toEqual(notFound);
  });

  test('is not opened on a poll', async () => {
    const client = await connectLegacyClient(frontDoor);
    const taskId = await client.start('add', { a: 1, b: 2 });
    const poll = { jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { taskId } };
    const { json } = await client.post(poll, { 'mcp-session-id': 'forged' });
    expect(json.result).toMatchObject({ taskId, status: 'working' });
  });

  test('is needed for questions only: without it a client has declared nothing', async () => {
    const client = await connectLegacyClient(frontDoor);
    const without = { 'mcp-session-id': undefined };
    expect((await client.post(call, without)).json.result).toHaveProperty('task');
    const asking = { ...call, params: { name: 'greets', task: {} } };
    expect((await client.post(asking, without)).json.error).toMatchObject({
      code: -32602,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });

  test('cannot be ended: DELETE is 405', async () => {
    const { headers } = await connectLegacyClient(frontDoor);
    expect((await frontDoor.send({ method: 'DELETE', headers })).status).toBe(405);
  });
});
