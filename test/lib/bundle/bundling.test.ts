import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createThreadStarter } from '../../../lambda/engine/worker/thread/thread-run.ts';
import { EMPTY_HISTORY } from '../../../lambda/tool/history.ts';
import type { RunHost } from '../../../lambda/tool/run.ts';
import { bundle, copyAsset } from '../../../lib/bundle/bundling.ts';
import {
  buildApiEntry,
  buildDeadLetterEntry,
  buildExternalEntry,
  buildWorkerEntry,
  buildWorkerSideEntries,
} from '../../../lib/bundle/entries.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../../../lib/local/aws.ts';
import { createTaskTable, getDynamoDbEndpoint } from '../../support/dynamodb.ts';
import { invokeBundle } from '../../support/invoke-bundle.ts';
import { FIXTURE_SERVER } from '../../support/template.ts';

const info = { name: 'words', version: '2.0.0', title: 'Words' };
const sources = {
  api: buildApiEntry(FIXTURE_SERVER, info),
  worker: buildWorkerEntry(FIXTURE_SERVER, info),
  deadLetter: buildDeadLetterEntry(),
  external: buildExternalEntry(),
};
type BundleRole = keyof typeof sources;
const ROLES = Object.keys(sources) as BundleRole[];

const root = mkdtempSync(join(tmpdir(), 'bundles-'));
const table = `tasks-${randomUUID()}`;
const findAdditionalEntries = (role: BundleRole) => (role === 'worker' ? buildWorkerSideEntries(FIXTURE_SERVER) : {});
const bundles = new Map(
  ROLES.map((role) => [role, bundle(sources[role], join(root, role), { sideEntries: findAdditionalEntries(role) })]),
);
const getMetafile = (role: BundleRole) => bundles.get(role) as Metafile;

beforeAll(() => createTaskTable(getDynamoDbEndpoint(), table));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const environment = {
  ...LOCAL_AWS_ENVIRONMENT,
  AWS_ENDPOINT_URL_DYNAMODB: getDynamoDbEndpoint(),
  TABLE_NAME: table,
  QUEUE_URL: 'http://127.0.0.1:1/queue',
  PAYLOAD_FOLDER: join(root, 'payloads'),
  AUTH: 'none',
  SEALING_SECRET: 'a secret that is long enough to seal with, for a test',
};

/** An event of the HTTP API that carries a 2026-07-28 request. */
function buildGatewayEvent(method: string, params: Record<string, unknown>) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
  };
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
  };
  if (typeof params.taskId === 'string') headers['mcp-name'] = params.taskId;
  return {
    version: '2.0',
    rawPath: '/mcp',
    headers,
    requestContext: { http: { method: 'POST', path: '/mcp' }, stage: '$default', domainName: 'localhost' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
    isBase64Encoded: false,
  };
}

const parseGatewayReply = (value: unknown) => {
  const { statusCode, body } = value as { statusCode: number; body: string };
  return { statusCode, ...JSON.parse(body) };
};

describe('the bundles', () => {
  test('need nothing but Node: they contain the AWS SDK', () => {
    for (const role of ROLES) {
      const externals = Object.values(getMetafile(role).outputs).flatMap(({ imports }) =>
        imports.filter(({ external }) => external).map(({ path }) => path.replace(/^node:/, '').split('/')[0]),
      );
      expect(
        externals.filter((name) => !builtinModules.includes(name ?? '')),
        role,
      ).toEqual([]);
    }
  });

  test('are the same in every folder, so that a deployment without changes changes nothing', () => {
    const [here, elsewhere] = [join(root, 'here'), join(root, 'else', 'where')];
    bundle(sources.api, here);
    bundle(sources.api, elsewhere);
    expect(readBundleFiles(elsewhere)).toEqual(readBundleFiles(here));
    for (const [name, text] of readBundleFiles(here)) expect(text.includes(process.cwd()), name).toBe(false);
  });

  test.each(ROLES)('%s: starts in its own process', (role) => {
    const { coldStart } = invokeBundle(join(root, role), [], environment);
    expect(coldStart).toContain('index.mjs');
  });

  test.each(ROLES)('%s: reports at its first line what is missing', (role) => {
    const { TABLE_NAME: _, ...incomplete } = environment;
    expect(() => invokeBundle(join(root, role), [], incomplete)).toThrow(/ConfigurationError: .*TABLE_NAME is missing/);
  });

  test('print their sizes', () => {
    for (const role of ROLES) {
      const first = listColdStartFiles(getMetafile(role)).map((path) =>
        readFileSync(join(root, role, toExpectedPath(path))),
      );
      const bytes = first.reduce((sum, file) => sum + file.length, 0);
      const gzip = first.reduce((sum, file) => sum + gzipSync(file).length, 0);
      console.log(`${role}: cold start ${bytes} bytes in ${first.length} files (${gzip} gzip)`);
      // The AWS clients alone are 250 KB: what doubles that was loaded by mistake.
      expect(bytes).toBeLessThan(500_000);
    }
  });
});

