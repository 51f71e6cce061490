/** What the real code runs on in one scenario: a store, both queues, a payload store, and Lambda around them. */

import { createEngine } from '../../lambda/engine/api/create-engine.ts';
import type { Engine } from '../../lambda/engine/api/engine.ts';
import type { WakeUp } from '../../lambda/engine/ports.ts';
import { createRedrive } from '../../lambda/engine/worker/redrive.ts';
import { createWorker } from '../../lambda/engine/worker/worker.ts';
import type { PayloadStore } from '../../lambda/payloads/store.ts';
import type { Payload, TaskKey, TaskRow } from '../../lambda/tasks/record.ts';
import { type Receipt, SimulatedQueue } from '../support/simulation/queue.ts';
import { type StoreMutation, WitnessedStore } from '../support/simulation/checked-store.ts';
import type { Process } from '../support/simulation/simulator.ts';
import { namedStore } from './request-names.ts';
import { scenarioTools } from './tools.ts';
import type { ScriptedWorld } from './scripted-simulator.ts';

const SETTINGS = { leaseMs: 10_000, heartbeatMs: 2_000 };
export const FUNCTION_MS = 60_000;
export const API_MS = 10_000;
const DAY_MS = 86_400_000;
/** A poller looks this soon after something is there to see (ms). */
const LOOK_MS = 50;

export class Stage {
  readonly world: ScriptedWorld;
  readonly store: WitnessedStore;
  readonly violations: string[] = [];
  /** Tasks whose `onCancel` ran to its end. */
  readonly cleanedUp = new Set<string>();
  /** The token of each task's wait for work elsewhere. */
  readonly tokens = new Map<string, string>();
  private readonly payloads = new Map<string, string>();
  private readonly rows = new Map<string, TaskKey>();
  /** How often the work of each step has begun. */
  private readonly begun = new Map<string, number>();
  private readonly queue: SimulatedQueue;
  private readonly deadLetters: SimulatedQueue;
  private readonly running = new Set<Process>();

  constructor(world: ScriptedWorld, maxReceiveCount: number, mutation: StoreMutation) {
    this.world = world;
    this.store = new WitnessedStore(world, mutation);
    this.deadLetters = new SimulatedQueue(world, { visibilityMs: 30_000, retentionMs: 14 * DAY_MS, duplicates: 0 });
    this.queue = new SimulatedQueue(world, {
      ...{ visibilityMs: FUNCTION_MS, retentionMs: 7 * DAY_MS, duplicates: 0 },
      ...{ maxReceiveCount, deadLetters: this.deadLetters },
    });
    this.feed(this.queue, (receipt) => this.work(receipt));
    this.feed(this.deadLetters, (receipt) => this.redrive(receipt));
  }

  /** Nothing runs, nothing is under way, and no message is left. */
  isQuiet(): boolean {
    for (const process of this.running) if (!process.alive) this.running.delete(process);
    const messages = this.queue.messages.size + this.deadLetters.messages.size;
    return this.running.size === 0 && this.world.underWay === 0 && messages === 0;
  }

  /** Every row that was ever written, void ones too. */
  async allRows(): Promise<TaskRow[]> {
    const found = await Promise.all([...this.rows.values()].map((key) => this.store.memory.read(key)));
    return found.filter((row) => row !== undefined);
  }

  /** The JSON that a step recorded, wherever it is kept. */
  recorded(task: string, step: string): string | undefined {
    const value = this.store.recorded.get(`${task}/${step}`) as Payload | undefined;
    return typeof value === 'object' ? this.payloads.get(value.at) : value;
  }

  private works(task: string, step: string): void {
    const id = `${task}/${step}`;
    if (this.recorded(task, step) !== undefined) this.violations.push(`${id} ran after it was recorded`);
    this.begun.set(id, (this.begun.get(id) ?? 0) + 1);
  }

  /** One API request: answered, refused (rejects), or without an answer (undefined) when its process ends. */
  api<T>(call: (engine: Engine, deadline: number) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.invoke('api', API_MS, (process, deadline) =>
        call(createEngine(this.partsOf(process)), deadline).then(resolve, reject),
      );
      this.world.at(API_MS + 2_000, () => resolve(undefined));
    });
  }

  private invoke(name: string, limitMs: number, run: (process: Process, deadline: number) => Promise<unknown>): void {
    const process = this.world.process(name);
    this.running.add(process);
    const ended = () => this.running.delete(process);
    // Lambda stops what runs longer than its time-out.
    this.world.at(limitMs, () => {
      if (this.running.has(process)) process.alive = false;
    });
    void run(process, this.world.now + limitMs).then(ended, ended);
  }

  private feed(queue: SimulatedQueue, handle: (receipt: Receipt) => void): void {
    queue.whenVisible(() =>
      this.world.at(LOOK_MS, () => {
        const receipt = queue.receive();
        if (receipt) handle(receipt);
        this.feed(queue, handle);
      }),
    );
  }

  private work(receipt: Receipt): void {
    const { world, queue } = this;
    const { wakeUp, receives } = receipt.message;
    this.invoke('worker', FUNCTION_MS, async (process, deadline) => {
      const tools = scenarioTools(world, process, {
        works: (task, step) => this.works(task, step),
        times: (task, step) => this.begun.get(`${task}/${step}`) ?? 0,
        began: (task, token) => this.tokens.set(task, token),
        cleanedUp: (task) => this.cleanedUp.add(task),
      });
      const worker = createWorker({ ...this.partsOf(process), tool: async (name) => tools.get(name) });
      const reappearIn = (ms: number) =>
        world.named('change visibility', () => world.request(process, async () => queue.changeVisibility(receipt, ms)));
      const disposal = await worker.work({ wakeUp, receives, reappearIn }, deadline);
      if (disposal === 'delete') await this.deleted(queue, receipt);
    });
  }

  private redrive(receipt: Receipt): void {
    this.invoke('dead-letter', FUNCTION_MS, async (process) => {
      await createRedrive(this.partsOf(process)).redrive(receipt.message.wakeUp);
      await this.deleted(this.deadLetters, receipt);
    });
  }

  /** Lambda's own poller deletes what was handled; it is a process like any other. */
  private deleted(queue: SimulatedQueue, receipt: Receipt): Promise<void> {
    const poller = this.world.process('poller');
    return this.world.named('delete message', () => this.world.request(poller, async () => queue.delete(receipt)));
  }

  private partsOf(process: Process) {
    const { world, queue } = this;
    const store = namedStore(world, this.store.for(process), (key) => this.rows.set(key.id, key));
    const payloads: PayloadStore = {
      put: (key, text) =>
        world.named('put payload', () => world.request(process, async () => void this.payloads.set(key, text))),
      get: (key) => world.named('get payload', () => world.request(process, async () => this.payload(key))),
    };
    return {
      store,
      queue: {
        send: (wakeUp: WakeUp, options?: { readonly delayMs?: number }) =>
          world.named('send', () => world.request(process, async () => queue.send(wakeUp, options?.delayMs))),
      },
      ...{
        payloads,
        clock: world.clock(process),
        ids: world.ids,
        log: () => {},
        settings: SETTINGS,
        hmac: async (text: string) => text,
      },
    };
  }

  private payload(key: string): string {
    const text = this.payloads.get(key);
    if (text === undefined) throw new Error(`no payload under ${key}`);
    return text;
  }
}
