import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LOCAL_AWS_ENVIRONMENT } from '../../lib/local/aws.ts';
import { invokeBundle } from '../support/invoke-bundle.ts';
import { installPackage } from './install-package.ts';

const { project, folder, manifest } = installPackage();
afterAll(() => rmSync(dirname(project), { recursive: true, force: true }));

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
const bin = (name: string) => resolve('node_modules/.bin', name);

/** Runs a command as the consumer does: in their project, without this project's environment variables. */
function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    env: { PATH: `${resolve('node_modules/.bin')}:${process.env.PATH}`, HOME: project, CI: 'true' },
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

/** A file of the package without its doc comments, whose examples import the package itself. */
const readCode = (name: string) => readFileSync(join(folder, name), 'utf8').replaceAll(/^\s*\/\*\*[\s\S]*?\*\//gm, '');

describe('the package', () => {
  test('has compiled modules with types: Node runs no TypeScript inside node_modules', () => {
    expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
    for (const [entry, target] of Object.entries(manifest.exports))
      for (const path of typeof target === 'string' ? [target] : Object.values(target))
        expect(existsSync(join(folder, path)), `${entry}: ${path}`).toBe(true);
  });

  test('has a licence and a readme, and neither the example nor tests other than the contract suite', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    const unexpected = files.filter((name) =>
      /datasets|\.test\.|fixtures|\/local\/|^(?!lambda\/|lib\/).*\.js$/.test(name),
    );
    expect(unexpected).toEqual([]);
    expect(files.filter((name) => name.startsWith('test/'))).toEqual([]);
  });

  test('declares everything that it imports, and requires nothing else', () => {
    const imported = new Set(
      files
        .filter((name) => name.endsWith('.js'))
        .flatMap((name) => [...readCode(name).matchAll(/(?:from |import\()'([^'.][^']*)'/g)])
        .map(([, specifier = '']) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
        .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)),
    );
    const declared = [manifest.dependencies, manifest.peerDependencies].flatMap(Object.keys);
    expect([...imported].sort()).toEqual(declared.toSorted());
  });
});

describe('a consumer’s project with the package installed', () => {
  test('compiles with its types, which refuse what cannot work; so does its copy of the example', () => {
    expect(run(bin('tsc'), '-p', '.')).toEqual({ status: 0, output: '' });
  });

  test('runs the contract suite against its own store, and tests its tool', () => {
    const { status, output } = run(
      bin('vitest'),
      'run',
      '--test-timeout=900000',
      '--reporter=json',
      '--outputFile=report.json',
    );
    expect(status, output).toBe(0);
    const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(join(project, 'report.json'), 'utf8'));
    expect(numPassedTests).toBe(numTotalTests);
    expect(numTotalTests).toBeGreaterThan(50);
  });

  test('synthesizes its stack around its own tool, and the bundle serves requests', () => {
    const { status, output } = run(bin('node'), 'bin/app.ts');
    expect(status, output).toBe(0);
    const { Resources } = JSON.parse(readFileSync(join(project, 'cdk.out', 'Consumer.template.json'), 'utf8'));
    const findBundle = (role: string) => {
      const id = Object.keys(Resources).find((name) => new RegExp(`^Mcp${role}[0-9A-F]{8}$`).test(name)) ?? '';
      const key = Resources[id]?.Properties.Code.S3Key ?? `no ${role}`;
      return join(project, 'cdk.out', `asset.${key.replace(/\.zip$/, '')}`);
    };
    for (const role of ['Api', 'Worker', 'DeadLetter', 'External', 'Streaming'])
      expect(existsSync(join(findBundle(role), 'index.mjs')), role).toBe(true);
    expect(existsSync(join(findBundle('Worker'), 'thread.mjs'))).toBe(true);

    const { answers } = invokeBundle(findBundle('Api'), [toolsList], environment);
    expect(answers[0]?.value).toMatchObject({ statusCode: 200, body: expect.stringContaining('"name":"count_words"') });
  });

  test('synthesizes its copy of the example', () => {
    const { status, output } = run(bin('node'), 'bin/datasets.ts');
    expect(status, output).toBe(0);
    const { Resources } = JSON.parse(readFileSync(join(project, 'cdk.datasets', 'Datasets.template.json'), 'utf8'));
    const resources = Object.values(Resources as Record<string, { Type: string }>);
    expect(resources.filter(({ Type }) => Type === 'AWS::S3::Bucket')).toHaveLength(2);
  });
});

const environment = {
  ...LOCAL_AWS_ENVIRONMENT,
  TABLE_NAME: 'tasks',
  QUEUE_URL: 'http://127.0.0.1:1/queue',
  PAYLOAD_FOLDER: join(project, 'payloads'),
  SEALING_SECRET: 'a secret that is long enough to seal with, for a test',
  AUTH: 'none',
};

const toolsList = {
  version: '2.0',
  rawPath: '/mcp',
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  },
  requestContext: { http: { method: 'POST', path: '/mcp' }, stage: '$default', domainName: 'localhost' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }),
  isBase64Encoded: false,
};
