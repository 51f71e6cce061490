/** The module that `--server` names. */
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ServerModule } from '../../lambda/tool/server-module.ts';
import type { ServerDefinition } from '../../lambda/tool/types.ts';
import { CannotStart } from './errors.ts';
import { startExecutionEnvironment } from './execution-environment.ts';

/** @throws CannotStart when the file cannot be imported, or does not export a server by default */
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
      `The server module ${path} has no server in it: export default defineServer({ name, version, tools }).`,
    );
  }
  return server as ServerDefinition;
}

/**
 * The same, and it can be served: its own tools and those that `mcp` registers do not get in each other's way.
 * @throws CannotStart
 */
export async function importCheckedServer(path: string): Promise<ServerDefinition> {
  const server = await importServer(path);
  const { checkServer: check } = await import('../../lambda/mcp/sdk/index.ts');
  try {
    await check(server);
  } catch (error) {
    throw new CannotStart(`The server module ${path} cannot be served: ${(error as Error).message}`);
  }
  return server;
}

/** The same as the handlers are given it. */
export async function importServerModule(path: string): Promise<ServerModule> {
  const server = await importServer(path);
  return {
    info: server.info,
    load: async () => server,
    thread: {
      entry: new URL('../../lambda/functions/tool-thread.ts', import.meta.url),
      server: pathToFileURL(resolve(path)),
    },
  };
}

/**
 * The same question, asked in a process of its own: nothing that the module does while it loads reaches this one.
 * @throws CannotStart
 */
export async function checkServerFile(path: string): Promise<void> {
  const check = startExecutionEnvironment({
    name: `server module ${path}`,
    main: fileURLToPath(new URL('./check-process.ts', import.meta.url)),
    arguments: [path],
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
