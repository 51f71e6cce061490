/** The generated entry of each function's bundle: a few lines. */
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerDefinition } from '../../lambda/tool/types.ts';

/** The path of a module in `lambda/`: `.ts` in this repository, `.js` in the published package. */
export function resolveLambdaModule(module: string): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(`../../lambda/${module}${extname(here)}`, import.meta.url));
}

/**
 * The user's module is imported dynamically, so that it is a separate chunk; its `info` is a literal in the entry, so
 * that every response can name the server without loading it.
 */
function buildServerModuleSource(entry: string, info: ServerDefinition['info'], more = ''): string {
  const load = `async () => (await import(${JSON.stringify(resolve(entry))})).default`;
  return `{ info: ${JSON.stringify(info)}, load: ${load}${more} }`;
}

const buildEntry = (creator: string, module: string, server?: string) =>
  [
    `import { ${creator} } from ${JSON.stringify(resolveLambdaModule(`functions/${module}`))};`,
    `export const handler = ${creator}(${server === undefined ? '' : `${server}, `}process.env);`,
    '',
  ].join('\n');

export const buildApiEntry = (entry: string, info: ServerDefinition['info']) =>
  buildEntry('createApiHandler', 'api', buildServerModuleSource(entry, info));

export const buildStreamingApiEntry = (entry: string, info: ServerDefinition['info']) =>
  buildEntry('createStreamingApiHandler', 'streaming-api', buildServerModuleSource(entry, info));

export const buildWorkerEntry = (entry: string, info: ServerDefinition['info']) =>
  buildEntry('createWorkerHandler', 'worker', buildServerModuleSource(entry, info, `, thread: ${THREAD_FILES_SOURCE}`));

/** The files of {@link buildWorkerSideEntries}, by their URLs as the worker resolves them. */
const THREAD_FILES_SOURCE =
  "{ entry: new URL('./thread.mjs', import.meta.url), server: new URL('./server.mjs', import.meta.url) }";

/** The separate files that a thread of the worker needs: its code, and the user's module, which it imports. */
export const buildWorkerSideEntries = (entry: string) => ({
  thread: resolveLambdaModule('functions/tool-thread'),
  server: resolve(entry),
});

export const buildDeadLetterEntry = () => buildEntry('createDeadLetterHandler', 'dead-letter');

export const buildExternalEntry = () => buildEntry('createExternalHandler', 'external');
