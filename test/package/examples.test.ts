/** Every public name has a doc comment with an example, and every example compiles. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY_ROOT } from '../docs/markdown.ts';
import { type EntryPoint, listExamples, readDocComment, readEntryPoints } from './public-surface.ts';

const entryPoints = readEntryPoints();
const publicNames = [...new Map(entryPoints.flatMap(({ names }) => names).map((each) => [each.name, each])).values()];

/** The construct's props are a manual by their `@default`s; how they go together is shown at the construct. */
const isProp = (specifier: string, kind: string) => specifier.endsWith('/cdk') && kind === 'type';

describe.each(entryPoints)('$specifier', ({ specifier, names }) => {
  test('documents every name', () => {
    expect(names.filter((each) => readDocComment(each) === '').map(({ name }) => name)).toEqual([]);
  });

  test('shows an example of every name', () => {
    const shown = names.filter(({ kind }) => !isProp(specifier, kind));
    expect(shown.filter((each) => !readDocComment(each).includes('@example')).map(({ name }) => name)).toEqual([]);
  });
});

test.each(['step', 'elicit', 'sleep', 'waitFor'])('task.%s shows what is wrong next to what is right', (member) => {
  const { source = '' } = publicNames.find(({ name }) => name === 'TaskContext') ?? {};
  const [, comment = ''] = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n  ${member}\\W`).exec(source) ?? [];
  expect(comment).toMatch(/\/\/ WRONG: [\s\S]*\/\/ RIGHT: /);
});

describe('an example', () => {
  // Inside the repository, where its packages are found, and ignored by Git.
  mkdirSync(join(REPOSITORY_ROOT, '.local'), { recursive: true });
  const folder = mkdtempSync(join(REPOSITORY_ROOT, '.local/examples-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('compiles; where it shows a type error, that is one', async () => {
    const examples = publicNames.flatMap((each) => listExamples(each).map((code) => ({ name: each.name, code })));
    for (const [index, { name, code }] of examples.entries())
      writeFileSync(join(folder, `${index}-${name}.ts`), toModule(code));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, paths: toPaths(folder, entryPoints) },
        include: ['.'],
        exclude: [],
      }),
    );
    const tsc = join(REPOSITORY_ROOT, 'node_modules/.bin/tsc');
    const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch((error: { stdout: string }) => error);
    // Errors elsewhere are found by `npm run check`.
    const errors = stdout.split('\n').filter((line) => line.includes(basename(folder)) || line.startsWith('error'));
    expect(errors).toEqual([]);
  });
});

/** An example that imports nothing is part of a handler: `task`, `z` and every public name are in scope. */
function toModule(code: string): string {
  if (/^import /m.test(code)) return code;
  const imports = entryPoints
    .filter(({ specifier }) => !specifier.endsWith('/cdk'))
    .map(({ specifier, names }) => {
      const list = names.map(({ name, kind }) => (kind === 'type' ? `type ${name}` : name));
      return `import { ${list.join(', ')} } from '${specifier}';`;
    });
  return [
    "import { z } from 'zod';",
    ...imports,
    'export async function example(task: TaskContext): Promise<unknown> {',
    code,
    '  return undefined;',
    '}',
  ].join('\n');
}

const toPaths = (folder: string, entries: readonly EntryPoint[]) =>
  Object.fromEntries(
    entries.map(({ specifier, file }) => [specifier, [relative(folder, join(REPOSITORY_ROOT, file))]]),
  );
