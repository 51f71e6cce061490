/** Bundling a function's code: one esbuild run, from a few generated lines to a folder that Lambda runs. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { buildSync, type Metafile } from 'esbuild';
import type { Asset } from '../props/tools.ts';
import { mergeStart } from './merge-start.ts';

/**
 * CommonJS packages that are bundled into a module still `require` Node's own. It costs microseconds, and a server
 * module may import any package.
 */
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module';" +
  'const require = __createRequire(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/**
 * The folder that esbuild is given. Source maps name their sources relative to it, and the hash in a chunk's name covers
 * its map: with the real folder, every machine and every `cdk --output` would deploy different code.
 */
const VIRTUAL_OUTDIR = resolve('bundle');

/** Lambda's runtime. */
const NODE_TARGET = 'node24';

/** Modules that become separate files next to a function's entry: name of the file to path of the source. */
export type SideEntries = Readonly<Record<string, string>>;

/** esbuild's name for an entry that is not a file. */
const STDIN_ENTRY = /(^|\/)stdin(\.mjs(?:\.map)?)$/;
const renameStdinEntry = (path: string): string => path.replace(STDIN_ENTRY, '$1index$2');

/**
 * Bundle a function's code into `outdir`, its entry as `index.mjs`.
 *
 * - Split: what the source imports dynamically becomes a separate chunk, read and compiled when it is first
 *   needed. A poll never needs the tools.
 * - Merged: a start reads the entry and one other file (see `merge-start.ts`).
 * - The AWS SDK is bundled too: the version of the copy in Lambda's runtime is AWS's choice, and it is slower to
 *   load, being neither tree-shaken nor in one file.
 * - Source maps are written next to the code and not linked to it: they are there for stack traces, and no start reads
 *   them.
 *
 * @param source the entry's text; imports absolute paths
 * @param options.sideEntries share their chunks with the entry; default: none
 * @param options.merge whether what a start reads is merged. Default: unless there are side entries, which would then
 *   load all that the entry needs for the little that they share
 * @returns esbuild's account of inputs, outputs and imports
 * @throws Error with esbuild's own message when something cannot be bundled
 */
export function bundle(
  source: string,
  outdir: string,
  {
    sideEntries = {},
    merge = Object.keys(sideEntries).length === 0,
  }: { readonly sideEntries?: SideEntries; readonly merge?: boolean } = {},
): Metafile {
  const { metafile, outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: process.cwd(), sourcefile: 'index.ts', loader: 'ts' },
    entryPoints: Object.entries(sideEntries).map(([name, path]) => ({ in: resolve(path), out: name })),
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
    // ES modules before CommonJS: only the former can be tree-shaken and split.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    sourcemap: 'external',
    sourcesContent: false,
    // Licence texts are not needed at run time.
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  });
  const files = new Map(outputFiles.map(({ path, text }) => [renameStdinEntry(relative(VIRTUAL_OUTDIR, path)), text]));
  const outputs: Metafile['outputs'] = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [renameStdinEntry(path), output]),
  );
  if (merge) mergeStart('index.mjs', files, outputs, { target: NODE_TARGET, banner: REQUIRE_BANNER });
  for (const [name, text] of files) {
    const file = join(outdir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return { ...metafile, outputs };
}

/**
 * Copy an asset to where the deployed code finds it.
 *
 * @throws Error when its `to` leads out of the folder
 */
export function copyAsset(asset: Asset, outdir: string): void {
  const from = resolve(asset.from);
  const to = resolve(outdir, asset.to);
  if (to !== resolve(outdir) && !to.startsWith(resolve(outdir) + sep))
    throw new Error(
      `The asset ${asset.from} would be copied outside the deployed code: change its "to" (${asset.to}).`,
    );
  mkdirSync(dirname(to), { recursive: true });
  const isIncluded = (path: string) =>
    path === from || asset.filter === undefined || asset.filter(relative(from, path));
  cpSync(from, to, { recursive: true, dereference: true, filter: isIncluded });
}

/**
 * A function's code for the CDK. If the app does not bundle (`cdk list`, the local stack: the CDK's own
 * `aws:cdk:bundling-stacks`) it is a placeholder, so that synthesis takes milliseconds.
 */
export function createBundledCode(
  scope: Construct,
  source: string,
  { assets, sideEntries }: { readonly assets: readonly Asset[]; readonly sideEntries: SideEntries },
): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline('// not bundled');
  return Code.fromAsset(process.cwd(), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started: the bundling below is local and always succeeds or throws.
      image: DockerImage.fromRegistry('none'),
      // The CDK reuses what it bundled from equal options, and cannot compare functions: all that matters is listed.
      command: [source, JSON.stringify(sideEntries), ...assets.map(({ from, to }) => join(from, to))],
      local: {
        tryBundle(outdir) {
          bundle(source, outdir, { sideEntries });
          for (const asset of assets) copyAsset(asset, outdir);
          return true;
        },
      },
    },
  });
}
