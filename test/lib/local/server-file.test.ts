import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { checkServerFile } from '../../../lib/local/server-file.ts';

describe('a server module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that exports a server is accepted', async () => {
    await checkServerFile(fileURLToPath(new URL('./fixtures/server.ts', import.meta.url)));
  });

  test('with one name in both `tools` and `mcp` is refused with what to do', async () => {
    const both = fileURLToPath(new URL('../fixtures/name-in-both.ts', import.meta.url));
    await expect(checkServerFile(both)).rejects.toThrow(
      /cannot be served: .*same_name is already registered.*either in "tools" or registered by "mcp"/,
    );
  });

  test.each([
    ['that is not there', 'missing.ts', undefined, /missing\.ts cannot be loaded: Cannot find module/],
    ['that throws', 'throws.mjs', 'throw new Error("no\\n  key")', /throws\.mjs cannot be loaded: no key$/],
    ['that is not TypeScript', 'broken.ts', 'export default {{;', /broken\.ts cannot be loaded: /],
    [
      'without a default export',
      'empty.mjs',
      'export const a = 1;',
      /empty\.mjs does not export a server: export default defineServer/,
    ],
    [
      'that exports something else',
      'other.mjs',
      'export default { info: { name: "x" } };',
      /other\.mjs does not export a server/,
    ],
    [
      'that ends its process',
      'exits.mjs',
      'process.exit(0);',
      /exits\.mjs .*ended before it was ready \(exit code 0\)/,
    ],
    ['that is killed', 'killed.mjs', 'process.kill(process.pid, "SIGKILL")', /ended before it was ready \(SIGKILL\)/],
  ])('%s is refused in one line', async (_, name, text, reason) => {
    const file = join(folder, name);
    if (text) writeFileSync(file, text);
    const error = await checkServerFile(file).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'CannotStart', message: expect.stringMatching(reason) });
    expect((error as Error).message).not.toContain('\n');
  });
});
