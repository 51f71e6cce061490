/** Properties of the sources that a reader may rely on and that a change could break unnoticed. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCycles } from './cycles.ts';
import { measureStructure, toPercent } from './figures.ts';
import { readSources } from './sources.ts';

const sources = readSources(resolve(import.meta.dirname, '../..'));
const figures = measureStructure(sources);

describe('the sources', () => {
  test('have no import cycle, not even for types', () => {
    expect(figures.importCycles).toEqual([]);
  });

  test('have no cycle between folders', () => {
    expect(figures.folderCycles).toEqual([]);
  });

  test('name functions with verbs', () => {
    expect(toPercent(figures.endingInOf.length, figures.functions)).toBeLessThan(3);
    expect(toPercent(figures.functions - figures.withoutVerb.length, figures.functions)).toBeGreaterThan(60);
  });

  test('give every exported name one meaning; only the revisions name the handlers of one method alike', () => {
    const shared = [...figures.sharedNames].filter(
      ([name, files]) => !(/^handle[A-Z]/.test(name) && files.every((file) => /^lambda\/mcp\/20/.test(file))),
    );
    expect(shared).toEqual([]);
  });

  test('are all read, with their imports and functions', () => {
    expect(sources.length).toBeGreaterThan(250);
    const server = sources.find(({ path }) => path === 'lib/mcp-tasks-server.ts');
    expect(server?.imports).toContain('lib/gateway/http-api.ts');
    expect(sources.find(({ path }) => path === 'lambda/http/body.ts')?.functions).toContain('parseBody');
  });
});

test('every cycle is found, and nothing else', () => {
  const graph = new Map([
    ['a', ['b', 'e']],
    ['b', ['c']],
    ['c', ['d', 'a']],
    ['d', ['e']],
    ['e', []],
    ['f', ['g']],
    ['g', ['f']],
  ]);
  expect(findCycles(graph)).toEqual([
    ['a', 'b', 'c'],
    ['f', 'g'],
  ]);
});
