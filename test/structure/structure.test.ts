/** How the sources hang together: what a reader may rely on, and a change could undo unnoticed. */
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

  test('have no cycle of folders', () => {
    expect(figures.folderCycles).toEqual([]);
  });

  test('name functions with verbs', () => {
    expect(toPercent(figures.endingInOf.length, figures.functions)).toBeLessThan(3);
    expect(toPercent(figures.functions - figures.withoutVerb.length, figures.functions)).toBeGreaterThan(60);
  });

  test('are all read, with their imports', () => {
    expect(sources.length).toBeGreaterThan(250);
    const server = sources.find(({ path }) => path === 'lib/mcp-tasks-server.ts');
    expect(server?.imports).toContain('lib/gateway/http-api.ts');
    expect(sources.find(({ path }) => path === 'lambda/http/body.ts')?.functions).toContain('parseBody');
  });
});

test('a cycle is found, whatever else there is', () => {
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
