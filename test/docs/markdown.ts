/** What the documents say, taken apart: fenced code, commands, links. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY_ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const readRepositoryFile = (path: string): string => readFileSync(`${REPOSITORY_ROOT}${path}`, 'utf8');

/** Code between fences of this language. */
export const findCodeBlocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, fence, code]) =>
    fence === language && code !== undefined ? [code] : [],
  );

/** The commands of all shell blocks, one by one. */
export const listShellCommands = (markdown: string): string[] =>
  findCodeBlocks(markdown, 'sh').flatMap((block) =>
    block
      .split('\n')
      .flatMap((line) => line.split('&&'))
      .map((command) => command.trim())
      .filter((command) => command !== '' && !command.startsWith('#')),
  );

/** Links to files of this repository, without their anchors. */
export const listFileLinks = (markdown: string): string[] =>
  [...markdown.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  );

/** Paths of this repository that stand in backticks. */
export const listNamedPaths = (markdown: string): string[] =>
  [...markdown.matchAll(/`((?:bench|bin|docs|examples|lambda|lib|test|\.ci)\/[\w./-]*)`/g)].flatMap(
    ([, path]) => path ?? [],
  );
