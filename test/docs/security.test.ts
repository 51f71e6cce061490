/** The threat table names the test for each row: the file exists and contains the test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY_ROOT, readRepositoryFile } from './markdown.ts';

const rows = readRepositoryFile('docs/security.md')
  .split('\n')
  .filter((line) => /^\| [^|]+ \| [^|]+ \| `test\//.test(line));

test('the table is found', () => {
  expect(rows.length).toBeGreaterThan(20);
});

test.each(rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))))(
  '%s',
  (_, __, shown = '') => {
    const named = [...shown.matchAll(/`(test\/[^`]+)`: ((?:"[^"]+"(?:, )?)+)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, file = '', titles = ''] of named) {
      expect(existsSync(join(REPOSITORY_ROOT, file)), file).toBe(true);
      const source = readRepositoryFile(file).replaceAll("\\'", "'");
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) expect(source, file).toContain(title);
    }
  },
);
