/** Secrets Manager has no emulator here: a stub server takes its place, so that the real client makes the requests. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import { createSecretsManagerSource } from '../../../lambda/seal/index.ts';

let versions: Record<string, string> = {};
let requests: string[] = [];
const server = createServer(async (request, response) => {
  const { SecretId, VersionStage } = (await json(request)) as { SecretId: string; VersionStage: string };
  requests.push(`${SecretId} ${VersionStage}`);
  const SecretString = versions[VersionStage];
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if (SecretString !== undefined) return response.end(JSON.stringify({ SecretString }));
  response.statusCode = 400;
  response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: `no ${VersionStage}` }));
});

beforeEach(async () => {
  requests = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a secret that was never rotated has one version, and is fetched once', async () => {
  versions = { AWSCURRENT: 'one' };
  const secrets = createSecretsManagerSource('arn', () => 0);
  expect(requests).toEqual([]);
  expect(await secrets()).toEqual(['one']);
  expect(await secrets()).toEqual(['one']);
  expect(requests.sort()).toEqual(['arn AWSCURRENT', 'arn AWSPREVIOUS']);
});

test('after a rotation the previous version comes second, and fresh versions are fetched at most once a minute', async () => {
  versions = { AWSCURRENT: 'one' };
  let now = 0;
  const secrets = createSecretsManagerSource('arn', () => now);
  await secrets();
  versions = { AWSCURRENT: 'two', AWSPREVIOUS: 'one' };
  now = 59_999;
  expect(await secrets({ fresh: true })).toEqual(['one']);
  now = 60_000;
  expect(await secrets({ fresh: true })).toEqual(['two', 'one']);
  expect(await secrets()).toEqual(['two', 'one']);
});

test('a secret that cannot be fetched is a temporary error that names the cause', async () => {
  versions = {};
  const secrets = createSecretsManagerSource('arn', () => 0);
  await expect(secrets()).rejects.toThrow(Unavailable);
  await expect(secrets()).rejects.toThrow('no AWSCURRENT');
  versions = { AWSCURRENT: 'one' };
  expect(await secrets()).toEqual(['one']);
});
