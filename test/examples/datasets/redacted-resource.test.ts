import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOutputStore } from '../../../examples/datasets/outputs.ts';
import { registerRedactedResource, toOutputId, toOutputUri } from '../../../examples/datasets/redacted-resource.ts';

describe('redacted://{id}, through the official client', () => {
  const client = new Client({ name: 'test', version: '1' });
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'resource-test-'));
    const server = new McpServer({ name: 'test', version: '1' });
    await registerRedactedResource(server, createOutputStore({ DATASETS_FOLDER: folder }));
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await server.connect(ours);
    await client.connect(theirs);
  });
  afterAll(async () => {
    await client.close();
    await rm(folder, { recursive: true });
  });

  const put = async (key: string, text: string) => {
    const id = toOutputId(key);
    await createOutputStore({ DATASETS_FOLDER: folder }).put(id, Readable.from([text]));
    return toOutputUri(id);
  };

  test('returns what was written', async () => {
    const uri = await put('task/write/1', 'name\nname-0123456789ab\n');
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([{ uri, mimeType: 'text/csv', text: 'name\nname-0123456789ab\n' }]);
  });

  test('is offered as a template, and no output is listed, because an id is all that is needed to read', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates).toMatchObject([{ uriTemplate: 'redacted://{id}', mimeType: 'text/csv' }]);
    expect((await client.listResources()).resources).toEqual([]);
  });

  test.each(['0'.repeat(32), '..', '..%2F..%2Fsecret', 'A'.repeat(32), `${'0'.repeat(32)}.csv`])(
    'does not find %s',
    async (id) => {
      await writeFile(join(folder, 'secret.csv'), 'secret');
      await expect(client.readResource({ uri: `redacted://${id}` })).rejects.toMatchObject({ code: -32602 });
    },
  );

  test.each([
    ['too long', 'x'.repeat(5_600_000)],
    ['too long once it is escaped', '"\n'.repeat(900_000)],
  ])('refuses an output that is %s for a response, with the reason', async (_, text) => {
    const uri = await put(`large/${text.length}`, text);
    await expect(client.readResource({ uri })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('too large'),
    });
  });

  test('has the same id for every attempt of a step, and no trace of the task in it', () => {
    expect(toOutputId('task-1/write/1')).toBe(toOutputId('task-1/write/1'));
    expect(toOutputId('task-1/write/1')).not.toBe(toOutputId('task-2/write/1'));
    expect(toOutputId('task-1/write/1')).toMatch(/^[0-9a-f]{32}$/);
  });
});
