/** Loading the user's server module while the app is synthesized: what cannot work is said then, not at 3 a.m. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServerDefinition } from '../../lambda/tool/types.ts';
import { bundle } from './bundling.ts';
import { resolveLambdaModule } from './entries.ts';

/** What the construct needs to know of a server. */
export interface LoadedServer {
  readonly info: ServerDefinition['info'];
  readonly tools: readonly {
    readonly name: string;
    readonly lifetimeMs: number;
    readonly retentionMs: number;
    readonly scopes?: readonly string[];
  }[];
}

/** Stands in where the app does not bundle, and so nobody needs to know the server. */
export const PLACEHOLDER_SERVER: LoadedServer = { info: { name: 'MCP tasks', version: '0' }, tools: [] };

/** A module that needs longer to load than this (ms) would not get through a Lambda's first call either. */
const LOAD_TIMEOUT_MS = 30_000;

/** Printed on a descriptor of its own, since a module may write to the others. */
const RESULT_FD = 3;

/**
 * Bundle the module as it will be deployed and load it in a process of its own. A bundle, because Node alone runs
 * neither every TypeScript file nor one inside `node_modules`; a process, because constructs are made synchronously
 * and what a module leaves running must not keep the CDK app alive.
 *
 * @param entry path of the module whose default export is what `defineServer` returned
 * @param environment the variables that the module will find in Lambda
 * @throws Error when the module cannot be bundled or loaded, or exports something else; it names file and reason
 */
export function loadServer(entry: string, environment: Readonly<Record<string, string>> = {}): LoadedServer {
  const file = resolve(entry);
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-server-'));
  try {
    bundleServer(file, folder);
    // The bundle's imports are its own; the package file keeps Node from looking for one above.
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const child = spawnSync(process.execPath, [join(folder, 'index.mjs')], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: LOAD_TIMEOUT_MS,
    });
    const printed = child.output?.[RESULT_FD];
    if (child.status !== 0 || !printed) throw createLoadError(file, describeLoadFailure(child));
    return JSON.parse(printed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundleServer(file: string, folder: string): void {
  try {
    bundle(buildInspectionScript(file), folder);
  } catch (error) {
    throw createLoadError(file, (error as Error).message);
  }
}

/**
 * What runs in the child: it judges the export by shape, for the module may have brought a copy of our package, and
 * then builds the server once, for what is wrong between `tools` and `mcp` would be wrong with every request.
 */
const buildInspectionScript = (file: string) => `
import { writeSync } from 'node:fs';
import { checkServer } from ${JSON.stringify(resolveLambdaModule('mcp/sdk/index'))};
try {
  const { default: server } = await import(${JSON.stringify(file)});
  if (!(server?.tools instanceof Map) || typeof server.info?.name !== 'string')
    throw new Error('its default export is not what defineServer returns: write "export default defineServer({ ... })".');
  await checkServer(server);
  const tools = [...server.tools.values()].map(({ name, lifetimeMs, retentionMs, scopes }) => ({ name, lifetimeMs, retentionMs, scopes }));
  writeSync(${RESULT_FD}, JSON.stringify({ info: server.info, tools }));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.name + ': ' + error.message : String(error));
  process.exit(1);
}`;

function describeLoadFailure(child: { status: number | null; error?: Error; stderr: string | null }): string {
  const timedOut = (child.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
  if (timedOut)
    return `it did not finish loading within ${LOAD_TIMEOUT_MS / 1000} s: move work out of the module's top level.`;
  return (
    child.stderr?.trim() || child.error?.message || `it ended the process (exit code ${child.status}) while loading.`
  );
}

const createLoadError = (file: string, reason: string) =>
  new Error(`The server module ${file} cannot be used. Correct it, then synthesize again. The reason: ${reason}`);
