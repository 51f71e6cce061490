import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createOutputStore, type OutputStore } from '../../../examples/datasets/outputs.ts';

/** What every store promises. */
function testOutputStore(open: () => OutputStore) {
  test('returns what was put', async () => {
    const text = `name\n${'Žižek 😀\n'.repeat(20_000)}`;
    expect(await open().put('a1', Readable.from([text]))).toBe(Buffer.byteLength(text));
    const output = await open().get('a1');
    expect(output?.bytes).toBe(Buffer.byteLength(text));
    expect(await output?.text()).toBe(text);
  });

  test('replaces an output that is put again', async () => {
    await open().put('b2', Readable.from(['first, and longer']));
    await open().put('b2', Readable.from(['second']));
    expect(await (await open().get('b2'))?.text()).toBe('second');
  });

  test('finds nothing under an id that was never put', async () => {
    expect(await open().get('c3')).toBeUndefined();
  });

  test('stores nothing of a stream that fails', async () => {
    const failing = Readable.from(
      (function* () {
        yield 'half of it';
        throw new Error('the source broke');
      })(),
    );
    await expect(open().put('d4', failing)).rejects.toThrow('the source broke');
    expect(await open().get('d4')).toBeUndefined();
  });

  test('stores nothing of a stream that had failed before it was read', async () => {
    const failed = new Readable({ read() {} });
    failed.on('error', () => {});
    failed.destroy(new Error('broken from the start'));
    await once(failed, 'close').catch(() => {});
    await expect(open().put('d5', failed)).rejects.toThrow('broken from the start');
    expect(await open().get('d5')).toBeUndefined();
  });
}

describe('outputs in a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outputs-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  testOutputStore(() => createOutputStore({ DATASETS_FOLDER: folder }));

  test('are files under outputs/, with nothing unfinished next to them', async () => {
    expect((await readdir(join(folder, 'outputs'))).sort()).toEqual(['a1.csv', 'b2.csv']);
  });
});

describe('outputs in a bucket', () => {
  let s3: FauxqsServer;
  beforeAll(async () => {
    s3 = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    s3.createBucket('redacted');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${s3.port}`);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await s3.stop();
  });

  testOutputStore(() => createOutputStore({ DATASETS_BUCKET: 'redacted' }));

  // No emulator has the policies of S3, so a server with S3's answers stands in.
  test.each([
    [403, 'a missing output, because the function may not list the bucket'],
    [400, 'an error'],
  ])('take status %i of S3 for %s', async (status) => {
    const answering = createServer((_, response) => response.writeHead(status).end());
    await once(answering.listen(0, '127.0.0.1'), 'listening');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(answering.address() as AddressInfo).port}`);
    const got = createOutputStore({ DATASETS_BUCKET: 'redacted' }).get('a1');
    if (status === 403) expect(await got).toBeUndefined();
    else await expect(got).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
    answering.closeAllConnections();
    answering.close();
  });
});

describe('outputs with neither bucket nor folder', () => {
  test('go to a folder for temporary files, which is not touched before', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'outputs-test-'));
    vi.stubEnv('TMPDIR', scratch);
    const outputs = createOutputStore({});
    expect(await readdir(scratch)).toEqual([]);
    await outputs.put('e5', Readable.from(['text']));
    expect(await readdir(join(scratch, 'datasets', 'outputs'))).toEqual(['e5.csv']);
    vi.unstubAllEnvs();
    await rm(scratch, { recursive: true });
  });
});
