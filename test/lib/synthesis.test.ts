import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { DatasetsStack } from '../../examples/datasets/stack.ts';
import { createSynthesisApp, synthesizeStack } from '../../lib/local/synthesize.ts';

const root = mkdtempSync(join(tmpdir(), 'synthesis-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the app', () => {
  test('synthesizes a deployable assembly with no AWS credentials, no region and no home', () => {
    const outdir = join(root, 'cdk.out');
    const { status, stderr } = spawnSync('node_modules/.bin/cdk', ['synth', '--quiet', '--output', outdir], {
      // The app sees nothing else of this machine's environment, such as an AWS account.
      env: { PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}`, HOME: root, CI: 'true' },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    // One for each function: the API and the worker with the example's data, the other two without.
    expect(assets).toHaveLength(4);
    for (const asset of assets) expect(existsSync(join(outdir, asset, 'index.mjs'))).toBe(true);
    const withData = assets.filter((asset) => existsSync(join(outdir, asset, 'datasets', 'stocks.csv')));
    expect(withData).toHaveLength(2);

    const template = JSON.parse(readFileSync(join(outdir, 'McpTasks.template.json'), 'utf8'));
    const variables = (id: string) => template.Resources[id].Properties.Environment.Variables;
    expect(variables('McpWorker7DB8848E').DATASETS_DIR).toBe('/var/task/datasets');
    expect(`${stderr}`).toContain('The MCP endpoint is anonymous');
  });
});

describe('the construct', () => {
  test('warns that its endpoint is anonymous', () => {
    const app = new App({ context: { [BUNDLING_STACKS]: [] } });
    const stack = new DatasetsStack(app, 'McpTasks');
    const messages = app.synth().getStackArtifact(stack.artifactId).messages;
    expect(messages.map(({ level, entry }) => [level, entry.data])).toEqual([
      ['warning', expect.stringContaining('The MCP endpoint is anonymous')],
    ]);
  });

  test('is the same in an app with all the recommended feature flags and in one without', () => {
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
    expect(Object.keys(context).length).toBeGreaterThan(50);
    expect(sortActions(synthesizeWith(context))).toEqual(sortActions(synthesizeWith({})));
  });
});

describe('synthesizing in this process', () => {
  test('gives the template that the CDK command gives, and leaves no file behind', () => {
    // A separate folder: other processes create temporary files at the same time.
    const temporary = mkdtempSync(join(root, 'tmp-'));
    vi.stubEnv('TMPDIR', temporary);
    const app = createSynthesisApp({ bundle: false });
    const template = synthesizeStack(app, new DatasetsStack(app, 'McpTasks'));
    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual([]);
    expect(sortActions(template)).toEqual(sortActions(synthesizeWith({})));
  });
});

function synthesizeWith(context: Record<string, unknown>): unknown {
  const app = new App({ context: { ...context, [BUNDLING_STACKS]: [] }, outdir: mkdtempSync(join(root, 'assembly-')) });
  const stack = new DatasetsStack(app, 'McpTasks');
  return app.synth().getStackArtifact(stack.artifactId).template;
}

/** A feature flag chooses the order of actions in policies, which has no meaning. */
const sortActions = (template: unknown) =>
  JSON.parse(JSON.stringify(template), (key, value) =>
    key === 'Action' && Array.isArray(value) ? value.toSorted() : value,
  );
