/** The stack on one machine under a killer of workers, and what became of the tasks meanwhile. */
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
  /** For how long workers are killed; the tasks are called within its first nine tenths (ms). */
  readonly durationMs: number;
  readonly killEveryMs: number;
  /** Worker processes. Default 8. */
  readonly workers?: number;
  /** Chooses tools, answers, cancels and victims; what the machine makes of it differs each time. Default 1. */
  readonly seed?: number;
  /** After the last kill, tasks that are open are stuck once none has ended for this long (ms). Default 90,000. */
  readonly stuckAfterMs?: number;
  /** Told how it goes, once a second. */
  readonly progress?: (line: string) => void;
}

export interface SoakReport extends SoakVerdicts {
  readonly kills: number;
  /** From a kill until each task that the worker held was taken up again (ms). */
  readonly recoveriesMs: readonly number[];
  /** Messages that both queues still held at the end. */
  readonly messagesLeft: number;
  /** How many tasks were to be created. */
  readonly requestedTasks: number;
  /** Calls that clients had to make again, and why the last one. */
  readonly retriedCalls: number;
  readonly trouble?: string;
}

export const LEASE_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/**
 * The function's time-out, and so the visibility of its queue: a worker that dies before it could tell the queue about
 * its lease is noticed after this.
 */
const FUNCTION_MS = 12_000;
/** So many tasks are open at a time (of the client's choice). */
const MAX_OPEN_TASKS = 40;
/** For how long the end of the tasks may be verified (ms). */
const VERIFY_TIMEOUT_MS = 180_000;
/** For how long messages of tasks that have ended may still go round (ms). */
const DRAIN_TIMEOUT_MS = 60_000;
const SOAK_SERVER_PATH = fileURLToPath(new URL('./server.ts', import.meta.url));

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const log = join(folder, 'log');
  const { dynamodb = 'local', template, workers = 8 } = options;
  try {
    await using stack = await startLocalStack({
      ...{ server: SOAK_SERVER_PATH, dynamodb, workers, apiProcesses: 2, quiet: true, name: 'soak' },
      ...(template && { template }),
      environment: { SOAK_LOG: log, LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: String(HEARTBEAT_MS) },
      workerTimeoutMs: FUNCTION_MS,
    });
    return await soakStack(stack, new WorkerLog(log), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function soakStack(stack: LocalStack, witness: WorkerLog, options: SoakOptions): Promise<SoakReport> {
  const { durationMs, killEveryMs, seed = 1, stuckAfterMs = 90_000, progress = () => {} } = options;
  // Whoever verifies must not take a busy machine for a lost answer.
  const database = createDynamoDbClient({ endpoint: stack.dynamodbEndpoint, requestTimeoutMs: 20_000 });
  const queues = createSqsClient({ endpoint: stack.sqsEndpoint, requestTimeoutMs: 20_000 });
  const store = new DynamoTaskStore({ client: database, table: stack.tableName });
  const begun = Date.now();
  const over = new AbortController();
  const calm = new AbortController();
  const client = new RetryingClient(stack.url, over.signal);
  const known: SoakTask[] = [];

  const tell = (what: string) => {
    const ended = known.filter((task) => task.ended).length;
    const seconds = Math.round((Date.now() - begun) / 1_000);
    progress(`${what} ${seconds} s: created ${known.length}, ended ${ended}, workers ${stack.getWorkerPids().length}`);
  };
  let phase = 'killing';
  const ticking = setInterval(() => tell(phase), 1_000);
  const killing = killWorkers(stack, store, witness, killEveryMs, createRandom(seed ^ 0xdead), calm.signal);
  const driving = driveTasks(client, options, (task) => known.push(task), over.signal);
  try {
    await delay(durationMs);
    calm.abort();
    const kills = await killing;
    phase = 'calm';
    await Promise.race([driving, waitForStall(known, stuckAfterMs, over.signal)]);
    over.abort();
    await driving;
    const messagesLeft = await waitUntilDrained(queues, [stack.queueUrl, stack.deadLetterQueueUrl], DRAIN_TIMEOUT_MS);
    phase = 'verifying';
    const payloads = new FolderPayloadStore(stack.payloadFolder);
    const verifier = new RetryingClient(stack.url, AbortSignal.timeout(VERIFY_TIMEOUT_MS));
    const verdicts = await verifyTasks(known, { client: verifier, store, payloads, witness });
    const ended = new Map(known.map((task) => [task.id, task.ended?.status]));
    const recoveriesMs = measureRecoveries(kills, witness, (id) => ended.get(id) === 'cancelled');
    const { retries: callsAgain, lastError } = client;
    return {
      ...{
        ...verdicts,
        requestedTasks: options.tasks,
        kills: kills.length,
        recoveriesMs,
        messagesLeft,
        retriedCalls: callsAgain,
      },
      ...(lastError !== undefined && { trouble: lastError }),
    };
  } finally {
    clearInterval(ticking);
    calm.abort();
    over.abort();
    await Promise.allSettled([killing, driving]);
    database.destroy();
    queues.destroy();
  }
}

/** Resolves when no task has ended for a while. */
async function waitForStall(known: readonly SoakTask[], afterMs: number, signal: AbortSignal): Promise<void> {
  let ended = -1;
  for (let since = Date.now(); !signal.aborted && Date.now() - since < afterMs; ) {
    const now = known.filter((task) => task.ended).length;
    if (now !== ended) since = Date.now();
    ended = now;
    await delay(500, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when every client has seen its task end, or has been told to give up. */
async function driveTasks(
  client: RetryingClient,
  { tasks, durationMs, seed = 1 }: SoakOptions,
  acknowledged: (known: SoakTask) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set<Promise<void>>();
  const seeds = createRandom(seed);
  const every = (0.9 * durationMs) / tasks;
  const begun = Date.now();
  for (let n = 0; n < tasks && !signal.aborted; n += 1) {
    await delay(Math.max(0, begun + n * every - Date.now()), undefined, { signal }).catch(() => {});
    while (open.size >= MAX_OPEN_TASKS) await Promise.race(open);
    // Each task its own randomness: what one client does must not depend on when another one asks.
    const random = createRandom(Math.floor(seeds() * 2 ** 32));
    const driven: Promise<void> = driveTask(client, n, random, acknowledged, signal)
      .catch(() => {})
      .finally(() => open.delete(driven));
    open.add(driven);
  }
  await Promise.all(open);
}
