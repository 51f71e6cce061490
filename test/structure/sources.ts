/** Reads the sources of the project: their imports, types included, and the names of their functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseAst } from 'vitest/node';

/** The folders whose sources count: neither tests nor generated code. */
const SOURCE_FOLDERS = ['lambda', 'lib', 'bin', 'examples', 'bench'];

export interface SourceFile {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
  readonly lines: number;
  /** Paths of the sources that it imports, including type imports. */
  readonly imports: readonly string[];
  /** Names of the functions at its top level, exported or not. */
  readonly functions: readonly string[];
  /** Names that it declares and exports: functions, constants, classes and types. */
  readonly exports: readonly string[];
}

/** @param root the root of the repository */
export function readSources(root: string): SourceFile[] {
  const paths = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name).replaceAll('\\', '/')),
  );
  const known = new Set(paths);
  return paths.toSorted().map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const program = parseAst(text, { lang: 'ts' }) as unknown as Node;
    const imports = findImports(program)
      .map((specifier) => resolveImport(path, specifier))
      .filter((target) => known.has(target));
    return {
      path,
      lines: text.trimEnd().split('\n').length,
      imports: [...new Set(imports)],
      functions: findFunctions(program),
      exports: findExports(program),
    };
  });
}

/** The names under which sources are published; the example imports them so. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  'mcp-tasks-aws': 'lambda/index.ts',
  'mcp-tasks-aws/cdk': 'lib/index.ts',
  'mcp-tasks-aws/testing': 'lambda/testing.ts',
  'mcp-tasks-aws/store': 'lambda/store.ts',
};

function resolveImport(path: string, specifier: string): string {
  return PUBLIC_NAMES[specifier] ?? normalize(join(dirname(path), specifier)).replaceAll('\\', '/');
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** `import … from`, `export … from` and `import('…')`. */
function findImports(node: Node): string[] {
  const found: string[] = [];
  visit(node, ({ source }) => {
    if (isNode(source) && typeof source.value === 'string') found.push(source.value);
  });
  return found;
}

function visit(node: Node, visitor: (node: Node) => void): void {
  visitor(node);
  for (const member of Object.values(node))
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) visit(child, visitor);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';

function findFunctions(program: Node): string[] {
  return (program.body as Node[])
    .map((statement) => (isNode(statement.declaration) ? statement.declaration : statement))
    .flatMap((declaration) => {
      if (declaration.type === 'FunctionDeclaration') return [(declaration.id as Node).name as string];
      if (declaration.type !== 'VariableDeclaration') return [];
      return (declaration.declarations as Node[])
        .filter(({ init }) => isNode(init) && /^(Arrow)?FunctionExpression$/.test(init.type))
        .map(({ id }) => (id as Node).name as string);
    });
}

function findExports(program: Node): string[] {
  return (program.body as Node[])
    .filter(({ type, declaration }) => type === 'ExportNamedDeclaration' && isNode(declaration))
    .flatMap(({ declaration }) => {
      const { id, declarations } = declaration as Node & { readonly id?: Node; readonly declarations?: Node[] };
      const names = declarations ? declarations.map((each) => each.id as Node) : [id];
      return names.flatMap((node) => (typeof node?.name === 'string' ? [node.name] : []));
    });
}
