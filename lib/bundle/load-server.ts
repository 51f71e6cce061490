/** Loads the user's server module while the app is synthesized: what cannot work fails then, not at 3 a.m. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServerDefinition } from '../../lambda/tool/types.ts';
import { bundle } from './bundling.ts';
import { resolveLambdaModule } from './entries.ts';

/** The part of a server's definition that the construct needs. */
export interface LoadedServer {
  readonly info: ServerDefinition['info'];
  readonly tools: readonly {
    readonly name: string;
    readonly lifetimeMs: number;
    readonly retentionMs: number;
    readonly scopes?: readonly string[];
  }[];
}

/** For an app that does not bundle, and so does not load the server. */
export const PLACEHOLDER_SERVER: LoadedServer = { info: { name: 'MCP tasks', version: '0' }, tools: [] };

/** A module that needs longer to load (ms) would not survive Lambda's first invocation either. */
const LOAD_TIMEOUT_MS = 30_000;

/** A separate file descriptor for the result, since the module may write to the others. */
const RESULT_FD = 3;

/**
 * Bundle the module as it will be deployed and load it in its own process. A bundle, because Node alone runs
 * neither every TypeScript file nor one inside `node_modules`; a process, because constructs are created synchronously
 * and what a module leaves running must not keep the CDK app alive.
 *
 * @param entry path of the module whose default export is what `defineServer` returned
 * @param environment the variables that the module will find in Lambda
 * @throws Error that names file and reason when the module cannot be bundled or loaded, or exports something else
 */
export function loadServer(entry: string, environment: Readonly<Record<string, string>> = {}): LoadedServer {
  const file = resolve(entry);
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tasks-server-'));
  try {
    bundleServer(file, folder);
    // Keeps Node from searching the folders above for a package file.
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
 * The child's code. It judges the export by its shape, because the module may bring its own copy of our package, and
 * then builds the server once, because a conflict between `tools` and `mcp` would break every request.
 */
const buildInspectionScript = (file: string) => `
import { writeSync } from 'node:fs';
import { checkServer } from ${JSON.stringify(resolveLambdaModule('mcp/sdk/index'))};
try {
  const { default: server } = await import(${JSON.stringify(file)});
  if (!(server?.tools instanceof Map) || typeof server.info?.name !== 'string')
    throw new Error('its default export must be what defineServer returns: write "export default defineServer({ ... })".');
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
  if (timedOut) return `it did not load within ${LOAD_TIMEOUT_MS / 1000} s: move work out of the module's top level.`;
  return (
    child.stderr?.trim() || child.error?.message || `it exited the process (exit code ${child.status}) while loading.`
  );
}

const createLoadError = (file: string, reason: string) =>
  new Error(`The server module ${file} cannot be used. Correct it, then synthesize again. Reason: ${reason}`);
