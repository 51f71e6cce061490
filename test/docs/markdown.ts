/** Reads the documents: fenced code, commands, links, paths. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY_ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const readRepositoryFile = (path: string): string => readFileSync(`${REPOSITORY_ROOT}${path}`, 'utf8');

/** The contents of fenced blocks in this language. */
export function findCodeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, fence, code]) =>
    fence === language && code !== undefined ? [code] : [],
  );
}

/** The commands of all shell blocks, one each. */
export function listShellCommands(markdown: string): string[] {
  return findCodeBlocks(markdown, 'sh').flatMap((block) =>
    block
      .split('\n')
      .flatMap((line) => line.split('&&'))
      .map((command) => command.trim())
      .filter((command) => command !== '' && !command.startsWith('#')),
  );
}

/** Links to files of this repository, without their anchors. */
export function listFileLinks(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) =>
    target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
  );
}

/** Paths of this repository that are written in backticks. */
export const listNamedPaths = (markdown: string): string[] =>
  [...markdown.matchAll(/`((?:bench|bin|docs|examples|lambda|lib|test|\.ci)\/[\w./-]*)`/g)].flatMap(
    ([, path]) => path ?? [],
  );
