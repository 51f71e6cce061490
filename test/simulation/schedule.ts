/** One schedule: the real engine on a simulated store and queue, with clients, an outside system and faults. */
import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import type { Engine } from '../../lambda/engine/api/engine.ts';
import { TaskNotFound } from '../../lambda/engine/errors.ts';
import type { Delivery, Disposal, WakeUp, WakeUpQueue } from '../../lambda/engine/ports.ts';
import { createRedrive } from '../../lambda/engine/worker/redrive.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import { CheckedTaskStore, type StoreMutation } from '../support/simulation/checked-store.ts';
import { type ReceivedMessage, SimulatedQueue } from '../support/simulation/queue.ts';
import { createRandom, drawInteger } from '../support/simulation/random.ts';
import { type FaultRates, NO_FAULTS, type SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';
import { checkEndedTask } from './check-task.ts';
import { runClient, type TrackedTask } from './client.ts';
import { createSimulatedTools, SIMULATED_TOOL_NAMES } from './tools.ts';

/** What a mutated protocol does differently; each mutation removes one rule or one mark. */
export interface ProtocolMutation extends StoreMutation {
  /** Messages are sent after the writes that they must precede. */
  readonly sendAfterWrite?: boolean;
  readonly rewriteWakeUp?: (wakeUp: WakeUp) => WakeUp;
  readonly rewriteDisposal?: (disposal: Disposal) => Disposal;
  readonly rewriteVisibility?: (ms: number, nth: number) => number | undefined;
  readonly redrive?: 'drop';
}

export interface Schedule {
  readonly seed: number;
  readonly tasks: number;
  readonly faults: FaultRates;
  readonly mutation: ProtocolMutation;
  /** Which tools are called. Default: all of them. */
  readonly tools?: readonly string[];
  /** How often a message may be received before it is a dead letter. Default 15. */
  readonly maxReceiveCount?: number;
}

export interface ScheduleReport {
  readonly violations: readonly string[];
  readonly events: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
const LEASE_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const FUNCTION_MS = 60_000;
const API_MS = 10_000;
/** How long faults occur, and how long the recovery after it may take to bring everything to an end. */
const FAULT_PHASE_MS = 240_000;
const RECOVERY_PHASE_MS = 3 * 3_600_000;

export async function runSchedule({
  seed,
  tasks,
  faults,
  mutation,
  maxReceiveCount = 15,
  tools = SIMULATED_TOOL_NAMES,
}: Schedule): Promise<ScheduleReport> {
  const random = createRandom(seed);
  const world = new Simulator(random, faults);
  const store = new CheckedTaskStore(world, mutation);
  const deadLetters = new SimulatedQueue(world, {
    visibilityMs: 30_000,
    retentionMs: 14 * DAY_MS,
    duplicateChance: 0.01,
  });
  const queue = new SimulatedQueue(world, {
    visibilityMs: FUNCTION_MS,
    retentionMs: 7 * DAY_MS,
    duplicateChance: faults.crashBefore > 0 ? 0.03 : 0,
    maxReceiveCount,
    deadLetters,
  });
  const violations: string[] = [];
  const events: Record<string, number> = {};
  const log = (event: string) => {
    events[event] = (events[event] ?? 0) + 1;
  };
  const workers = new Map<string, SimulatedProcess[]>();
  const cleanedUp = new Set<string>();
  const trackedTasks: TrackedTask[] = [];
  const completedValues = new Set<string>();
  const tokens = new Set<string>();
  const onSubmitted = (token: string) => {
    if (tokens.has(token)) return;
    tokens.add(token);
    void runOutsideSystem(token);
  };
  let activeClients = 0;
  let inFlight = 0;

  const createQueueFor = (process: SimulatedProcess): WakeUpQueue => ({
    send: (wakeUp, options) => {
      const send = async () => queue.send(mutation.rewriteWakeUp?.(wakeUp) ?? wakeUp, options?.delayMs);
      if (mutation.sendAfterWrite) {
        // The write comes first; the process may die before the message is sent.
        void world
          .createClock(process)
          .wait(200)
          .then(() => world.request(process, send).catch(() => {}));
        return Promise.resolve();
      }
      return world.request(process, send);
    },
  });
  const buildEngineOptions = (process: SimulatedProcess) => ({
    store: store.createStoreFor(process),
    queue: createQueueFor(process),
    clock: world.createClock(process),
    ids: world.ids,
    log,
    settings: { leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS },
    hmac: async (text: string) => text,
  });

  /** One Lambda invocation: it ends when its work does, with a crash, or at its deadline. */
  function invoke(
    name: string,
    limitMs: number,
    work: (process: SimulatedProcess, deadline: number) => Promise<void>,
  ): SimulatedProcess {
    const process = world.startProcess(name);
    inFlight += 1;
    let isOpen = true;
    const close = () => {
      if (isOpen) inFlight -= 1;
      isOpen = false;
    };
    const deadline = world.now + process.skewMs + limitMs;
    void work(process, deadline).then(close, close);
    const watch = () => {
      if (!isOpen) return;
      if (!process.alive || world.now > deadline - process.skewMs) {
        // Stopped from outside; its requests in flight may still land. A few keep writing: over, but not dead.
        if (random() > 0.05) process.alive = false;
        close();
      } else world.schedule(500, watch);
    };
    world.schedule(500, watch);
    return process;
  }

  function deliver(receipt: ReceivedMessage): void {
    const { wakeUp } = receipt.message;
    const process = invoke('worker', FUNCTION_MS, async (process, deadline) => {
      const definitions = createSimulatedTools(world, process, { onCleanedUp: (id) => cleanedUp.add(id), onSubmitted });
      const worker = createWorker({ ...buildEngineOptions(process), findTool: async (name) => definitions.get(name) });
      let nth = 0;
      const delivery: Delivery = {
        wakeUp,
        receives: receipt.message.receives,
        reappearIn: (ms) => {
          const visibilityMs = mutation.rewriteVisibility ? mutation.rewriteVisibility(ms, ++nth) : ms;
          return world.request(process, async () => {
            if (visibilityMs !== undefined) queue.changeVisibility(receipt, visibilityMs);
          });
        },
      };
      const disposal = await worker.work(delivery, deadline).catch((): Disposal => 'keep');
      // Lambda's poller deletes what was handled; that request can be lost too.
      if ((mutation.rewriteDisposal?.(disposal) ?? disposal) === 'delete' && !(random() < world.faults.requestLost))
        queue.delete(receipt);
    });
    workers.set(wakeUp.task, [...(workers.get(wakeUp.task) ?? []), process]);
  }

  /** How many of a task's runs were killed, stalled or cut off: only those may count as failures. */
  const countDisturbances = (id: string): number =>
    (workers.get(id) ?? []).filter(({ alive, disturbed }) => !alive || disturbed).length;

  /** A consumer receives soon after a message becomes visible. */
  function consume(from: SimulatedQueue, handle: (receipt: ReceivedMessage) => void): void {
    from.notifyWhenVisible(() =>
      world.schedule(drawInteger(random, 10, 300), () => {
        const receipt = from.receive();
        if (receipt) handle(receipt);
        consume(from, handle);
      }),
    );
  }
  consume(queue, deliver);
  consume(deadLetters, (dead) => {
    invoke('dead-letter', FUNCTION_MS, async (process) => {
      if (mutation.redrive !== 'drop') await createRedrive(buildEngineOptions(process)).redrive(dead.message.wakeUp);
      deadLetters.delete(dead);
    });
  });

  /** One API request, as a client makes it: it gets a reply, an error, or nothing at all. */
  function sendRequest<T>(call: (engine: Engine, deadline: number) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let isReplied = false;
      invoke('api', API_MS, async (process, deadline) => {
        try {
          const value = await call(createEngine(buildEngineOptions(process)), deadline);
          isReplied = true;
          resolve(value);
        } catch (error) {
          isReplied = true;
          if (error instanceof TaskNotFound) reject(error);
          else resolve(undefined);
        }
      });
      world.schedule(API_MS + 2_000, () => {
        if (!isReplied) resolve(undefined);
      });
    });
  }

  /** The outside system: it completes the wait at some time, and retries until that is acknowledged. */
  async function runOutsideSystem(token: string): Promise<void> {
    await world.wait(random() < 0.3 ? 0 : drawInteger(random, 100, 120_000));
    const value = world.ids.token();
    completedValues.add(value);
    for (;;) {
      try {
        if (await sendRequest((engine, deadline) => engine.completeWait(token, value, deadline).then(() => true)))
          return;
      } catch {
        return;
      }
      await world.wait(2_000);
    }
  }

  const clientOptions = {
    world,
    tools,
    startWithinMs: FAULT_PHASE_MS / 3,
    sendRequest,
    onAcknowledged: (task: TrackedTask) => trackedTasks.push(task),
    addViolation: (violation: string) => violations.push(violation),
  };
  for (let index = 0; index < tasks; index += 1) {
    activeClients += 1;
    void runClient(index, clientOptions).finally(() => {
      activeClients -= 1;
    });
  }

  const faultsEndAt = world.now + FAULT_PHASE_MS;
  await world.runUntil(faultsEndAt, () => activeClients === 0 && queue.messages.size === 0);
  world.faults = NO_FAULTS;
  const isSettled = () =>
    activeClients === 0 && inFlight === 0 && queue.messages.size === 0 && deadLetters.messages.size === 0;
  await world.runUntil(world.now + RECOVERY_PHASE_MS, isSettled);

  if (activeClients > 0) violations.push(`${activeClients} clients still wait: a task is stuck`);
  else if (!isSettled())
    violations.push(`messages are left: ${queue.messages.size} and ${deadLetters.messages.size} dead`);
  const evidence = { recordedSteps: store.recordedSteps, cleanedUp, completedValues, countDisturbances };
  for (const task of trackedTasks) violations.push(...checkEndedTask(task, evidence));
  return { violations: [...violations, ...store.violations], events };
}
