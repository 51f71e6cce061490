/** Runs the local stack while its workers are killed, and reports what became of the tasks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDynamoDbClient } from '../../lambda/aws/dynamodb.ts';
import { createSqsClient } from '../../lambda/aws/sqs.ts';
import { FolderPayloadStore } from '../../lambda/payloads/index.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';
import type { LocalStackOptions } from '../../lib/local/options.ts';
import { type LocalStack, startLocalStack } from '../../lib/local/stack.ts';
import { createRandom } from '../support/simulation/random.ts';
import { driveTask, type SoakTask } from './driver.ts';
import { killWorkers, measureRecoveries } from './killer.ts';
import { waitUntilDrained } from './queues.ts';
import { RetryingClient } from './retrying-client.ts';
import { type SoakVerdicts, verifyTasks } from './verify.ts';
import { WorkerLog } from './worker-log.ts';

export interface SoakOptions extends Pick<LocalStackOptions, 'dynamodb' | 'template'> {
  readonly tasks: number;
  /** How long workers are killed (ms); the tasks are called within the first nine tenths. */
  readonly durationMs: number;
  readonly killEveryMs: number;
  /** Worker processes. Default 8. */
  readonly workers?: number;
  /** Chooses tools, answers, cancels and victims; timing still differs in each run. Default 1. */
  readonly seed?: number;
  /** After the last kill, open tasks count as stuck once no task has ended for this long (ms). Default 90,000. */
  readonly stuckAfterMs?: number;
  /** Receives a line once a second. */
  readonly onProgress?: (line: string) => void;
}

export interface SoakReport extends SoakVerdicts {
  readonly kills: number;
  /** The time from each kill until the task that the worker held was claimed again (ms). */
  readonly recoveriesMs: readonly number[];
  /** Messages that the queues still held at the end. */
  readonly messagesLeft: number;
  /** How many tasks were to be created. */
  readonly requestedTasks: number;
  /** Calls that clients had to repeat. */
  readonly retriedCalls: number;
  /** Why the last of them had to be repeated. */
  readonly lastError?: string;
}

export const LEASE_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/**
 * The function's time-out, and so the visibility time-out of its queue: the task of a worker that dies before it could
 * extend that is claimed again after this time.
 */
const FUNCTION_MS = 12_000;
/** Most tasks that the clients keep open at a time. */
const MAX_OPEN_TASKS = 40;
/** How long the verification of the tasks may take (ms). */
const VERIFY_TIMEOUT_MS = 180_000;
/** How long messages of ended tasks may stay in the queues (ms). */
const DRAIN_TIMEOUT_MS = 60_000;
const SOAK_SERVER_PATH = fileURLToPath(new URL('./server.ts', import.meta.url));

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const log = join(folder, 'log');
  const { dynamodb = 'local', template, workers = 8 } = options;
  try {
    await using stack = await startLocalStack({
      server: SOAK_SERVER_PATH,
      dynamodb,
      workers,
      apiProcesses: 2,
      quiet: true,
      name: 'soak',
      ...(template && { template }),
      environment: { SOAK_LOG: log, LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: String(HEARTBEAT_MS) },
      workerTimeoutMs: FUNCTION_MS,
    });
    return await soakStack(stack, new WorkerLog(log), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function soakStack(stack: LocalStack, workerLog: WorkerLog, options: SoakOptions): Promise<SoakReport> {
  const { durationMs, killEveryMs, seed = 1, stuckAfterMs = 90_000, onProgress = () => {} } = options;
  // A long time-out: a busy machine must not look like a lost response.
  const database = createDynamoDbClient({ endpoint: stack.dynamodbEndpoint, requestTimeoutMs: 20_000 });
  const queues = createSqsClient({ endpoint: stack.sqsEndpoint, requestTimeoutMs: 20_000 });
  const store = new DynamoTaskStore({ client: database, table: stack.tableName });
  const startedAt = Date.now();
  const giveUp = new AbortController();
  const killingEnds = new AbortController();
  const client = new RetryingClient(stack.url, giveUp.signal);
  const acknowledged: SoakTask[] = [];

  let phase = 'killing';
  const printProgress = () => {
    const ended = acknowledged.filter((task) => task.ended).length;
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const workers = stack.getWorkerPids().length;
    onProgress(`${phase} ${seconds} s: created ${acknowledged.length}, ended ${ended}, workers ${workers}`);
  };
  const progressTimer = setInterval(printProgress, 1_000);
  const killing = killWorkers(stack, store, workerLog, killEveryMs, createRandom(seed ^ 0xdead), killingEnds.signal);
  const driving = driveTasks(client, options, (task) => acknowledged.push(task), giveUp.signal);
  try {
    await delay(durationMs);
    killingEnds.abort();
    const kills = await killing;
    phase = 'waiting';
    await Promise.race([driving, waitForStall(acknowledged, stuckAfterMs, giveUp.signal)]);
    giveUp.abort();
    await driving;
    const messagesLeft = await waitUntilDrained(queues, [stack.queueUrl, stack.deadLetterQueueUrl], DRAIN_TIMEOUT_MS);
    phase = 'verifying';
    const payloads = new FolderPayloadStore(stack.payloadFolder);
    const verifier = new RetryingClient(stack.url, AbortSignal.timeout(VERIFY_TIMEOUT_MS));
    const verdicts = await verifyTasks(acknowledged, { client: verifier, store, payloads, workerLog });
    const ended = new Map(acknowledged.map((task) => [task.id, task.ended?.status]));
    const recoveriesMs = measureRecoveries(kills, workerLog, (id) => ended.get(id) === 'cancelled');
    const { retries: retriedCalls, lastError } = client;
    return {
      ...verdicts,
      requestedTasks: options.tasks,
      kills: kills.length,
      recoveriesMs,
      messagesLeft,
      retriedCalls,
      ...(lastError !== undefined && { lastError }),
    };
  } finally {
    clearInterval(progressTimer);
    killingEnds.abort();
    giveUp.abort();
    await Promise.allSettled([killing, driving]);
    database.destroy();
    queues.destroy();
  }
}

/** Resolves when no task has ended for `afterMs`. */
async function waitForStall(tasks: readonly SoakTask[], afterMs: number, signal: AbortSignal): Promise<void> {
  let ended = -1;
  for (let since = Date.now(); !signal.aborted && Date.now() - since < afterMs; ) {
    const count = tasks.filter((task) => task.ended).length;
    if (count !== ended) since = Date.now();
    ended = count;
    await delay(500, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when every client has seen its task end, or the signal ends them. */
async function driveTasks(
  client: RetryingClient,
  { tasks, durationMs, seed = 1 }: SoakOptions,
  onAcknowledged: (task: SoakTask) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set<Promise<void>>();
  const seeds = createRandom(seed);
  const intervalMs = (0.9 * durationMs) / tasks;
  const startedAt = Date.now();
  for (let n = 0; n < tasks && !signal.aborted; n += 1) {
    await delay(Math.max(0, startedAt + n * intervalMs - Date.now()), undefined, { signal }).catch(() => {});
    while (open.size >= MAX_OPEN_TASKS) await Promise.race(open);
    // Each task has its own randomness: a client must not depend on when another one draws.
    const random = createRandom(Math.floor(seeds() * 2 ** 32));
    const driven: Promise<void> = driveTask(client, n, random, onAcknowledged, signal)
      .catch(() => {})
      .finally(() => open.delete(driven));
    open.add(driven);
  }
  await Promise.all(open);
}
