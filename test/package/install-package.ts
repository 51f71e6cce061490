/**
 * Installs the package as a consumer has it: packed by npm, unpacked where npm unpacks it, next to its declared
 * dependencies and nothing else, in a project with a copy of the example. Only the download is left out: dependencies are links to this repository's copies.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The members of package.json that are read here. */
export interface PackageManifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface InstalledPackage {
  /** The consumer's project. */
  readonly project: string;
  /** Where the package is, in the project's `node_modules`. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** Dependencies that the consumer's own package.json would declare, for its tool and its copy of the example. */
const CONSUMER_DEPENDENCIES = ['@types/node', 'zod', 'vitest', 'csv-parse', 'csv-stringify', 'vega-datasets'];

const REPOSITORY_FOLDER = resolve(import.meta.dirname, '../..');

/** Packs this repository and installs it into a new project in the system's temporary folder. */
export function installPackage(): InstalledPackage {
  const root = mkdtempSync(join(tmpdir(), 'consumer-'));
  const runNpm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: REPOSITORY_FOLDER, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  runNpm('run', 'build');
  const [{ filename }] = JSON.parse(runNpm('pack', './dist', '--json', '--pack-destination', root));
  const project = join(root, 'project');
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  cpSync(join(REPOSITORY_FOLDER, 'examples/datasets'), join(project, 'datasets'), { recursive: true });
  const folder = join(project, 'node_modules', 'mcp-tasks-aws');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', join(root, filename), '-C', folder, '--strip-components=1']);
  const manifest: PackageManifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = [manifest.dependencies, manifest.peerDependencies].flatMap(Object.keys);
  for (const name of new Set([...names, ...CONSUMER_DEPENDENCIES])) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY_FOLDER, 'node_modules', name), link);
  }
  return { project, folder, manifest };
}
