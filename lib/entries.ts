/** The few lines with which each function's bundle begins. */
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerDefinition } from '../lambda/tool/types.ts';

/** The path of one of our own modules: `.ts` in this repository, `.js` in the published package. */
function own(module: string): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(`../lambda/${module}${extname(here)}`, import.meta.url));
}

/**
 * The user's module is imported dynamically, so that it is a chunk of its own; its `info` stands in the entry as
 * a literal, so that every answer can name the server without loading it.
 */
function serverModule(entry: string, info: ServerDefinition['info']): string {
  const load = `async () => (await import(${JSON.stringify(resolve(entry))})).default`;
  return `{ info: ${JSON.stringify(info)}, load: ${load} }`;
}

const entryOf = (creator: string, module: string, server?: string) =>
  [
    `import { ${creator} } from ${JSON.stringify(own(module))};`,
    `export const handler = ${creator}(${server === undefined ? '' : `${server}, `}process.env);`,
    '',
  ].join('\n');

export const apiEntry = (entry: string, info: ServerDefinition['info']) =>
  entryOf('createApiHandler', 'api', serverModule(entry, info));

export const workerEntry = (entry: string, info: ServerDefinition['info']) =>
  entryOf('createWorkerHandler', 'worker', serverModule(entry, info));

export const deadLetterEntry = () => entryOf('createDeadLetterHandler', 'dead-letter');
