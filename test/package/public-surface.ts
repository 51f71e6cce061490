/** What the package exports, read from the entry points' sources: names, kinds, declarations and their examples. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findCodeBlocks } from '../docs/markdown.ts';

const REPOSITORY_FOLDER = resolve(import.meta.dirname, '../..');

/** An exported name; a class is a value. */
export interface PublicName {
  readonly name: string;
  readonly kind: 'value' | 'type';
  /** Where it is declared, relative to the repository. */
  readonly file: string;
  /** Its doc comment and its declaration, to the next one. */
  readonly source: string;
}

export interface EntryPoint {
  /** What a consumer imports, for example `mcp-tasks-aws/testing`. */
  readonly specifier: string;
  /** Its source, relative to the repository. */
  readonly file: string;
  readonly names: readonly PublicName[];
}

/** The entry points that package.json declares. */
export function readEntryPoints(): EntryPoint[] {
  const { name, exports } = JSON.parse(readSource('package.json')) as {
    name: string;
    exports: Record<string, string>;
  };
  return Object.entries(exports).flatMap(([path, target]) => {
    if (!target.endsWith('.ts')) return [];
    const file = join(target);
    return [{ specifier: join(name, path), file, names: listExports(file) }];
  });
}

/** @throws Error for a wildcard, or for a name that is not declared where it is exported from */
function listExports(file: string): PublicName[] {
  const source = readSource(file);
  if (/^export (type )?\*/m.test(source)) throw new Error(`${file} must name what it exports: it has a wildcard.`);
  const declared = [...source.matchAll(DECLARATION)].map(([, name = '']) => findDeclaration(file, name));
  const forwarded = [...source.matchAll(/^export (type )?\{([^}]*)\} from '([^']+)';/gm)].flatMap(
    ([, typesOnly, list = '', from = '']) =>
      list
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
        .map((item) => resolveExport(join(dirname(file), from), item.replace(/^type /, ''), typesOnly !== undefined)),
  );
  return [...declared, ...forwarded].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const DECLARATION = /^export (?:declare )?(?:abstract )?(?:async )?(?:class|interface|type|const|function) (\w+)/gm;

/** Follows re-exports to the declaration. */
function resolveExport(file: string, name: string, typesOnly: boolean): PublicName {
  const source = readSource(file);
  const forwarding = [...source.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)].find(([, list = '']) =>
    list.split(',').some((item) => item.trim().replace(/^type /, '') === name),
  );
  if (forwarding) return resolveExport(join(dirname(file), forwarding[2] as string), name, typesOnly);
  const found = findDeclaration(file, name);
  return typesOnly ? { ...found, kind: 'type' } : found;
}

function findDeclaration(file: string, name: string): PublicName {
  const source = readSource(file);
  const declaration = new RegExp(
    `(?:^/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?^export (?:abstract )?(?:async )?(class|interface|type|const|function) ${name}\\b`,
    'm',
  ).exec(source);
  if (!declaration) throw new Error(`${name} is not declared in ${file}.`);
  const [head, keyword] = declaration;
  const rest = source.slice(declaration.index + head.length);
  const next = rest.search(/^(?:\/\*\*|export |const |let |function |async function |class |interface |type )/m);
  return {
    name,
    kind: keyword === 'type' || keyword === 'interface' ? 'type' : 'value',
    file,
    source: head + (next < 0 ? rest : rest.slice(0, next)),
  };
}

/** The doc comment of an exported name; empty when there is none. */
export const readDocComment = ({ source }: PublicName): string => /^\/\*\*[\s\S]*?\*\//.exec(source)?.[0] ?? '';

/** Code of the doc comments of an exported name and its members. */
export function listExamples({ source }: PublicName): string[] {
  const comments = [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) =>
    comment.replaceAll(/^[ \t]*(?:\/\*\*|\*\/|\* ?)/gm, ''),
  );
  return comments.flatMap((comment) => findCodeBlocks(comment, 'ts'));
}

/** Modules of other packages that an import of `file` loads, however indirectly. */
export function listLoadedPackages(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const imports = [...readSource(file).matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm)];
  const packages = imports.flatMap(([, specifier = '']) =>
    specifier.startsWith('.') ? [...listLoadedPackages(join(dirname(file), specifier), seen)] : [specifier],
  );
  return new Set(packages);
}

const readSource = (file: string): string => readFileSync(join(REPOSITORY_FOLDER, file), 'utf8');
