import { describe, expect, test } from 'vitest';
import { loadServer } from '../../../lib/bundle/load-server.ts';
import { synthesizeTemplate } from '../../../lib/local/synthesize.ts';
import { FIXTURE_SERVER } from '../../support/template.ts';

const resolveFixture = (name: string) => `test/lib/fixtures/${name}.ts`;

describe('a server module', () => {
  test('is loaded as it will be deployed, even if it prints lines and leaves a timer running', () => {
    expect(loadServer(FIXTURE_SERVER)).toEqual({
      info: { name: 'words', version: '2.0.0', title: 'Words' },
      tools: [{ name: 'count_words', lifetimeMs: 86_400_000, retentionMs: 86_400_000, scopes: [] }],
    });
  });

  test('may be the example', () => {
    const { info, tools } = loadServer('examples/datasets/server.ts');
    expect(info.name).toBe('datasets');
    expect(tools.map(({ name }) => name)).toEqual(['list_datasets', 'profile_dataset', 'redact_dataset']);
  });
});

describe('synthesis fails, with the file and the reason, for a module', () => {
  test.each([
    ['name-twice', /Two tools are named "same_name": rename one of them/],
    ['name-in-both', /Tool same_name is already registered.*either in "tools" or registered by "mcp"/],
    ['no-server', /its default export must be what defineServer returns/],
    ['exits', /it exited the process \(exit code 0\) while loading/],
    ['unresolved', /Could not resolve "a-package-that-nobody-installed"/],
  ])('%s', (name, reason) => {
    const synthesis = () => synthesizeTemplate({ entry: resolveFixture(name) });
    expect(synthesis).toThrow(reason);
    expect(synthesis).toThrow(new RegExp(`The server module .*${name}\\.ts cannot be used`));
  });

  test('whose tasks would outlive their payloads', () => {
    expect(() => synthesizeTemplate({ entry: resolveFixture('long-lived') })).toThrow(
      /slow_tool keeps tasks longer than their payloads: raise payloadRetention to at least Duration\.days\(35\)/,
    );
  });
});
