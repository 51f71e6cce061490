/** Runs tasks on the local stack while its workers are killed, and verifies what became of them. */
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
  /** How long workers are killed; the tasks are called within the first nine tenths of it (ms). */
  readonly durationMs: number;
  readonly killEveryMs: number;
  /** Worker processes. Default 8. */
  readonly workers?: number;
  /** Chooses tools, answers, cancels and victims; the timing still differs each time. Default 1. */
  readonly seed?: number;
  /** After the last kill, open tasks are stuck once none has ended for this long (ms). Default 90,000. */
  readonly stuckAfterMs?: number;
  /** Called once a second with a line about the progress. */
  readonly onProgress?: (line: string) => void;
}

export interface SoakReport extends SoakVerdicts {
  readonly kills: number;
  /** From each kill until the task that the worker ran was resumed (ms). */
  readonly recoveriesMs: readonly number[];
  /** Messages that were left in both queues. */
  readonly messagesLeft: number;
  /** How many tasks were to be created. */
  readonly requestedTasks: number;
  /** Calls that clients had to repeat, and why the last one. */
  readonly retriedCalls: number;
  readonly lastError?: string;
}

const LEASE_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/**
 * The function's timeout, and so the visibility timeout of its queue: a worker that dies before it could set the
 * message's visibility to its lease is noticed after this (ms).
 */
const FUNCTION_MS = 12_000;
/** How many tasks the clients keep open at a time. */
const MAX_OPEN_TASKS = 40;
/** How long the verification may take (ms). */
const VERIFY_TIMEOUT_MS = 600_000;
/** How long messages of ended tasks may still be in the queues (ms). */
const DRAIN_TIMEOUT_MS = 600_000;
/** How long an emulator may take to respond to the verification (ms). */
const REQUEST_TIMEOUT_MS = 600_000;
const SOAK_SERVER_PATH = fileURLToPath(new URL('./server.ts', import.meta.url));

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const logFile = join(folder, 'log');
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
      environment: { SOAK_LOG: logFile, LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: String(HEARTBEAT_MS) },
      workerTimeoutMs: FUNCTION_MS,
    });
    return await soakStack(stack, new WorkerLog(logFile), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function soakStack(stack: LocalStack, workerLog: WorkerLog, options: SoakOptions): Promise<SoakReport> {
  const { durationMs, killEveryMs, seed = 1, stuckAfterMs = 90_000, onProgress = () => {} } = options;
  // The verification must not mistake a busy machine for a lost response.
  const database = createDynamoDbClient({ endpoint: stack.dynamodbEndpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const queues = createSqsClient({ endpoint: stack.sqsEndpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const store = new DynamoTaskStore({ client: database, table: stack.tableName });
  const startedAt = Date.now();
  const endController = new AbortController();
  const killingEnds = new AbortController();
  const client = new RetryingClient(stack.url, endController.signal);
  const tasks: SoakTask[] = [];

  let phase = 'killing';
  const reportProgress = () => {
    const ended = tasks.filter((task) => task.endedTask).length;
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const workers = stack.getWorkerPids().length;
    onProgress(`${phase} ${seconds} s: created ${tasks.length}, ended ${ended}, workers ${workers}`);
  };
  const progressTimer = setInterval(reportProgress, 1_000);
  const killing = killWorkers(stack, store, workerLog, killEveryMs, createRandom(seed ^ 0xdead), killingEnds.signal);
  const driving = driveTasks(client, options, (task) => tasks.push(task), endController.signal);
  try {
    await delay(durationMs);
    killingEnds.abort();
    const kills = await killing;
    phase = 'waiting';
    await Promise.race([driving, waitForStall(tasks, stuckAfterMs, endController.signal)]);
    endController.abort();
    await driving;
    const messagesLeft = await waitUntilDrained(queues, [stack.queueUrl, stack.deadLetterQueueUrl], DRAIN_TIMEOUT_MS);
    phase = 'verifying';
    const payloads = new FolderPayloadStore(stack.payloadFolder);
    const verifier = new RetryingClient(stack.url, AbortSignal.timeout(VERIFY_TIMEOUT_MS));
    const verdicts = await verifyTasks(tasks, { client: verifier, store, payloads, workerLog });
    const statuses = new Map(tasks.map((task) => [task.id, task.endedTask?.status]));
    const recoveriesMs = measureRecoveries(kills, workerLog, (id) => statuses.get(id) === 'cancelled');
    return {
      ...verdicts,
      requestedTasks: options.tasks,
      kills: kills.length,
      recoveriesMs,
      messagesLeft,
      retriedCalls: client.retries,
      ...(client.lastError !== undefined && { lastError: client.lastError }),
    };
  } finally {
    clearInterval(progressTimer);
    killingEnds.abort();
    endController.abort();
    await Promise.allSettled([killing, driving]);
    database.destroy();
    queues.destroy();
  }
}

/** Resolves when no task has ended for `stuckAfterMs`. */
async function waitForStall(tasks: readonly SoakTask[], stuckAfterMs: number, signal: AbortSignal): Promise<void> {
  let lastCount = -1;
  for (let since = Date.now(); !signal.aborted && Date.now() - since < stuckAfterMs; ) {
    const count = tasks.filter((task) => task.endedTask).length;
    if (count !== lastCount) since = Date.now();
    lastCount = count;
    await delay(500, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when every client has seen its task end, or when `signal` is aborted. */
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
    // Each task has its own random numbers: one client's choices must not depend on the timing of another.
    const random = createRandom(Math.floor(seeds() * 2 ** 32));
    const driven: Promise<void> = driveTask(client, n, random, onAcknowledged, signal)
      .catch(() => {})
      .finally(() => open.delete(driven));
    open.add(driven);
  }
  await Promise.all(open);
}
