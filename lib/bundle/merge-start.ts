/**
 * Merges what a start reads besides its entry into one file: saves about a fifth of the API function's start. To turn it
 * off, call `bundle` with `merge: false`: the code works the same without it.
 *
 * esbuild puts what several dynamic imports share into a chunk for each combination of them: the API function would
 * read some thirty files, most of them smaller than the cost of opening one.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

/** Text by path in the bundle: `index.mjs`, `chunks/…`, and the source map of each. */
export type BundleFiles = Map<string, string>;

/** Options with which the files were made. */
export interface MergeOptions {
  readonly target: string;
  /** Text at the head of each file. */
  readonly banner: string;
}

/** The folder of the merging: as deep as sources may lie above the bundle, so that their paths in maps stay valid. */
const NESTED_FOLDER = '1/2/3/4/5/6/7/8/9/10/11/12';

/** Exports, under unique names, what the merged chunks exported. */
const START_CHUNK = 'chunks/start.mjs';

/**
 * Merge the chunks that the entry imports statically.
 *
 * @param entry the file that is started. It is not merged with them: a module that it imports while it is
 *   still being evaluated (top-level `await`) may then import the same chunks, and does not wait for the entry
 * @param files changed in place, like `outputs`; a merged chunk becomes a line that re-exports from the merged file
 * @param outputs those of the metafile
 */
export function mergeStart(
  entry: string,
  files: BundleFiles,
  outputs: Metafile['outputs'],
  options: MergeOptions,
): void {
  const pathOf = (file: string) => Object.keys(outputs).find((path) => basename(path) === basename(file)) ?? '';
  const chunks = collectStaticImports(pathOf(entry), outputs)
    .slice(1)
    .map((path) => `chunks/${basename(path)}`);
  if (chunks.length < 2) return;
  const folder = dirname(pathOf(entry));
  const names = chunks.map((chunk, index) =>
    (outputs[pathOf(chunk)]?.exports ?? []).map((name) => ({ name, alias: `c${index}_${name}` })),
  );
  const merged = mergeChunks(entry, buildStartSource(chunks, names), chunks, files, options);
  for (const [name, text] of merged.files) files.set(name, text);
  addMergedOutputs(merged.outputs, folder, outputs);
  for (const [index, chunk] of chunks.entries()) {
    const list = names[index]?.map(({ name, alias }) => `${alias} as ${name}`) ?? [];
    const text = `export{${list}}from"./${basename(START_CHUNK)}";\n`;
    files.set(chunk, text);
    files.delete(`${chunk}.map`);
    delete outputs[`${pathOf(chunk)}.map`];
    const imports = [{ path: join(folder, START_CHUNK), kind: 'import-statement' as const }];
    outputs[pathOf(chunk)] = {
      exports: names[index]?.map(({ name }) => name) ?? [],
      inputs: {},
      imports,
      bytes: text.length,
    };
  }
}

type ExportNames = readonly { readonly name: string; readonly alias: string }[];

const buildStartSource = (chunks: readonly string[], names: readonly ExportNames[]): string =>
  chunks
    .map((chunk, index) => {
      const list = names[index]?.map(({ name, alias }) => `${name} as ${alias}`) ?? [];
      return list.length > 0 ? `export { ${list} } from './${basename(chunk)}';` : `import './${basename(chunk)}';`;
    })
    .join('\n');

/** An output and everything that it imports statically, directly or not; itself first. */
export function collectStaticImports(entry: string, outputs: Metafile['outputs']): string[] {
  const found = new Set<string>();
  const add = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) add(imported);
  };
  add(entry);
  return [...found];
}

/** Split between two entries that both need all of the chunks: esbuild makes one chunk of them. */
function mergeChunks(
  entry: string,
  start: string,
  chunks: readonly string[],
  files: BundleFiles,
  { target, banner }: MergeOptions,
): { readonly files: BundleFiles; readonly outputs: Metafile['outputs'] } {
  const root = mkdtempSync(join(tmpdir(), 'merge-start-'));
  const folder = join(root, NESTED_FOLDER);
  try {
    mkdirSync(join(folder, 'chunks'), { recursive: true });
    writeFileSync(join(folder, START_CHUNK), start);
    for (const file of [entry, ...chunks]) {
      // One banner is enough; blanks in place of the others keep the columns of the map valid. The map is linked
      // temporarily, so that the merged one leads back to the sources.
      const text = files.get(file)?.replace(banner, ' '.repeat(banner.length));
      writeFileSync(join(folder, file), `${text}\n//# sourceMappingURL=${basename(file)}.map\n`);
      writeFileSync(join(folder, `${file}.map`), files.get(`${file}.map`) ?? '');
    }
    const externalFiles = [...files.keys()].filter(
      (file) => file.endsWith('.mjs') && file !== entry && !chunks.includes(file),
    );
    const { outputFiles, metafile } = buildSync({
      entryPoints: [entry, START_CHUNK].map((file) => ({ in: join(folder, file), out: file.replace(/\.mjs$/, '') })),
      outdir: folder,
      absWorkingDir: folder,
      chunkNames: 'chunks/merged-[hash]',
      outExtension: { '.js': '.mjs' },
      allowOverwrite: true,
      write: false,
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target,
      banner: { js: banner },
      external: externalFiles.map((file) => join(folder, file)),
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
    });
    const mergedFiles = new Map(outputFiles.map(({ path, text }) => [relative(folder, path), text]));
    mergedFiles.delete(`${START_CHUNK}.map`);
    return { files: mergedFiles, outputs: omitSourceMaps(metafile.outputs) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Source maps are not read from the metafile. */
const omitSourceMaps = (outputs: Metafile['outputs']): Metafile['outputs'] =>
  Object.fromEntries(Object.entries(outputs).filter(([path]) => !path.endsWith('.map')));

/** Adds the merged outputs as esbuild would report them for sources: inputs are sources, not chunks. */
function addMergedOutputs(merged: Metafile['outputs'], folder: string, outputs: Metafile['outputs']): void {
  const before = { ...outputs };
  for (const [path, output] of Object.entries(merged)) {
    const inputs = Object.keys(output.inputs).flatMap((input) => {
      const chunk = Object.keys(before).find((each) => basename(each) === basename(input));
      return chunk === undefined ? [] : [before[chunk]?.inputs ?? {}];
    });
    const imports = output.imports.map(({ path: imported, kind, external }) => {
      // Files that were external to the merging are still part of the bundle.
      const inside = imported.startsWith('.') || !external;
      const from = imported.startsWith('.') ? join(folder, dirname(path), imported) : join(folder, imported);
      return inside ? { path: from, kind } : { path: imported, kind, external: true };
    });
    outputs[join(folder, path)] = { ...output, inputs: Object.assign({}, ...inputs), imports };
  }
}
