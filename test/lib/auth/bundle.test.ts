import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { bundle } from '../../../lib/bundle/bundling.ts';
import { buildApiEntry } from '../../../lib/bundle/entries.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../../../lib/local/aws.ts';
import { invokeBundle } from '../../support/invoke-bundle.ts';
import { buildApiEvent, buildRequest } from '../../support/requests.ts';
import { FIXTURE_SERVER } from '../../support/template.ts';

const folder = mkdtempSync(join(tmpdir(), 'auth-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
bundle(buildApiEntry(FIXTURE_SERVER, { name: 'words', version: '1' }), folder);

const environment = {
  ...LOCAL_AWS_ENVIRONMENT,
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
  TABLE_NAME: 'table',
  QUEUE_URL: 'http://127.0.0.1:1/queue',
  PAYLOAD_FOLDER: folder,
  SEALING_SECRET: 'a secret',
  AUTH: 'jwt',
  AUTH_ISSUER: 'http://127.0.0.1:1',
};
const buildPollEvent = (authorization?: string) =>
  buildApiEvent(buildRequest('tasks/get', { taskId: 'x' }, { headers: { authorization } }));

test('the token checks are loaded with the first token, and are small', () => {
  const { coldStart, answers } = invokeBundle(
    folder,
    [buildPollEvent(), buildPollEvent('Bearer a.b.c'), buildPollEvent('Bearer a.b.c')],
    environment,
  );
  const [without, first, second] = answers;
  expect(without).toMatchObject({ value: { statusCode: 401 }, loaded: [] });
  expect(first).toMatchObject({ value: { statusCode: 401 } });
  expect(second).toMatchObject({ value: { statusCode: 401 }, loaded: [] });
  const added = (first?.loaded ?? []).filter((name) => !coldStart.includes(name));
  expect(added.length).toBeGreaterThan(0);
  const files = added.map((name) => join(folder, 'chunks', name));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const gzip = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  console.log(`Checking tokens: ${bytes} bytes, ${gzip} compressed.`);
  expect(bytes).toBeLessThan(32_768);
});

test('the cold start does not load the token checks', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mjs'));
  const having = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('ERR_JWKS_NO_MATCHING_KEY'));
  expect(having.length).toBeGreaterThan(0);
  const { coldStart } = invokeBundle(folder, [], environment);
  expect(having.filter((name) => coldStart.includes(name.split('/').at(-1) ?? ''))).toEqual([]);
});
