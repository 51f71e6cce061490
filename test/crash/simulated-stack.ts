/** The stack that the real code runs on in a scenario: a store, both queues, a payload store, and Lambda. */
import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import type { Engine } from '../../lambda/engine/api/engine.ts';
import type { WakeUp } from '../../lambda/engine/ports.ts';
import { createRedrive } from '../../lambda/engine/worker/redrive.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import type { PayloadStore } from '../../lambda/payloads/store.ts';
import type { Payload, TaskKey, TaskRow } from '../../lambda/tasks/record.ts';
import { CheckedTaskStore, type StoreMutation } from '../support/simulation/checked-store.ts';
import { type ReceivedMessage, SimulatedQueue } from '../support/simulation/queue.ts';
import type { SimulatedProcess } from '../support/simulation/simulator.ts';
import { nameStoreRequests } from './request-names.ts';
import type { ScriptedSimulator } from './scripted-simulator.ts';
import { createScenarioTools } from './tools.ts';

const STACK_SETTINGS = { leaseMs: 10_000, heartbeatMs: 2_000 };
const FUNCTION_MS = 60_000;
const API_MS = 10_000;
const DAY_MS = 86_400_000;
/** A poller receives this soon after a message becomes visible (ms). */
const POLLER_DELAY_MS = 50;

export class SimulatedStack {
  readonly world: ScriptedSimulator;
  readonly store: CheckedTaskStore;
  readonly violations: string[] = [];
  /** Tasks whose `onCancel` ran to its end. */
  readonly cleanedUp = new Set<string>();
  /** The token of each task's wait for outside work. */
  readonly jobTokens = new Map<string, string>();
  readonly #payloads = new Map<string, string>();
  readonly #rowKeys = new Map<string, TaskKey>();
  /** How often each step has started. */
  readonly #stepStarts = new Map<string, number>();
  readonly #queue: SimulatedQueue;
  readonly #deadLetters: SimulatedQueue;
  readonly #running = new Set<SimulatedProcess>();

