/** The last part of `npm run build`: makes `dist` the package that is published (`npm pack ./dist`). */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

/** What only this repository needs. The optional dependency is the database that `npm run dev` starts. */
const REPOSITORY_FIELDS = new Set(['private', 'scripts', 'devDependencies', 'optionalDependencies', 'allowScripts']);

const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE'];

const ROOT = new URL('../', import.meta.url);
const DIST = new URL('dist/', ROOT);

type Exports = Readonly<Record<string, string>>;

/**
 * The published package.json. Here `exports` leads to the sources, so that the examples import the package by its
 * public names and still share every module with it; in `dist` it leads to what was compiled from them.
 */
function toPublishedManifest(manifest: { readonly exports: Exports; readonly [field: string]: unknown }) {
  const published = Object.entries(manifest).filter(([field]) => !REPOSITORY_FIELDS.has(field));
  return { ...Object.fromEntries(published), exports: toCompiledExports(manifest.exports) };
}

const toCompiledExports = (exports: Exports) =>
  Object.fromEntries(
    Object.entries(exports).map(([name, path]) => {
      if (!path.endsWith('.ts')) return [name, path];
      const module = path.slice(0, -'.ts'.length);
      return [name, { types: `${module}.d.ts`, default: `${module}.js` }];
    }),
  );

const manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
writeFileSync(new URL('package.json', DIST), `${JSON.stringify(toPublishedManifest(manifest), null, 2)}\n`);
for (const name of DOCUMENTS) copyFileSync(new URL(name, ROOT), new URL(name, DIST));
