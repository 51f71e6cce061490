import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createApiHandler } from '../../../lambda/functions/api.ts';

const environment = {
  TABLE_NAME: 'table',
  QUEUE_URL: 'https://sqs.example/queue',
  PAYLOAD_BUCKET: 'bucket',
  SEALING_SECRET_ARN: 'arn',
  AUTH: 'none',
};
const server = { info: { name: 'api', version: '1' }, load: async () => Promise.reject(new Error('not loaded')) };

describe('the API function', () => {
  test('starts with its environment', () => {
    expect(createApiHandler(server, environment)).toBeTypeOf('function');
  });

  test.each(Object.keys(environment))('without %s it fails at start-up, naming the variable', (name) => {
    expect(() => createApiHandler(server, { ...environment, [name]: undefined })).toThrow(name);
  });

  test('a setting that is not a number fails at start-up', () => {
    expect(() => createApiHandler(server, { ...environment, LEASE_MS: 'long' })).toThrow('LEASE_MS');
  });

  test('a poll loads the DynamoDB client, and nothing else that is large', async () => {
    const script = fileURLToPath(new URL('poll-process.ts', import.meta.url));
    const env = {
      ...process.env,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    const { loaded, serverLoads, answers } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const notFound = {
      statusCode: 200,
      body: { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Task not found' } },
    };
    expect(answers).toEqual([notFound, notFound, notFound, notFound]);
    expect(serverLoads).toBe(0);
    expect(loaded).toContain('@aws-sdk/client-dynamodb');
    const unwanted = /^zod$|^@modelcontextprotocol\/|client-(sqs|s3|secrets-manager)$/;
    expect(loaded.filter((name: string) => unwanted.test(name))).toEqual([]);
  });
});