  constructor(world: ScriptedSimulator, maxReceiveCount: number, mutation: StoreMutation) {
    this.world = world;
    this.store = new CheckedTaskStore(world, mutation);
    this.#deadLetters = new SimulatedQueue(world, {
      visibilityMs: 30_000,
      retentionMs: 14 * DAY_MS,
      duplicateChance: 0,
    });
    this.#queue = new SimulatedQueue(world, {
      visibilityMs: FUNCTION_MS,
      retentionMs: 7 * DAY_MS,
      duplicateChance: 0,
      maxReceiveCount,
      deadLetters: this.#deadLetters,
    });
    this.#consume(this.#queue, (receipt) => this.#deliverWakeUp(receipt));
    this.#consume(this.#deadLetters, (receipt) => this.#redrive(receipt));
  }

  /** Whether nothing runs, no request is in flight and no message is left. */
  isIdle(): boolean {
    for (const process of this.#running) if (!process.alive) this.#running.delete(process);
    const messages = this.#queue.messages.size + this.#deadLetters.messages.size;
    return this.#running.size === 0 && this.world.requestsInFlight === 0 && messages === 0;
  }

  /** Every row that was ever inserted, void ones too. */
  async readAllRows(): Promise<TaskRow[]> {
    const rows = await Promise.all([...this.#rowKeys.values()].map((key) => this.store.memory.read(key)));
    return rows.filter((row) => row !== undefined);
  }

  /** The JSON that a step recorded, in its entry or in the payload store. */
  findRecordedValue(task: string, step: string): string | undefined {
    const value = this.store.recordedSteps.get(`${task}/${step}`) as Payload | undefined;
    return typeof value === 'object' ? this.#payloads.get(value.at) : value;
  }

  #countStepStart(task: string, step: string): void {
    const id = `${task}/${step}`;
    if (this.findRecordedValue(task, step) !== undefined) this.violations.push(`${id} ran after it was recorded`);
    this.#stepStarts.set(id, (this.#stepStarts.get(id) ?? 0) + 1);
  }

  /** One API request: a reply, an error (rejects), or no reply (undefined) when its process dies. */
  sendApiRequest<T>(call: (engine: Engine, deadline: number) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#invoke('api', API_MS, (process, deadline) =>
        call(createEngine(this.#buildEngineOptions(process)), deadline).then(resolve, reject),
      );
      this.world.schedule(API_MS + 2_000, () => resolve(undefined));
    });
  }

  #invoke(name: string, limitMs: number, run: (process: SimulatedProcess, deadline: number) => Promise<unknown>): void {
    const process = this.world.startProcess(name);
    this.#running.add(process);
    const remove = () => this.#running.delete(process);
    // Lambda stops a function that runs longer than its timeout.
    this.world.schedule(limitMs, () => {
      if (this.#running.has(process)) process.alive = false;
    });
    void run(process, this.world.now + limitMs).then(remove, remove);
  }

  #consume(queue: SimulatedQueue, handle: (receipt: ReceivedMessage) => void): void {
    queue.notifyWhenVisible(() =>
      this.world.schedule(POLLER_DELAY_MS, () => {
        const receipt = queue.receive();
        if (receipt) handle(receipt);
        this.#consume(queue, handle);
      }),
    );
  }

  #deliverWakeUp(receipt: ReceivedMessage): void {
    const { world } = this;
    const queue = this.#queue;
    const { wakeUp, receives } = receipt.message;
    this.#invoke('worker', FUNCTION_MS, async (process, deadline) => {
      const tools = createScenarioTools(world, process, {
        onStepStarted: (task, step) => this.#countStepStart(task, step),
        countStepStarts: (task, step) => this.#stepStarts.get(`${task}/${step}`) ?? 0,
        onJobStarted: (task, token) => this.jobTokens.set(task, token),
        onCleanedUp: (task) => this.cleanedUp.add(task),
      });
      const worker = createWorker({ ...this.#buildEngineOptions(process), findTool: async (name) => tools.get(name) });
      const reappearIn = (ms: number) =>
        world.withRequestName('change visibility', () =>
          world.request(process, async () => queue.changeVisibility(receipt, ms)),
        );
      const disposal = await worker.work({ wakeUp, receives, reappearIn }, deadline);
      if (disposal === 'delete') await this.#deleteMessage(queue, receipt);
    });
  }

  #redrive(receipt: ReceivedMessage): void {
    this.#invoke('dead-letter', FUNCTION_MS, async (process) => {
      await createRedrive(this.#buildEngineOptions(process)).redrive(receipt.message.wakeUp);
      await this.#deleteMessage(this.#deadLetters, receipt);
    });
  }

  /** Lambda's poller deletes handled messages; it is a process like any other. */
  #deleteMessage(queue: SimulatedQueue, receipt: ReceivedMessage): Promise<void> {
    const poller = this.world.startProcess('poller');
    return this.world.withRequestName('delete message', () =>
      this.world.request(poller, async () => queue.delete(receipt)),
    );
  }

  #buildEngineOptions(process: SimulatedProcess) {
    const { world } = this;
    const queue = this.#queue;
    const store = nameStoreRequests(world, this.store.createStoreFor(process), (key) => this.#rowKeys.set(key.id, key));
    const payloads: PayloadStore = {
      put: (key, text) =>
        world.withRequestName('put payload', () =>
          world.request(process, async () => void this.#payloads.set(key, text)),
        ),
      get: (key) =>
        world.withRequestName('get payload', () => world.request(process, async () => this.#readPayload(key))),
    };
    return {
      store,
      queue: {
        send: (wakeUp: WakeUp, options?: { readonly delayMs?: number }) =>
          world.withRequestName('send', () => world.request(process, async () => queue.send(wakeUp, options?.delayMs))),
      },
      payloads,
      clock: world.createClock(process),
      ids: world.ids,
      log: () => {},
      settings: STACK_SETTINGS,
      hmac: async (text: string) => text,
    };
  }

  #readPayload(key: string): string {
    const text = this.#payloads.get(key);
    if (text === undefined) throw new Error(`There is no payload ${key}.`);
    return text;
  }
}
