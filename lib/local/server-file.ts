/** Loads the server module, the one that `--server` names. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerModule } from '../../lambda/tool/server-module.ts';
import type { ServerDefinition } from '../../lambda/tool/types.ts';
import { resolveLambdaModule } from '../bundle/entries.ts';
import { CannotStart } from './errors.ts';
import { startExecutionEnvironment } from './execution-environment.ts';
import { FUNCTION_MAIN, type FunctionRole } from './function-main.ts';

/** @throws CannotStart when the module cannot be imported, or its default export is not a server */
export async function importServer(path: string): Promise<ServerDefinition> {
  const file = resolve(path);
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CannotStart(`The server module ${path} cannot be loaded: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`);
  }
  const server = module.default as Partial<ServerDefinition> | undefined;
  if (typeof server?.info?.name !== 'string' || !(server.tools instanceof Map)) {
    throw new CannotStart(
      `The server module ${path} does not export a server: export default defineServer({ name, version, tools }).`,
    );
  }
  return server as ServerDefinition;
}

/**
 * The same, and the server is valid: its own tools and those that `mcp` registers have different names.
 *
 * @throws CannotStart
 */
export async function importCheckedServer(path: string): Promise<ServerDefinition> {
  const server = await importServer(path);
  const { checkServer } = await import('../../lambda/mcp/sdk/index.ts');
  try {
    await checkServer(server);
  } catch (error) {
    throw new CannotStart(`The server module ${path} cannot be served: ${(error as Error).message}`);
  }
  return server;
}

/** The same, as the handlers take it. */
export async function importServerModule(path: string): Promise<ServerModule> {
  const server = await importServer(path);
  return {
    info: server.info,
    load: async () => server,
    thread: {
      entry: pathToFileURL(resolveLambdaModule('functions/tool-thread')),
      server: pathToFileURL(resolve(path)),
    },
  };
}

/**
 * Checks the module in a separate process, so that nothing it does while it loads affects this one.
 *
 * @throws CannotStart
 */
export async function checkServerFile(path: string): Promise<void> {
  const check = startExecutionEnvironment({
    name: `server module ${path}`,
    main: FUNCTION_MAIN,
    arguments: ['check' satisfies FunctionRole, path],
    environment: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
    timeoutMs: 0,
    quiet: true,
  });
  try {
    await check.ready;
  } finally {
    check.kill();
    await check.ended;
  }
}
