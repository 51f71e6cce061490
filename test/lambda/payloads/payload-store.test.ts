import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createS3Client } from '../../../lambda/aws/s3.ts';
import { FolderPayloadStore, PayloadMissing } from '../../../lambda/payloads/index.ts';
import { S3PayloadStore } from '../../../lambda/payloads/s3.ts';
import type { PayloadStore } from '../../../lambda/payloads/store.ts';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';

const large = JSON.stringify({ text: 'ä\u{1F600}'.repeat(500_000) });

const testPayloadStore = (store: () => PayloadStore) => {
  test('returns what was put', async () => {
    await store().put('task-1/run-1/outcome', '{"result":{}}');
    expect(await store().get('task-1/run-1/outcome')).toBe('{"result":{}}');
  });
  test('returns megabytes byte for byte', async () => {
    await store().put('large', large);
    expect(await store().get('large')).toBe(large);
  });
  test('accepts a repeated put', async () => {
    await store().put('again', 'same');
    await store().put('again', 'same');
    expect(await store().get('again')).toBe('same');
  });
  test('accepts concurrent puts', async () => {
    await Promise.all(Array.from({ length: 10 }, () => store().put('race', large)));
    expect(await store().get('race')).toBe(large);
  });
  test('names the payload that is missing', async () => {
    await expect(store().get('not/there')).rejects.toThrow(PayloadMissing);
    await expect(store().get('not/there')).rejects.toThrow('not/there');
  });
};

const picture = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);

describe('the payload store in a folder', () => {
  let outside: string;
  let folder: string;
  let store: FolderPayloadStore;
  beforeAll(async () => {
    outside = await mkdtemp(join(tmpdir(), 'payloads-'));
    folder = join(outside, 'made', 'when', 'needed');
    store = new FolderPayloadStore(folder);
  });
  afterAll(() => rm(outside, { recursive: true }));

  testPayloadStore(() => store);

  test('never overwrites', async () => {
    await store.put('kept', 'first');
    await store.put('kept', 'second');
    expect(await store.get('kept')).toBe('first');
  });

  test.each(['../../../escaped', '/etc/escaped', '.', '..', '', 'a\u0000b', 'a/../b', 'x'.repeat(5_000)])(
    'keeps the key %j inside the folder and apart from others',
    async (key) => {
      await store.put(key, JSON.stringify(key));
      expect(await store.get(key)).toBe(JSON.stringify(key));
      expect(await readdir(outside)).toEqual(['made']);
    },
  );

  test('stores files that their URL leads to, with an extension for their type', async () => {
    await store.files.put('tasks/1/result-run/content-1.png', picture, 'image/png');
    const url = new URL(await store.files.url('tasks/1/result-run/content-1.png', 60));
    expect(url.protocol).toBe('file:');
    expect(url.pathname).toMatch(/[0-9a-f]{64}\.png$/);
    expect(new Uint8Array(await readFile(url))).toEqual(picture);
  });

  test('leaves no half-written file behind', async () => {
    await store.put('whole', large);
    expect((await readdir(folder)).filter((name) => !/^[0-9a-f]{64}\.(json|png)$/.test(name))).toEqual([]);
  });
});

describe('the payload store on S3', () => {
  const emulator = buildApp({ logger: false });
  let store: S3PayloadStore;
  beforeAll(async () => {
    const endpoint = await emulator.listen({ host: '127.0.0.1', port: 0 });
    const client = createS3Client({ endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });
    client.config.forcePathStyle = true;
    await client.send(new CreateBucketCommand({ Bucket: 'payloads' }));
    store = new S3PayloadStore({ client, bucket: 'payloads' });
  });
  afterAll(() => emulator.close());

  testPayloadStore(() => store);

  test('stores files that the holder of their URL can read, with their type', async () => {
    const key = 'tasks/1/result-run/content-1.png';
    await store.files.put(key, picture, 'image/png');
    const response = await fetch(await store.files.url(key, 60));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(picture);
  });

  test('signs URLs for the given time, with the credentials that the function has then', async () => {
    const { searchParams } = new URL(await store.files.url('tasks/1/result-run/content-1.png', 3_600));
    expect(searchParams.get('X-Amz-Expires')).toBe('3600');
    expect(searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a put to S3', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** S3 that answers puts with these statuses, one after the other: no emulator here knows `If-None-Match` on a put. */
  const s3That = async (...statuses: number[]) => {
    const ifNoneMatch: unknown[] = [];
    server = createServer((request, response) => {
      ifNoneMatch.push(request.headers['if-none-match']);
      request.resume().on('end', () => response.writeHead(statuses.shift() ?? 200).end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createS3Client({ endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });
    client.config.forcePathStyle = true;
    return { store: new S3PayloadStore({ client, bucket: 'payloads' }), ifNoneMatch };
  };

  test('is conditional on a free key', async () => {
    const { store, ifNoneMatch } = await s3That(200);
    await store.put('key', 'text');
    expect(ifNoneMatch).toEqual(['*']);
  });
  test('is done when the object is there already', async () => {
    const { store } = await s3That(412);
    await expect(store.put('key', 'text')).resolves.toBeUndefined();
  });
  test('is retried while another one has not ended', async () => {
    const { store, ifNoneMatch } = await s3That(409, 409, 412);
    await expect(store.put('key', 'text')).resolves.toBeUndefined();
    expect(ifNoneMatch).toHaveLength(3);
  });
  test('fails when the conflict stays, and when it is not allowed', async () => {
    await expect((await s3That(409, 409, 409)).store.put('key', 'text')).rejects.toThrow();
    await expect((await s3That(403)).store.put('key', 'text')).rejects.toThrow();
  });
});
