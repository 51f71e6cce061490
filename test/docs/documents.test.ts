/** The documents name commands, options, files and figures: each of them exists. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import server from '../../examples/datasets/server.ts';
import { listFileLinks, listNamedPaths, listShellCommands, REPOSITORY_ROOT, readRepositoryFile } from './markdown.ts';

const { scripts } = JSON.parse(readRepositoryFile('package.json')) as { scripts: Record<string, string> };
const DOCUMENTS = [
  ...readdirSync(REPOSITORY_ROOT).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(REPOSITORY_ROOT, 'docs')).map((file) => `docs/${file}`),
  'examples/datasets/README.md',
];

/** What a script prints for `--help`. */
function readScriptHelp(script: string): string {
  const [, file = ''] = /node (\S+)/.exec(scripts[script] ?? '') ?? [];
  return execFileSync(process.execPath, [join(REPOSITORY_ROOT, file), '--help'], { encoding: 'utf8' });
}

test('the documents are found', () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'CONTRIBUTING.md']));
});

describe.each(DOCUMENTS)('%s', (document) => {
  const markdown = readRepositoryFile(document);
  const npmCommands = listShellCommands(markdown).filter((command) => command.startsWith('npm run '));

  test('links to files that exist', () => {
    const missing = listFileLinks(markdown).filter(
      (link) => !existsSync(join(REPOSITORY_ROOT, dirname(document), link)),
    );
    expect(missing).toEqual([]);
  });

  test('names paths that exist', () => {
    expect(listNamedPaths(markdown).filter((path) => !existsSync(join(REPOSITORY_ROOT, path)))).toEqual([]);
  });

  test('names scripts that package.json has, in its text too', () => {
    const named = [...markdown.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test('names options that the scripts know', () => {
    const unknown = npmCommands.flatMap((command) => {
      const [, script = '', args = ''] = /^npm run ([\w:-]+)(?: -- (.*))?$/.exec(command) ?? [];
      const options = [...args.replace(/'[^']*'/g, '').matchAll(/(?<=^|\s)--[a-z]+/g)].map(([option]) => option);
      if (options.length === 0) return [];
      const help = readScriptHelp(script);
      return options.filter((option) => !help.includes(option)).map((option) => `${script} ${option}`);
    });
    expect(unknown).toEqual([]);
  });

  test('calls tools of the example server with arguments that they accept', async () => {
    const calls = npmCommands.flatMap((command) => {
      const [, tool, args] = /^npm run call -- ([a-z]\w*)(?: '([^']*)')?/.exec(command) ?? [];
      return tool && tool !== 'count_words' ? [{ tool, args: JSON.parse(args ?? '{}') as unknown }] : [];
    });
    for (const { tool, args } of calls) {
      const schema = server.tools.get(tool)?.inputSchema;
      expect(await schema?.['~standard'].validate(args), tool).toEqual({ value: args });
    }
  });
});

describe('package.json', () => {
  const lock = JSON.parse(readRepositoryFile('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
  };

  /** The folders in whose `node_modules` Node looks for what the package at `path` imports. */
  const listSearchFolders = (path: string): string[] => {
    const inner = path.lastIndexOf('node_modules/');
    return path === '' ? [''] : [`${path}/`, ...listSearchFolders(path.slice(0, Math.max(0, inner - 1)))];
  };

  test('has scripts whose files exist', () => {
    const missing = Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/node (\S+\.ts)/g)].flatMap(([, file = '']) =>
        existsSync(join(REPOSITORY_ROOT, file)) ? [] : [file],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('is locked with the binaries of every platform: without them `npm ci` refuses the lock', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !listSearchFolders(path).some((folder) => `${folder}node_modules/${name}` in lock.packages))
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test('is not locked to a particular registry', () => {
    expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
