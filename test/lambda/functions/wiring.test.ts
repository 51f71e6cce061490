import { expect, test } from 'vitest';
import { readEngineSettings } from '../../../lambda/functions/environment.ts';
import { wireEnginePorts, wireSecrets } from '../../../lambda/functions/wiring.ts';

const queue = { send: async () => {} };

test('a function that has nowhere to keep payloads does not start', () => {
  const environment = { TABLE_NAME: 'tasks' };
  expect(() => wireEnginePorts(environment, queue)).toThrow(/Set PAYLOAD_BUCKET/);
  expect(() => wireEnginePorts({ ...environment, PAYLOAD_BUCKET: '', PAYLOAD_FOLDER: '' }, queue)).toThrow(
    /Set PAYLOAD_BUCKET/,
  );
});

test('the secret is the variable itself on one machine, and is required', async () => {
  expect(await wireSecrets({ SEALING_SECRET: 'secret' })()).toEqual(['secret']);
  expect(() => wireSecrets({})).toThrow(/SEALING_SECRET_ARN is missing/);
});

test.each([
  ['LEASE_MS', 'long', 'LEASE_MS must be an integer of at least 1 (ms), not "long"'],
  ['HEARTBEAT_MS', '0', 'HEARTBEAT_MS must be an integer of at least 1 (ms), not "0"'],
  ['HEARTBEAT_MS', '3600000', 'must be at most a third of LEASE_MS'],
  ['OWNER_SHARDS', '1.5', 'OWNER_SHARDS must be an integer of at least 1, not "1.5"'],
  ['MAX_OPEN_TASKS', '-1', 'MAX_OPEN_TASKS must be an integer of at least 0, not "-1"'],
])('%s=%s is refused with what it must be', (name, text, message) => {
  expect(() => readEngineSettings({ [name]: text })).toThrow(message);
});
