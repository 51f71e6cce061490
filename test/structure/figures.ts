/** Measures the sources, for `npm run structure` and `structure.test.ts`. */
import { dirname } from 'node:path';
import { findCycles, type Graph } from './cycles.ts';
import type { SourceFile } from './sources.ts';
import { VERBS } from './verbs.ts';

export interface StructureFigures {
  readonly files: number;
  readonly medianLines: number;
  readonly longest: SourceFile;
  /** Files that import each other in a cycle, types included. */
  readonly importCycles: readonly (readonly string[])[];
  /** The same of folders. */
  readonly folderCycles: readonly (readonly string[])[];
  /** Functions at the top level of a module. */
  readonly functions: number;
  readonly endingInOf: readonly string[];
  readonly withoutVerb: readonly string[];
  /** Names that several files export, with the files. */
  readonly sharedNames: ReadonlyMap<string, readonly string[]>;
}

export function measureStructure(sources: readonly SourceFile[]): StructureFigures {
  const functions = sources.flatMap((source) => source.functions);
  const byLength = sources.toSorted((one, other) => one.lines - other.lines);
  return {
    files: sources.length,
    medianLines: (byLength[Math.floor(byLength.length / 2)] as SourceFile).lines,
    longest: byLength.at(-1) as SourceFile,
    importCycles: findCycles(new Map(sources.map(({ path, imports }) => [path, imports]))),
    folderCycles: findCycles(buildFolderGraph(sources)),
    functions: functions.length,
    endingInOf: functions.filter((name) => /[a-z]Of$/.test(name)),
    withoutVerb: functions.filter((name) => !VERBS.has(/^[a-z]+/.exec(name)?.[0] ?? '')),
    sharedNames: findSharedNames(sources),
  };
}

function findSharedNames(sources: readonly SourceFile[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const source of sources)
    for (const name of source.exports) files.set(name, [...(files.get(name) ?? []), source.path]);
  return new Map([...files].filter(([, paths]) => paths.length > 1));
}

function buildFolderGraph(sources: readonly SourceFile[]): Graph {
  const graph = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    const folder = dirname(path);
    const others = imports.map((target) => dirname(target)).filter((other) => other !== folder);
    graph.set(folder, [...(graph.get(folder) ?? []), ...others]);
  }
  return graph;
}

/** In percent, with one decimal. */
export const toPercent = (part: number, whole: number): number => Math.round((1_000 * part) / whole) / 10;
