/** Measures what it costs to start each function: its bundle's bytes and import time, relative to the AWS clients alone. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { bundle } from '../lib/bundle/bundling.ts';
import {
  buildApiEntry,
  buildDeadLetterEntry,
  buildExternalEntry,
  buildWorkerEntry,
  buildWorkerSideEntries,
} from '../lib/bundle/entries.ts';
import { collectStaticImports } from '../lib/bundle/merge-start.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../lib/local/aws.ts';

const SERVER_FILE = fileURLToPath(new URL('../examples/datasets/server.ts', import.meta.url));
const SERVER_INFO = { name: 'bench', version: '1.0.0' };

/** The minimum for any server: the clients of DynamoDB and SQS, and the commands that a task takes. */
const AWS_CLIENTS = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import {
    DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand,
  } from '@aws-sdk/lib-dynamodb';
  import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
  const table = DynamoDBDocumentClient.from(new DynamoDBClient());
  const queue = new SQSClient();
  const commands = {
    GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand,
    ChangeMessageVisibilityCommand, SendMessageCommand,
  };
  export const handler = ({ client, command, input }) =>
    (client === 'table' ? table : queue).send(new commands[command](input));
`;

/** As esbuild bundles them by default: everything in one file, including what is imported dynamically. */
export const BASELINE = 'the AWS clients alone';
/** The same, split and merged like our functions: the strictest comparison. */
export const SPLIT_BASELINE = 'the same, split our way';

export interface BundleSize {
  readonly name: string;
  /** Size of the files that a cold start reads. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Size of all files, including those that are loaded only on demand. */
  readonly allBytes: number;
}

export interface BundleCost extends BundleSize {
  /** From the import of the entry until it can be called (ms): median over the processes. */
  readonly importMs: number;
  /** Processor time of that (ms): median. */
  readonly cpuMs: number;
  /** Time and processor time relative to the baseline's in the same round: medians over the rounds. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

interface BuiltBundle extends BundleSize {
  readonly folder: string;
}

/** Bundle every function as it is deployed, and the baseline with the same settings. */
function buildBundles(root: string): BuiltBundle[] {
  const build = (name: string, source: string, sideEntries = {}): BuiltBundle => {
    const folder = join(root, String(name.length) + name.replaceAll(' ', '-'));
    const metafile = bundle(source, folder, { sideEntries });
    const entry = Object.keys(metafile.outputs).find((path) => basename(path) === 'index.mjs') ?? '';
    const files = collectStaticImports(entry, metafile.outputs).map((path) => readFileSync(toBundlePath(folder, path)));
    return {
      name,
      folder,
      bytes: sumBytes(files.map((file) => file.length)),
      gzipBytes: sumBytes(files.map((file) => gzipSync(file).length)),
      allBytes: sumBytes(
        Object.entries(metafile.outputs).map(([path, { bytes }]) => (path.endsWith('.map') ? 0 : bytes)),
      ),
    };
  };
  return [
    buildBaseline(root),
    build(SPLIT_BASELINE, AWS_CLIENTS),
    build('api (a poll)', buildApiEntry(SERVER_FILE, SERVER_INFO)),
    build('worker', buildWorkerEntry(SERVER_FILE, SERVER_INFO), buildWorkerSideEntries(SERVER_FILE)),
    build('dead-letter', buildDeadLetterEntry()),
    build('external', buildExternalEntry()),
  ];
}

/** Bundled with esbuild's defaults, apart from what our functions need as well. */
function buildBaseline(root: string): BuiltBundle {
  const folder = join(root, 'plain');
  const outfile = join(folder, 'index.mjs');
  buildSync({
    stdin: { contents: AWS_CLIENTS, resolveDir: process.cwd() },
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const file = readFileSync(outfile);
  const bytes = file.length;
  return { name: BASELINE, folder, bytes, gzipBytes: gzipSync(file).length, allBytes: bytes };
}

const toBundlePath = (folder: string, path: string): string =>
  basename(path) === 'index.mjs' ? join(folder, 'index.mjs') : join(folder, 'chunks', basename(path));

/** One import of a bundle's entry, until it can be called. */
interface StartTiming {
  readonly ms: number;
  /** Processor time of all threads, which is the same on a busy machine. */
  readonly cpuMs: number;
}

/** Starts a separate process, in which nothing has been loaded or compiled before. */
function measureStart(folder: string): StartTiming {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder], {
    env: { PATH: process.env.PATH ?? '', ...FUNCTION_ENVIRONMENT },
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

/** Everything that any of the functions requires; none of it is called. */
const FUNCTION_ENVIRONMENT = {
  ...LOCAL_AWS_ENVIRONMENT,
  TABLE_NAME: 'table',
  QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/queue',
  PAYLOAD_BUCKET: 'bucket',
  SEALING_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:sealing',
  AUTH: 'none',
};

/** @param rounds every bundle starts once in each, so that a busy machine slows all of them alike */
export const measureBundles = (rounds: number): BundleCost[] =>
  withBundles((bundles) => {
    // The first start of each reads its files from the disk, and is not counted.
    for (const { folder } of bundles) measureStart(folder);
    const roundTimings = Array.from({ length: rounds }, () => bundles.map(({ folder }) => measureStart(folder)));
    return bundles.map(({ folder: _, ...size }, index) => {
      const computeMetric = (metric: (own: StartTiming, baseline: StartTiming) => number) =>
        computeMedian(roundTimings.map((round) => metric(round[index] as StartTiming, round[0] as StartTiming)));
      return {
        ...size,
        importMs: computeMetric(({ ms }) => ms),
        cpuMs: computeMetric(({ cpuMs }) => cpuMs),
        ratio: computeMetric((own, baseline) => own.ms / baseline.ms),
        cpuRatio: computeMetric((own, baseline) => own.cpuMs / baseline.cpuMs),
      };
    });
  });

/** Only the sizes, which are the same on every machine. */
export const measureBundleSizes = (): BundleSize[] =>
  withBundles((bundles) => bundles.map(({ folder: _, ...size }) => size));

/** Build the bundles, measure them, and remove them. */
function withBundles<Result>(measure: (bundles: readonly BuiltBundle[]) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    return measure(buildBundles(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** @param rounds how many starts of each bundle the times are medians of */
export function printBundles(costs: readonly BundleCost[], rounds: number): void {
  const printRow = (name: string, ...figures: string[]) =>
    console.log(name.padEnd(24) + figures.map((figure) => figure.padStart(12)).join(''));
  console.log(
    `\nBundles: what a cold start reads, and how long the import takes (median of ${rounds} processes each)\n`,
  );
  printRow('', 'bytes', 'gzip', 'with lazy', 'import', 'ratio', 'CPU', 'ratio');
  for (const { name, bytes, gzipBytes, allBytes, importMs, ratio, cpuMs, cpuRatio } of costs)
    printRow(
      name,
      String(bytes),
      String(gzipBytes),
      String(allBytes),
      `${importMs.toFixed(1)} ms`,
      ratio.toFixed(2),
      `${cpuMs.toFixed(1)} ms`,
      cpuRatio.toFixed(2),
    );
}

const sumBytes = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function computeMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** In the child process: imports one bundle and prints how long that took. */
async function measureImport(folder: string): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await import(pathToFileURL(join(folder, 'index.mjs')).href);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  process.stdout.write(JSON.stringify({ ms, cpuMs: (user + system) / 1_000 } satisfies StartTiming));
  process.exit();
}

if (import.meta.main) await measureImport(process.argv[2] ?? '');
