/**
 * Runs a bundled function as Lambda does, in a separate process, and reports its results and which of its files it
 * loaded for them.
 */
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface BundleInvocation {
  /** The names of the bundle's files that the cold start loaded. */
  readonly coldStart: readonly string[];
  /** One for each event. */
  readonly answers: readonly { readonly value: unknown; readonly loaded: readonly string[] }[];
}

/**
 * @param folder where the bundle is
 * @param events given to the handler one after the other
 * @param environment of the function; it inherits only the path
 * @throws Error with the output of the process when the function does not start or an invocation fails
 */
export function invokeBundle(
  folder: string,
  events: readonly unknown[],
  environment: Readonly<Record<string, string>>,
): BundleInvocation {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { PATH: process.env.PATH ?? '', ...environment, BUNDLE: folder },
    input: JSON.stringify(events),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.output[3] ?? '');
}

async function invokeInProcess(folder: string): Promise<void> {
  let loaded: string[] = [];
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) loaded.push(basename(url));
      return next(url, context);
    },
  });
  const takeLoaded = () => {
    const files = loaded;
    loaded = [];
    return files;
  };
  const { handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
  const coldStart = takeLoaded();
  const answers: { value: unknown; loaded: string[] }[] = [];
  for (const event of JSON.parse(await readStdin())) {
    const value = await handler(event, { getRemainingTimeInMillis: () => 28_000 });
    answers.push({ value, loaded: takeLoaded() });
  }
  writeSync(3, JSON.stringify({ coldStart, answers }));
  process.exit();
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await invokeInProcess(process.env.BUNDLE ?? '');
  } catch (error) {
    // Node's own report would begin with the line that threw: a whole minified file.
    console.error(String(error));
    process.exit(1);
  }
}
