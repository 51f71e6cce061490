/** A client of a schedule: it calls a tool, polls, answers and sometimes cancels, until its task has ended. */
import type { Engine } from '../../lambda/engine/api/engine.ts';
import type { Caller, TaskView } from '../../lambda/engine/model.ts';
import { isTerminal } from '../../lambda/tasks/record.ts';
import { drawInteger } from '../support/simulation/random.ts';
import type { Simulator } from '../support/simulation/simulator.ts';
import { createSimulatedTools } from './tools.ts';

/** What a client knows of a task that was acknowledged to it. */
export interface TrackedTask {
  readonly id: string;
  readonly tool: string;
  /** Every value that was sent as an answer, by question. */
  readonly answers: Map<string, Set<string>>;
  /** Questions whose answers were acknowledged: they must never be asked again. */
  readonly acknowledged: Set<string>;
  cancelAcknowledged: boolean;
  /** The only cancel that was sent got the reply that the task had ended before. */
  cancelRefused?: boolean;
  /** Cancels sent so far. */
  cancels: number;
  endedView?: TaskView;
}

export interface ClientOptions {
  readonly world: Simulator;
  /** Names of the tools that may be called. */
  readonly tools: readonly string[];
  /** The call is made at some time within this (ms). */
  readonly startWithinMs: number;
  /** Sends one API request. Resolves with undefined when it fails or is never replied to. @throws TaskNotFound */
  sendRequest<T>(call: (engine: Engine, deadline: number) => Promise<T>): Promise<T | undefined>;
  /** Called as soon as the task is acknowledged. */
  onAcknowledged(task: TrackedTask): void;
  addViolation(violation: string): void;
}

/** @param index of the client: callers and idempotency keys follow from it */
export async function runClient(index: number, options: ClientOptions): Promise<void> {
  const { world, tools, startWithinMs, sendRequest, addViolation } = options;
  const { random } = world;
  await world.wait(drawInteger(random, 0, startWithinMs));
  const name = tools[Math.floor(random() * tools.length)] as string;
  const tool = createSimulatedTools(world, world.startProcess('definition'), {
    onCleanedUp() {},
    onSubmitted() {},
  }).get(name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  const caller: Caller = random() < 0.5 ? {} : { owner: `owner${index % 3}` };
  // Some clients retry under a key. The others call again, and do not own the tasks of calls that got no reply.
  const once = caller.owner !== undefined && random() < 0.5 ? { idempotencyKey: `key ${index}` } : {};
  let view: TaskView | undefined;
  while (!view)
    view = await sendRequest((engine, deadline) =>
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
  options.onAcknowledged(task);
  const cancelAt = random() < 0.2 ? world.now + drawInteger(random, 0, 60_000) : Number.POSITIVE_INFINITY;
  for (let interval = view.pollIntervalMs; ; ) {
    await world.wait(interval * (0.5 + random()));
    if (world.now >= cancelAt && !task.cancelAcknowledged) {
      const cancelled = await expectResolved(() =>
        sendRequest((engine, deadline) => engine.cancelTask(caller, id, deadline)),
      );
      task.cancels += 1;
      if (cancelled === 'cancelled') task.cancelAcknowledged = true;
      task.cancelRefused ||= cancelled === 'alreadyTerminal' && task.cancels === 1;
    }
    const acknowledgedBefore = new Set(task.acknowledged);
    const seen = await expectResolved(() => sendRequest((engine) => engine.getTask(caller, id)));
    if (!seen) continue;
    interval = seen.pollIntervalMs;
    if (isTerminal(seen.status)) {
      task.endedView = seen;
      return;
    }
    for (const key of Object.keys(seen.questions)) {
      if (acknowledgedBefore.has(key))
        addViolation(`${name} ${id}: ${key} is asked again after its answer was acknowledged`);
      if (random() < 0.4) continue;
      const value = `answer-${world.ids.token()}`;
      task.answers.set(key, (task.answers.get(key) ?? new Set()).add(value));
      const answers = { [key]: { result: { action: 'accept', content: { value } } } };
      void expectResolved(() =>
        sendRequest((engine, deadline) => engine.answerTask(caller, id, answers, deadline).then(() => true)),
      ).then((acknowledged) => acknowledged && task.acknowledged.add(key));
    }
  }

  /** Promise 1: an acknowledged task always resolves, from any instance. */
  async function expectResolved<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      addViolation(`acknowledged task ${id} did not resolve: ${String(error)}`);
      return undefined;
    }
  }
}
