import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import { TaskNotFound } from '../../lambda/engine/errors.ts';
import type { Caller, TaskView } from '../../lambda/engine/model.ts';
import type { Delivery, Disposal, WakeUp, WakeUpQueue } from '../../lambda/engine/ports.ts';
import { createRedrive } from '../../lambda/engine/worker/redrive.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import { isTerminal } from '../../lambda/tasks/record.ts';
import { CheckedTaskStore, type StoreMutation } from '../support/simulation/checked-store.ts';
import { type ReceivedMessage, SimulatedQueue } from '../support/simulation/queue.ts';
import { createRandom, drawInteger } from '../support/simulation/random.ts';
import { type FaultRates, NO_FAULTS, type SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';
import { createSimulatedTools, SIMULATED_TOOL_NAMES } from './tools.ts';

/** What a mutated protocol does differently; each takes away one rule or one mark. */
export interface ProtocolMutation extends StoreMutation {
  /** Sends come after the writes that they should come before. */
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

const LEASE_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const FUNCTION_MS = 60_000;
const API_MS = 10_000;
/** For how long things go wrong, and how long the calm after it may take to bring everything to an end. */
const FAULT_PHASE_MS = 240_000;
const RECOVERY_PHASE_MS = 3 * 3_600_000;

/** A client's knowledge of a task that was acknowledged to it. */
interface TrackedTask {
  readonly id: string;
  readonly tool: string;
  readonly answers: Map<string, Set<string>>;
  /** Keys whose answers were acknowledged: they are never asked again. */
  readonly acknowledged: Set<string>;
  cancelAcknowledged: boolean;
  /** The one cancel that was sent was told that the task had ended before. */
  cancelRefused?: boolean;
  /** Cancels sent so far. */
  cancels: number;
  ended?: TaskView;
}

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
    retentionMs: 14 * 86_400_000,
    duplicateChance: 0.01,
  });
  const queue = new SimulatedQueue(world, {
    ...{ visibilityMs: FUNCTION_MS, retentionMs: 7 * 86_400_000, duplicateChance: faults.crashBefore > 0 ? 0.03 : 0 },
    ...{ maxReceiveCount, deadLetters },
  });
  const violations: string[] = [];
  const events: Record<string, number> = {};
  const log = (event: string) => {
    events[event] = (events[event] ?? 0) + 1;
  };
  const workers = new Map<string, SimulatedProcess[]>();
  const cleaned = new Set<string>();
  const known: TrackedTask[] = [];
  const said = new Set<string>();
  const tokens = new Set<string>();
  const submitted = (token: string) => {
    if (tokens.has(token)) return;
    tokens.add(token);
    void outsideSystem(token);
  };
  let clientsBusy = 0;
  let inFlight = 0;

  const queueFor = (process: SimulatedProcess): WakeUpQueue => ({
    send: (wakeUp, options) => {
      const send = async () => queue.send(mutation.rewriteWakeUp?.(wakeUp) ?? wakeUp, options?.delayMs);
      if (mutation.sendAfterWrite) {
        // The write first; the process may die before the message goes.
        void world
          .createClock(process)
          .wait(200)
          .then(() => world.request(process, send).catch(() => {}));
        return Promise.resolve();
      }
      return world.request(process, send);
    },
  });
  const partsFor = (process: SimulatedProcess) => ({
    ...{
      store: store.createStoreFor(process),
      queue: queueFor(process),
      clock: world.createClock(process),
      ids: world.ids,
      log,
    },
    settings: { leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS },
    hmac: async (text: string) => text,
  });

  /** One Lambda invocation: ended by its own end, by a crash, or at its deadline. */
  function invoke(
    name: string,
    limitMs: number,
    work: (process: SimulatedProcess, deadline: number) => Promise<void>,
  ): SimulatedProcess {
    const process = world.startProcess(name);
    inFlight += 1;
    let open = true;
    const close = () => {
      if (open) inFlight -= 1;
      open = false;
    };
    const deadline = world.now + process.skewMs + limitMs;
    void work(process, deadline).then(close, close);
    const watch = () => {
      if (!open) return;
      if (!process.alive || world.now > deadline - process.skewMs) {
        // Stopped from outside; what it had on the way may still land. A few write on: ended, but not dead.
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
      const defined = createSimulatedTools(world, process, {
        onCleanedUp: (id) => cleaned.add(id),
        onSubmitted: submitted,
      });
      const worker = createWorker({ ...partsFor(process), findTool: async (name) => defined.get(name) });
      let nth = 0;
      const delivery: Delivery = {
        wakeUp,
        receives: receipt.message.receives,
        reappearIn: (ms) => {
          const changed = mutation.rewriteVisibility ? mutation.rewriteVisibility(ms, ++nth) : ms;
          return world.request(process, async () => {
            if (changed !== undefined) queue.changeVisibility(receipt, changed);
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
  const disturbances = (id: string): number =>
    (workers.get(id) ?? []).filter(({ alive, disturbed }) => !alive || disturbed).length;

  /** A consumer looks soon after something is there to see. */
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
      if (mutation.redrive !== 'drop') await createRedrive(partsFor(process)).redrive(dead.message.wakeUp);
      deadLetters.delete(dead);
    });
  });

  /** One API request, as a client makes it: it gets an answer, an error, or nothing at all. */
  function request<T>(
    work: (engine: ReturnType<typeof createEngine>, deadline: number) => Promise<T>,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let answered = false;
      invoke('api', API_MS, async (process, deadline) => {
        try {
          const value = await work(createEngine(partsFor(process)), deadline);
          answered = true;
          resolve(value);
        } catch (error) {
          answered = true;
          if (error instanceof TaskNotFound) reject(error);
          else resolve(undefined);
        }
      });
      world.schedule(API_MS + 2_000, () => {
        if (!answered) resolve(undefined);
      });
    });
  }

  const pause = (ms: number) => new Promise<void>((resolve) => world.schedule(ms, resolve));

  /** The outside system: it ends the wait at some time, and says so until somebody has heard it. */
  async function outsideSystem(token: string): Promise<void> {
    await pause(random() < 0.3 ? 0 : drawInteger(random, 100, 120_000));
    const value = world.ids.token();
    said.add(value);
    for (;;) {
      try {
        if (await request((engine, deadline) => engine.completeWait(token, value, deadline).then(() => true))) return;
      } catch {
        return;
      }
      await pause(2_000);
    }
  }

  async function client(index: number): Promise<void> {
    await pause(drawInteger(random, 0, FAULT_PHASE_MS / 3));
    const name = tools[Math.floor(random() * tools.length)] as string;
    const tool = createSimulatedTools(world, world.startProcess('definition'), {
      onCleanedUp() {},
      onSubmitted() {},
    }).get(name);
    if (!tool) throw new Error(`no tool ${name}`);
    const caller: Caller = random() < 0.5 ? {} : { owner: `owner${index % 3}` };
    // Some clients retry under a key; the others start anew, and what they have not heard of they do not own.
    const once = caller.owner !== undefined && random() < 0.5 ? { idempotencyKey: `key ${index}` } : {};
    let view: TaskView | undefined;
    while (!view)
      view = await request((engine, deadline) =>
        engine.startTask({
          caller,
          tool,
          arguments: {},
          era: '2026-07-28',
          capabilities: { form: true },
          ...once,
          deadline,
        }),
      );
    const { id } = view;
    const task: TrackedTask = {
      id,
      tool: name,
      answers: new Map(),
      acknowledged: new Set(),
      cancelAcknowledged: false,
      cancels: 0,
    };
    known.push(task);
    const cancelAt = random() < 0.2 ? world.now + drawInteger(random, 0, 60_000) : Number.POSITIVE_INFINITY;
    for (let interval = view.pollIntervalMs; ; ) {
      await pause(interval * (0.5 + random()));
      if (world.now >= cancelAt && !task.cancelAcknowledged) {
        const cancelled = await guarded(task, () =>
          request((engine, deadline) => engine.cancelTask(caller, id, deadline)),
        );
        task.cancels += 1;
        if (cancelled === 'cancelled') task.cancelAcknowledged = true;
        task.cancelRefused ||= cancelled === 'alreadyTerminal' && task.cancels === 1;
      }
      const acknowledgedBefore = new Set(task.acknowledged);
      const seen = await guarded(task, () => request((engine) => engine.getTask(caller, id)));
      if (!seen) continue;
      interval = seen.pollIntervalMs;
      if (isTerminal(seen.status)) {
        task.ended = seen;
        return;
      }
      for (const key of Object.keys(seen.questions)) {
        if (acknowledgedBefore.has(key))
          violations.push(`${name} ${id}: ${key} is asked again after its answer was acknowledged`);
        if (random() < 0.4) continue;
        const value = `answer-${world.ids.token()}`;
        task.answers.set(key, (task.answers.get(key) ?? new Set()).add(value));
        const answers = { [key]: { result: { action: 'accept', content: { value } } } };
        void guarded(task, () =>
          request((engine, deadline) => engine.answerTask(caller, id, answers, deadline).then(() => true)),
        ).then((acknowledged) => acknowledged && task.acknowledged.add(key));
      }
    }
  }

  /** Promise 1: an acknowledged task always resolves, from any instance. */
  async function guarded<T>(task: TrackedTask, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      violations.push(`acknowledged task ${task.id} did not resolve: ${String(error)}`);
      return undefined;
    }
  }

  for (let index = 0; index < tasks; index += 1) {
    clientsBusy += 1;
    void client(index).finally(() => {
      clientsBusy -= 1;
    });
  }

  const storm = world.now + FAULT_PHASE_MS;
  await world.runUntil(storm, () => clientsBusy === 0 && queue.messages.size === 0);
  world.faults = NO_FAULTS;
  const settled = () =>
    clientsBusy === 0 && inFlight === 0 && queue.messages.size === 0 && deadLetters.messages.size === 0;
  await world.runUntil(world.now + RECOVERY_PHASE_MS, settled);

  if (clientsBusy > 0) violations.push(`${clientsBusy} clients still wait: a task is stuck`);
  else if (!settled())
    violations.push(`messages are left: ${queue.messages.size} and ${deadLetters.messages.size} dead`);
  for (const task of known) checkEnd(task);
  return { violations: [...violations, ...store.violations], events };

  function checkEnd(task: TrackedTask): void {
    const { ended } = task;
    if (!ended) return;
    const tell = (what: string) => violations.push(`${task.tool} ${task.id}: ${what}`);
    if (ended.status === 'cancelled') {
      if (task.cancelRefused) tell('a cancel took effect and was told that it did not');
      if (task.tool === 'cleansUp' && !cleaned.has(task.id) && disturbances(task.id) < 3)
        tell('cancelled, but its onCancel never ran');
      return;
    }
    if (task.cancelAcknowledged) tell(`cancel was acknowledged, but it is ${ended.status}`);
    const outcome = ended.outcome;
    if (!outcome) return void tell('it ended without an outcome');
    if ('error' in outcome) {
      const disturbed = disturbances(task.id);
      if (disturbed < 3 || !outcome.error.message.includes('consecutive runs'))
        tell(`failed while healthy (${disturbed} runs disturbed): ${outcome.error.message}`);
      return;
    }
    const [block] = outcome.result.content as { text: string }[];
    if (outcome.result.isError) return void tell(`tool error: ${block?.text}`);
    const seen = JSON.parse(block?.text ?? '{}') as { steps: Record<string, string>; answers: Record<string, string> };
    for (const [id, value] of Object.entries(seen.steps)) {
      const recorded = store.recordedSteps.get(`${task.id}/${id}`);
      if (recorded !== JSON.stringify({ v: value })) tell(`${id} was delivered as ${value}, recorded as ${recorded}`);
    }
    for (const [key, value] of Object.entries(seen.answers))
      if (value !== 'timeout' && !said.has(value) && !task.answers.get(key)?.has(value))
        tell(`${key} was answered ${value}, which nobody said`);
  }
}