describe('a poll', () => {
  const packagesOf = (meta: Metafile, files: readonly string[]) =>
    new Set(
      Object.entries(meta.outputs)
        .filter(([path]) => files.includes(basename(path)))
        .flatMap(([, { inputs }]) => Object.keys(inputs))
        .map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? input),
    );

  test('loads neither the tools nor zod nor the official SDK, by what the files import', () => {
    const needed = packagesOf(
      getMetafile('api'),
      listColdStartFiles(getMetafile('api')).map((path) => basename(path)),
    );
    expect(needed).toContain('@aws-sdk/client-dynamodb');
    expect(needed).toContain('lambda/functions/api.ts');
    for (const unneeded of ['zod', '@modelcontextprotocol/server', FIXTURE_SERVER])
      expect(needed).not.toContain(unneeded);
  });

  test('loads nothing more when it is answered; a list of tools loads them', () => {
    const poll = buildGatewayEvent('tasks/get', { taskId: 'no-such-task-0123456789abcdef' });
    const { coldStart, answers } = invokeBundle(
      join(root, 'api'),
      [poll, buildGatewayEvent('tools/list', {})],
      environment,
    );
    const [polled, listed] = answers;
    expect(parseGatewayReply(polled?.value)).toMatchObject({ error: { code: -32602 } });
    expect(polled?.loaded).toEqual([]);
    expect(packagesOf(getMetafile('api'), coldStart)).not.toContain('zod');

    expect(parseGatewayReply(listed?.value)).toMatchObject({
      statusCode: 200,
      result: { tools: [{ name: 'count_words' }] },
    });
    const more = packagesOf(getMetafile('api'), listed?.loaded ?? []);
    for (const needed of ['zod', '@modelcontextprotocol/server', FIXTURE_SERVER]) expect(more).toContain(needed);
  });

  test('is answered with the name of the server, which is known without loading it', () => {
    const discover = buildGatewayEvent('server/discover', {});
    const { answers } = invokeBundle(join(root, 'api'), [discover], environment);
    expect(JSON.stringify(parseGatewayReply(answers[0]?.value))).toContain(
      '"name":"words","version":"2.0.0","title":"Words"',
    );
  });
});

describe('the thread of a worker', () => {
  const toFileUrl = (name: string) => pathToFileURL(join(root, 'worker', name));

  test('is in the bundle, at the path that the worker uses, and runs a tool of the bundled server', async () => {
    for (const name of ['./thread.mjs', './server.mjs']) {
      expect(sources.worker).toContain(`new URL('${name}', import.meta.url)`);
      expect(existsSync(toFileUrl(name))).toBe(true);
    }
    const start = createThreadStarter({ entry: toFileUrl('thread.mjs'), server: toFileUrl('server.mjs') });
    const run = { key: { partition: 'task#1', id: '1' }, tool: 'count_words', arguments: { text: 'one two three' } };
    const host = { record: async () => {}, progress: () => {} } as unknown as RunHost;
    const call = { era: '2026-07-28' as const, capabilities: {}, history: EMPTY_HISTORY };
    const live = start({ ...run, ...call, handOverAt: Date.now() + 900_000 }, host);
    expect(await live.ended).toEqual({
      end: 'settled',
      outcome: { result: { content: [{ type: 'text', text: '3' }] } },
    });
    await live.close();
  });

  test('shares its code with the worker, and does not load the AWS SDK', () => {
    const loaded = listStaticImports(getMetafile('worker'), 'thread.mjs');
    const inputs = loaded.flatMap((path) => Object.keys(getMetafile('worker').outputs[path]?.inputs ?? {}));
    expect(inputs).toContain('lambda/tool/run.ts');
    expect(inputs.filter((input) => input.includes('@aws-sdk'))).toEqual([]);
  });
});

describe('an asset', () => {
  test('is copied next to the code, without what the filter leaves out', () => {
    const to = join(root, 'assets');
    copyAsset({ from: 'test/lib/fixtures', to: 'data', filter: (path) => path === 'exits.ts' }, to);
    copyAsset({ from: FIXTURE_SERVER, to: 'data/renamed.ts' }, to);
    expect(readdirSync(join(to, 'data'))).toEqual(['exits.ts', 'renamed.ts']);
  });

  test('cannot be copied out of the code', () => {
    expect(() => copyAsset({ from: FIXTURE_SERVER, to: '../elsewhere.ts' }, join(root, 'assets'))).toThrow(
      /outside the deployed code/,
    );
  });
});

/** The files that every cold start reads: the entry and all that it imports statically. */
const listColdStartFiles = (meta: Metafile): string[] => listStaticImports(meta, 'index.mjs');

function listStaticImports({ outputs }: Metafile, entry: string): string[] {
  const files = new Set<string>();
  const add = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) add(imported);
  };
  add(Object.keys(outputs).find((path) => basename(path) === entry) ?? '');
  return [...files];
}

const toExpectedPath = (path: string) =>
  basename(path) === 'index.mjs' ? 'index.mjs' : join('chunks', basename(path));

/** Code and source maps by file name. */
const readBundleFiles = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.mjs(\.map)?$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
