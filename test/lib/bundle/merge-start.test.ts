import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../../lib/bundle/bundling.ts';
import { collectStaticImports } from '../../../lib/bundle/merge-start.ts';

const root = mkdtempSync(join(tmpdir(), 'merge-start-test-'));
const writeSource = (name: string, text: string) => {
  mkdirSync(join(root, 'src'), { recursive: true });
  writeFileSync(join(root, 'src', name), text);
  return join(root, 'src', name);
};

/** A start that shares a different part with each of two later modules: without merging, a chunk for each. */
function makeBundle(outdir: string, merge?: boolean): ReturnType<typeof bundle> {
  writeSource(
    'known.ts',
    'export class Known extends Error {}\nexport const loads = { known: 0 };\nloads.known += 1;\n',
  );
  writeSource('words.ts', "export const greeting = (name: string) => 'Hello, ' + name;\n");
  writeSource('early.ts', "export const early = new Map([['is', 'early']]);\n");
  writeSource(
    'first.ts',
    "import { early } from './early.ts';\nimport { Known } from './known.ts';\n" +
      "export function fail(): never { throw new Known(String(early.get('is'))); }\n",
  );
  writeSource(
    'second.ts',
    "import { early } from './early.ts';\nimport { greeting } from './words.ts';\n" +
      "export const say = () => greeting(String(early.get('is')));\n",
  );
  const start = writeSource(
    'start.ts',
    "import { early } from './early.ts';\nimport { Known, loads } from './known.ts';\nimport { greeting } from './words.ts';\n" +
      'export const handler = async () => {\n' +
      "  const said = (await import('./second.ts')).say();\n" +
      "  try { (await import('./first.ts')).fail(); }\n" +
      '  catch (error) { return { known: error instanceof Known, loads, said, own: greeting([...early.values()][0] ?? "") }; }\n' +
      '};\n',
  );
  return bundle(`export { handler } from ${JSON.stringify(start)};\n`, join(root, outdir), { merge });
}

let metafile: ReturnType<typeof bundle>;
beforeAll(() => {
  metafile = makeBundle('out');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a start', () => {
  test('is the entry and one other file, also in the metafile', () => {
    const entry = Object.keys(metafile.outputs).find((path) => basename(path) === 'index.mjs') ?? '';
    const start = collectStaticImports(entry, metafile.outputs);
    expect(start).toEqual([entry, expect.stringMatching(/\/chunks\/merged-\w+\.mjs$/)]);
    const sources = start
      .flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}))
      .map((path) => basename(path));
    expect(sources).toEqual(expect.arrayContaining(['start.ts', 'known.ts', 'early.ts', 'words.ts']));
    const later = metafile.outputs[entry]?.imports.filter(({ kind }) => kind === 'dynamic-import') ?? [];
    expect(later.map(({ path }) => path in metafile.outputs)).toEqual([true, true]);
  });

  test('shares its modules with what is loaded later: no module is loaded twice', async () => {
    const { handler } = await import(pathToFileURL(join(root, 'out', 'index.mjs')).href);
    expect(await handler()).toEqual({
      known: true,
      loads: { known: 1 },
      said: 'Hello, early',
      own: 'Hello, early',
    });
  });

  test('does not wait for itself if it loads something before it has been evaluated', async () => {
    const start = join(root, 'src', 'start.ts');
    const out = join(root, 'awaiting');
    bundle(`import { handler } from ${JSON.stringify(start)};\nexport const answer = await handler();\n`, out);
    expect(await import(pathToFileURL(join(out, 'index.mjs')).href)).toMatchObject({ answer: { known: true } });
  });

  test('works the same without the merging, from more files', async () => {
    const { outputs } = makeBundle('unmerged', false);
    const entry = Object.keys(outputs).find((path) => basename(path) === 'index.mjs') ?? '';
    expect(collectStaticImports(entry, outputs).length).toBeGreaterThan(2);
    const { handler } = await import(pathToFileURL(join(root, 'unmerged', 'index.mjs')).href);
    expect(await handler()).toMatchObject({ known: true, own: 'Hello, early' });
  });

  test('has a source map that leads back to the sources', () => {
    const merged = readdirSync(join(root, 'out', 'chunks')).find((name) => /^merged-.*\.map$/.test(name)) ?? '';
    const { sources, mappings } = JSON.parse(readFileSync(join(root, 'out', 'chunks', merged), 'utf8'));
    for (const name of ['known.ts', 'early.ts', 'words.ts'])
      expect(sources).toContainEqual(expect.stringMatching(new RegExp(`/${name}$`)));
    expect(sources.filter((path: string) => path.includes('chunk-'))).toEqual([]);
    expect(mappings.length).toBeGreaterThan(50);
  });

  test('leaves no source map of the merged chunks behind', () => {
    const files = readdirSync(join(root, 'out', 'chunks'));
    const stubs = files.filter((name) => name.startsWith('chunk-') && name.endsWith('.mjs'));
    expect(stubs.length).toBeGreaterThan(0);
    for (const name of stubs) {
      expect(readFileSync(join(root, 'out', 'chunks', name), 'utf8')).toMatch(/^export\{.*\}from"\.\/start\.mjs";\n$/);
      expect(files).not.toContain(`${name}.map`);
    }
  });
});
