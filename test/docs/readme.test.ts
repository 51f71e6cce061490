/** The README's code compiles and does what the README says; its figures are those that the bench counts. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureCalls } from '../../bench/calls.ts';
import type { ServerDefinition, Tool } from '../../lambda/index.ts';
import { runTool } from '../../lambda/testing.ts';
import { startEmbeddedDynamoDb } from '../../lib/local/dynamodb.ts';
import { findCodeBlocks, REPOSITORY_ROOT, readRepositoryFile } from './markdown.ts';

const README = readRepositoryFile('README.md');

describe('the code', () => {
  let folder = '';
  const written: string[] = [];

  beforeAll(() => {
    // Inside the repository, where its packages are found, and ignored by Git.
    mkdirSync(join(REPOSITORY_ROOT, '.local'), { recursive: true });
    folder = mkdtempSync(join(REPOSITORY_ROOT, '.local/readme-'));
    for (const code of findCodeBlocks(README, 'ts')) {
      const [, file] = /^\/\/ (\S+\.ts)$/m.exec(code) ?? [];
      if (!file) throw new Error(`A snippet must begin with the name of its file:\n${code}`);
      // A reader saves the snippets next to the README.
      writeFileSync(join(folder, file), code.replaceAll(/from '\.\//g, `from '../../`));
      written.push(file);
    }
    const compilerOptions = { noEmit: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['.'] }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('compiles', async () => {
    expect(written).toEqual(['my-server.ts', 'my-app.ts']);
    const tsc = join(REPOSITORY_ROOT, 'node_modules/.bin/tsc');
    const output = await promisify(execFile)(tsc, ['-p', folder]).catch((error: { stdout: string }) => error);
    // Errors elsewhere are found by `npm run check`.
    expect(selectSnippetErrors(output.stdout)).toEqual([]);
  });

  const selectSnippetErrors = (errors: string) =>
    errors.split('\n').filter((line) => line.includes(basename(folder)) || line.startsWith('error'));

  const loadWordsTool = async (): Promise<Tool> => {
    const module = (await import(join(folder, 'my-server.ts'))) as { default: ServerDefinition };
    return module.default.tools.get('count_words') as Tool;
  };

  test('counts the words that the README’s command asks for', async () => {
    const [, args = '', name = '', value = ''] = /count_words '([^']+)' --answer (\w+)=(\d+)/.exec(README) ?? [];
    const report = await runTool(await loadWordsTool(), JSON.parse(args), {
      answers: { length: { [name]: Number(value) } },
      replay: 'every-step',
    });
    expect(report.error).toBeUndefined();
    expect(report.result?.structuredContent).toEqual({ words: 1, longest: 'not' });
  });

  test('counts nothing for a user who declines', async () => {
    const report = await runTool(
      await loadWordsTool(),
      { text: 'a b' },
      { answers: { length: { action: 'decline' } } },
    );
    expect(report.result).toMatchObject({ isError: true, content: [{ text: 'Nothing counted (decline).' }] });
  });
});

test('quotes the requests and capacity units that the bench counts', async () => {
  const database = await startEmbeddedDynamoDb();
  const { calls } = await measureCalls(database.endpoint).finally(() => database.stop());
  const [table = ''] = findCodeBlocks(README, 'text');
  const rows = table
    .split('\n')
    .slice(1)
    .filter((line) => /^\w+.*\d/.test(line) && !line.startsWith('The row'));
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    const cost = calls.find(({ call }) => call === row.slice(0, 18).trim());
    const [, read, write] = /\s(\d+)\s+(\d+)(?:\s|$)/.exec(row.slice(44)) ?? [];
    const requests = [...row.matchAll(/(\d+) ([A-Z]\w+)/g)].map(([, times, name]) => [name, Number(times)]);
    expect(cost, row).toMatchObject({ readUnits: Number(read), writeUnits: Number(write) });
    expect(roundCounts(cost?.requests), row).toEqual(Object.fromEntries(requests));
  }
});

/** Counts of heartbeats are means. */
const roundCounts = (requests: Readonly<Record<string, number>> = {}) =>
  Object.fromEntries(Object.entries(requests).map(([name, times]) => [name, Math.round(times)]));

test('names the versions that are installed', () => {
  const { devDependencies } = JSON.parse(readRepositoryFile('package.json')) as {
    devDependencies: Record<string, string>;
  };
  const named = [...README.matchAll(/`(@modelcontextprotocol\/[\w-]+)` (\d[\w.-]*\w)/g)];
  expect(named.map(([, name]) => basename(name ?? ''))).toContain('conformance');
  for (const [, name = '', version] of named) expect(devDependencies[name], name).toBe(version);
});
