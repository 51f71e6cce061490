/** The stack on one machine under a killer of workers, and what became of the tasks meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dynamoDb } from '../../lambda/aws/dynamodb.ts';
import { sqs } from '../../lambda/aws/sqs.ts';
import { FolderPayloadStore } from '../../lambda/payloads/index.ts';
import { DynamoTaskStore } from '../../lambda/tasks/dynamodb/index.ts';
import type { LocalStackOptions } from '../../lib/local/options.ts';
import { type LocalStack, startLocalStack } from '../../lib/local/stack.ts';
import { seeded } from '../support/simulation/random.ts';
import { drive, type Known } from './driver.ts';
import { kill, recoveries } from './killer.ts';
import { drained } from './queues.ts';
import { RpcClient } from './retrying-client.ts';
import { type Verdicts, verify } from './verify.ts';
import { Witness } from './worker-log.ts';

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

export interface SoakReport extends Verdicts {
  readonly kills: number;
  /** From a kill until each task that the worker held was taken up again (ms). */
  readonly recoveriesMs: readonly number[];
  /** Messages that both queues still held at the end. */
  readonly messagesLeft: number;
  /** How many tasks were to be created. */
  readonly asked: number;
  /** Calls that clients had to make again, and why the last one. */
  readonly callsAgain: number;
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
const OPEN_AT_MOST = 40;
/** For how long the end of the tasks may be verified (ms). */
const VERIFY_MS = 180_000;
/** For how long messages of tasks that have ended may still go round (ms). */
const DRAIN_MS = 60_000;
const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const log = join(folder, 'log');
  const { dynamodb = 'local', template, workers = 8 } = options;
  try {
    await using stack = await startLocalStack({
      ...{ server: SERVER, dynamodb, workers, apiProcesses: 2, quiet: true, name: 'soak' },
      ...(template && { template }),
      environment: { SOAK_LOG: log, LEASE_MS: String(LEASE_MS), HEARTBEAT_MS: String(HEARTBEAT_MS) },
      workerTimeoutMs: FUNCTION_MS,
    });
    return await run(stack, new Witness(log), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(stack: LocalStack, witness: Witness, options: SoakOptions): Promise<SoakReport> {
  const { durationMs, killEveryMs, seed = 1, stuckAfterMs = 90_000, progress = () => {} } = options;
  // Whoever verifies must not take a busy machine for a lost answer.
  const database = dynamoDb({ endpoint: stack.dynamodbEndpoint, requestTimeoutMs: 20_000 });
  const queues = sqs({ endpoint: stack.sqsEndpoint, requestTimeoutMs: 20_000 });
  const store = new DynamoTaskStore({ client: database, table: stack.tableName });
  const begun = Date.now();
  const over = new AbortController();
  const calm = new AbortController();
  const client = new RpcClient(stack.url, over.signal);
  const known: Known[] = [];

  const tell = (what: string) => {
    const ended = known.filter((task) => task.ended).length;
    const seconds = Math.round((Date.now() - begun) / 1_000);
    progress(`${what} ${seconds} s: created ${known.length}, ended ${ended}, workers ${stack.workerPids().length}`);
  };
  let phase = 'killing';
  const ticking = setInterval(() => tell(phase), 1_000);
  const killing = kill(stack, store, witness, killEveryMs, seeded(seed ^ 0xdead), calm.signal);
  const driving = driveAll(client, options, (task) => known.push(task), over.signal);
  try {
    await delay(durationMs);
    calm.abort();
    const kills = await killing;
    phase = 'calm';
    await Promise.race([driving, stalled(known, stuckAfterMs, over.signal)]);
    over.abort();
    await driving;
    const messagesLeft = await drained(queues, [stack.queueUrl, stack.deadLetterQueueUrl], DRAIN_MS);
    phase = 'verifying';
    const payloads = new FolderPayloadStore(stack.payloadFolder);
    const verifier = new RpcClient(stack.url, AbortSignal.timeout(VERIFY_MS));
    const verdicts = await verify(known, { client: verifier, store, payloads, witness });
    const ended = new Map(known.map((task) => [task.id, task.ended?.status]));
    const recoveriesMs = recoveries(kills, witness, (id) => ended.get(id) === 'cancelled');
    const { again: callsAgain, trouble } = client;
    return {
      ...{ ...verdicts, asked: options.tasks, kills: kills.length, recoveriesMs, messagesLeft, callsAgain },
      ...(trouble !== undefined && { trouble }),
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
async function stalled(known: readonly Known[], afterMs: number, signal: AbortSignal): Promise<void> {
  let ended = -1;
  for (let since = Date.now(); !signal.aborted && Date.now() - since < afterMs; ) {
    const now = known.filter((task) => task.ended).length;
    if (now !== ended) since = Date.now();
    ended = now;
    await delay(500, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when every client has seen its task end, or has been told to give up. */
async function driveAll(
  client: RpcClient,
  { tasks, durationMs, seed = 1 }: SoakOptions,
  acknowledged: (known: Known) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set<Promise<void>>();
  const seeds = seeded(seed);
  const every = (0.9 * durationMs) / tasks;
  const begun = Date.now();
  for (let n = 0; n < tasks && !signal.aborted; n += 1) {
    await delay(Math.max(0, begun + n * every - Date.now()), undefined, { signal }).catch(() => {});
    while (open.size >= OPEN_AT_MOST) await Promise.race(open);
    // Each task its own randomness: what one client does must not depend on when another one asks.
    const random = seeded(Math.floor(seeds() * 2 ** 32));
    const driven: Promise<void> = drive(client, n, random, acknowledged, signal)
      .catch(() => {})
      .finally(() => open.delete(driven));
    open.add(driven);
  }
  await Promise.all(open);
}
