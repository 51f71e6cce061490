/** How the code of a function is made: one esbuild run, from a few generated lines to a folder that Lambda runs. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { buildSync, type Metafile } from 'esbuild';
import type { Asset } from '../props/props.ts';
import { mergeStart } from './merge-start.ts';

/**
 * CommonJS packages, once bundled into a module, still `require` Node's own. It costs microseconds, and which
 * packages a server module brings is not ours to know.
 */
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module';" +
  'const require = __createRequire(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/**
 * Where esbuild believes to write. Source maps name their sources relative to it, and chunks are named for what is in
 * their maps too: a real folder would give every machine and every `cdk --output` code of its own to deploy.
 */
const VIRTUAL_OUTDIR = resolve('bundle');

/** What Lambda runs. */
const NODE_TARGET = 'node24';

/** Modules that become files of their own beside a function's entry, by the name of the file: path of the source. */
export type SideEntries = Readonly<Record<string, string>>;

/** What esbuild calls an entry that was no file. */
const STDIN_ENTRY = /(^|\/)stdin(\.mjs(?:\.map)?)$/;
const renameStdinEntry = (path: string): string => path.replace(STDIN_ENTRY, '$1index$2');

/**
 * Bundle a function's code into `outdir`, its entry as `index.mjs`.
 *
 * - Split: what the source imports dynamically becomes a chunk of its own, read and compiled when it is first
 *   needed. A poll never needs the tools.
 * - What a start reads is the entry and one other file, unless something stands beside it.
 * - The AWS SDK is bundled too: the copy in Lambda's runtime is whatever version AWS last put there, and is
 *   slower to load, being neither tree-shaken nor in one file.
 * - Source maps are written beside the code and not linked to it: who reads a stack trace has them, no start does.
 *
 * @param source the entry's text; imports absolute paths
 * @param beside share their chunks with the entry
 * @returns what esbuild knows about inputs, outputs and who imports whom
 * @throws Error with esbuild's own account of what cannot be bundled
 */
export function bundle(source: string, outdir: string, beside: SideEntries = {}): Metafile {
  const { metafile, outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: process.cwd(), sourcefile: 'index.ts', loader: 'ts' },
    entryPoints: Object.entries(beside).map(([name, path]) => ({ in: resolve(path), out: name })),
    outdir: VIRTUAL_OUTDIR,
    write: false,
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: NODE_TARGET,
    // Modules before CommonJS: only modules can be tree-shaken and split.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    sourcemap: 'external',
    sourcesContent: false,
    // Comments with licence texts do not run.
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  });
  const files = new Map(outputFiles.map(({ path, text }) => [renameStdinEntry(relative(VIRTUAL_OUTDIR, path)), text]));
  const outputs: Metafile['outputs'] = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [renameStdinEntry(path), output]),
  );
  // What stands beside the entry would load all that the entry needs for the little that it shares.
  if (Object.keys(beside).length === 0)
    mergeStart('index.mjs', files, outputs, { target: NODE_TARGET, banner: REQUIRE_BANNER });
  for (const [name, text] of files) {
    const file = join(outdir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return { ...metafile, outputs };
}

/** Copy an asset to where the deployed code finds it. */
export function copyAsset(asset: Asset, outdir: string): void {
  const from = resolve(asset.from);
  const to = resolve(outdir, asset.to);
  if (to !== resolve(outdir) && !to.startsWith(resolve(outdir) + sep))
    throw new Error(
      `The asset ${asset.from} would be copied outside the deployed code: change its "to" (${asset.to}).`,
    );
  mkdirSync(dirname(to), { recursive: true });
  const wanted = (path: string) => path === from || asset.filter === undefined || asset.filter(relative(from, path));
  cpSync(from, to, { recursive: true, dereference: true, filter: wanted });
}

/**
 * A function's code as the CDK takes it. Where the app does not bundle (`cdk list`, the local stack: the CDK's own
 * `aws:cdk:bundling-stacks`) it is a placeholder, which makes synthesis a matter of milliseconds.
 */
export function createBundledCode(
  scope: Construct,
  source: string,
  { assets = [], beside = {} }: { readonly assets?: readonly Asset[]; readonly beside?: SideEntries } = {},
): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// not bundled');
  return Code.fromAsset(process.cwd(), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started: the bundling below is local and answers for itself.
      image: DockerImage.fromRegistry('none'),
      // The CDK reuses what it bundled before from the same options, and functions are none to compare.
      command: [source, JSON.stringify(beside), ...assets.map(({ from, to }) => join(from, to))],
      local: {
        tryBundle(outdir) {
          bundle(source, outdir, beside);
          for (const asset of assets) copyAsset(asset, outdir);
          return true;
        },
      },
    },
  });
}
