/** The few lines with which each function's bundle begins. */
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerDefinition } from '../../lambda/tool/types.ts';

/** The path of one of our own modules: `.ts` in this repository, `.js` in the published package. */
export function own(module: string): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(`../../lambda/${module}${extname(here)}`, import.meta.url));
}

/**
 * The user's module is imported dynamically, so that it is a chunk of its own; its `info` stands in the entry as
 * a literal, so that every answer can name the server without loading it.
 */
function serverModule(entry: string, info: ServerDefinition['info'], more = ''): string {
  const load = `async () => (await import(${JSON.stringify(resolve(entry))})).default`;
  return `{ info: ${JSON.stringify(info)}, load: ${load}${more} }`;
}

const entryOf = (creator: string, module: string, server?: string) =>
  [
    `import { ${creator} } from ${JSON.stringify(own(`functions/${module}`))};`,
    `export const handler = ${creator}(${server === undefined ? '' : `${server}, `}process.env);`,
    '',
  ].join('\n');

export const apiEntry = (entry: string, info: ServerDefinition['info']) =>
  entryOf('createApiHandler', 'api', serverModule(entry, info));

export const streamingApiEntry = (entry: string, info: ServerDefinition['info']) =>
  entryOf('createStreamingApiHandler', 'streaming-api', serverModule(entry, info));

export const workerEntry = (entry: string, info: ServerDefinition['info']) =>
  entryOf('createWorkerHandler', 'worker', serverModule(entry, info, `, thread: ${THREAD}`));

/** The files of {@link workerBeside}, as the worker finds them. */
const THREAD =
  "{ entry: new URL('../thread.mjs', import.meta.url), server: new URL('../server.mjs', import.meta.url) }";

/** What a thread of the worker needs as files of their own: what it runs, and the user's module, which it imports. */
export const workerBeside = (entry: string) => ({ thread: own('functions/tool-thread'), server: resolve(entry) });

export const deadLetterEntry = () => entryOf('createDeadLetterHandler', 'dead-letter');

export const externalEntry = () => entryOf('createExternalHandler', 'external');
