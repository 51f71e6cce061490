/**
 * Making one file of all that a start reads. What several dynamic imports share, esbuild puts into a chunk for each
 * way of sharing it: the API function would read some thirty files, most of them smaller than what it takes to open
 * one, and start a fifth slower for it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

/** Text by path in the bundle: `index.mjs`, `chunks/…`, and the source map of each. */
export type Files = Map<string, string>;

/** Where the merging is done, as deep as sources may lie above the bundle: their paths in source maps survive it. */
const DEPTH = '1/2/3/4/5/6/7/8/9/10/11/12';

/** As the files were made. */
export interface Options {
  readonly target: string;
  /** Text at the head of each of them. */
  readonly banner: string;
}

/**
 * @param entry the file that is started; merged with what it imports statically, which leaves a few words in its
 *   place for those who import it later
 * @param files changed in place, like the metafile's outputs
 */
export function mergeStart(entry: string, files: Files, outputs: Metafile['outputs'], options: Options): void {
  const pathOf = (file: string) => Object.keys(outputs).find((path) => basename(path) === basename(file)) ?? '';
  const start = startOf(pathOf(entry), outputs).slice(1);
  const chunks = start.map((path) => `chunks/${basename(path)}`);
  if (chunks.length === 0) return;
  const names = chunks.map((chunk, index) =>
    (outputs[pathOf(chunk)]?.exports ?? []).map((name) => ({ name, kept: `c${index}_${name}` })),
  );
  const reexports = chunks.flatMap((chunk, index) =>
    names[index]?.length
      ? `export { ${names[index].map(({ name, kept }) => `${name} as ${kept}`)} } from './${chunk}';`
      : [],
  );
  const source = [`export * from './${entry}';`, ...reexports].join('\n');
  const { text, map, metafile } = merge(source, entry, chunks, files, options);
  files.set(entry, text);
  files.set(`${entry}.map`, map);
  for (const [index, chunk] of chunks.entries()) {
    const list = names[index]?.map(({ name, kept }) => `${kept} as ${name}`) ?? [];
    files.set(chunk, `export{${list}}from"../${entry}";\n`);
    files.delete(`${chunk}.map`);
  }
  describeMerged(pathOf(entry), chunks.map(pathOf), metafile, files, outputs);
}

/** An output and all that it imports statically, itself first. */
export function startOf(entry: string, outputs: Metafile['outputs']): string[] {
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

function merge(source: string, entry: string, chunks: readonly string[], files: Files, options: Options) {
  const { target, banner } = options;
  const root = mkdtempSync(join(tmpdir(), 'merge-start-'));
  const folder = join(root, DEPTH);
  try {
    for (const file of [entry, ...chunks]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      // Linked for this moment, so that the merged map leads back to the sources.
      // One banner is enough; blanks in the place of the others leave the columns of the map as they are.
      const text = files.get(file)?.replace(banner, ' '.repeat(banner.length));
      writeFileSync(join(folder, file), `${text}\n//# sourceMappingURL=${basename(file)}.map\n`);
      writeFileSync(join(folder, `${file}.map`), files.get(`${file}.map`) ?? '');
    }
    const lazy = [...files.keys()].filter((file) => file.endsWith('.mjs') && file !== entry && !chunks.includes(file));
    const { outputFiles, metafile } = buildSync({
      stdin: { contents: source, resolveDir: folder, sourcefile: 'start.mjs' },
      outfile: join(folder, entry),
      absWorkingDir: folder,
      allowOverwrite: true,
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target,
      banner: { js: banner },
      external: lazy.map((file) => join(folder, file)),
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
    });
    const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
    return { text: textOf('.mjs'), map: textOf('.map'), metafile };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What esbuild would have said of the outputs, had it merged them itself. */
function describeMerged(
  entry: string,
  chunks: readonly string[],
  merged: Metafile,
  files: Files,
  outputs: Metafile['outputs'],
): void {
  const own = outputs[entry];
  const [of] = Object.values(merged.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  if (!own || !of) throw new Error('Nothing was merged.');
  const folder = dirname(entry);
  const inputs = Object.assign({}, ...[entry, ...chunks].map((path) => outputs[path]?.inputs));
  const imports = of.imports.map((each) =>
    each.path.startsWith('./') ? { ...each, path: join(folder, each.path), external: undefined } : each,
  ) as typeof own.imports;
  outputs[entry] = { ...own, inputs, imports, exports: of.exports, bytes: of.bytes };
  for (const chunk of chunks) {
    const stub: (typeof own.imports)[number] = { path: entry, kind: 'import-statement' };
    const bytes = Buffer.byteLength(files.get(`chunks/${basename(chunk)}`) ?? '');
    outputs[chunk] = { ...(outputs[chunk] ?? own), inputs: {}, imports: [stub], bytes };
    delete outputs[`${chunk}.map`];
  }
}
