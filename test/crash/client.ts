/** The client of a scenario: it makes each request again until it gets a reply, and reports broken promises. */
import { TaskNotFound } from '../../lambda/engine/errors.ts';
import type { StartCall, TaskView } from '../../lambda/engine/model.ts';
import type { Answer, TaskStatus } from '../../lambda/tasks/record.ts';
import { isTerminal } from '../../lambda/tasks/record.ts';
import type { SimulatedStack } from './simulated-stack.ts';
import { createScenarioTools } from './tools.ts';

/** Polls are evenly spaced, so that the delay a fault causes can be measured (ms). */
const CLIENT_POLL_MS = 1_000;
const SCENARIO_CALLER = { owner: 'the client' };
const NO_SIDE_EFFECTS = {
  onStepStarted: () => {},
  countStepStarts: () => 0,
  onJobStarted: () => {},
  onCleanedUp: () => {},
};

export interface ExpectedResult {
  /** How many steps are in the result. Default 0. */
  readonly steps?: number;
  /** Answers by question; one of several where it depends on who was first. Default none. */
  readonly answers?: Readonly<Record<string, string | readonly string[]>>;
}

export class ScenarioClient {
  readonly #stack: SimulatedStack;
  readonly #retryAfterMs: number;

  /** @param retryAfterMs how long it waits before it makes a request again (ms) */
  constructor(stack: SimulatedStack, retryAfterMs: number) {
    this.#stack = stack;
    this.#retryAfterMs = retryAfterMs;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#stack.world.schedule(ms, resolve));
  }

  /** Repeats a call until it gets a reply. @throws TaskNotFound */
  async retryRequest<T>(call: Parameters<SimulatedStack['sendApiRequest']>[0]): Promise<T> {
    for (;;) {
      const reply = await this.#stack
        .sendApiRequest(call as (...args: Parameters<typeof call>) => Promise<T>)
        .catch((error: unknown) => {
          if (error instanceof TaskNotFound) throw error;
          return undefined;
        });
      if (reply !== undefined) return reply;
      await this.pause(this.#retryAfterMs);
    }
  }

  expectSameTask(one: string, other: string): void {
    if (one !== other) this.#stack.violations.push(`one call made two tasks: ${one} and ${other}`);
  }

  /** Calls a tool. @returns its task, once it is acknowledged */
  async start(tool: string, args: unknown = {}, options: Partial<StartCall> = {}): Promise<StartedTask> {
    const { world } = this.#stack;
    const definition = createScenarioTools(world, world.startProcess('definition'), NO_SIDE_EFFECTS).get(tool);
    if (!definition) throw new Error(`There is no tool ${tool}.`);
    const callDefaults = { caller: SCENARIO_CALLER, era: '2026-07-28', capabilities: { form: true } } as const;
    const view = await this.retryRequest<TaskView>((engine, deadline) =>
      engine.startTask({ ...callDefaults, tool: definition, arguments: args, deadline, ...options }),
    );
    return new StartedTask(this, this.#stack, view);
  }
}

export class StartedTask {
  readonly id: string;
  readonly #client: ScenarioClient;
  readonly #stack: SimulatedStack;
  readonly #created: TaskView;
  /** Keys whose answers were acknowledged. */
  readonly #acknowledgedKeys = new Set<string>();

  constructor(client: ScenarioClient, stack: SimulatedStack, created: TaskView) {
    this.id = created.id;
    this.#client = client;
    this.#stack = stack;
    this.#created = created;
  }

  #addViolation(violation: string): void {
    this.#stack.violations.push(`${this.#created.tool} ${this.id}: ${violation}`);
  }

  /** Polls until the predicate holds or the task has ended. */
  async pollUntil(predicate: (view: TaskView) => boolean): Promise<TaskView> {
    for (;;) {
      await this.#client.pause(CLIENT_POLL_MS);
      const view = await this.#client.retryRequest<TaskView>((engine) => engine.getTask(SCENARIO_CALLER, this.id));
      for (const key of this.#acknowledgedKeys)
        if (Object.hasOwn(view.questions, key))
          this.#addViolation(`${key} is asked again after its answer was acknowledged`);
      if (isTerminal(view.status) || predicate(view)) return view;
    }
  }

  /** Waits until the questions are asked, then answers them. */
  async answer(values: Readonly<Record<string, string>>): Promise<void> {
    const keys = Object.keys(values);
    await this.pollUntil((view) => keys.every((key) => Object.hasOwn(view.questions, key)));
    await this.answerNow(values);
    for (const key of keys) this.#acknowledgedKeys.add(key);
  }

  /** Answers, whether asked or not. */
  async answerNow(values: Readonly<Record<string, string>>): Promise<void> {
    const answers = Object.fromEntries(
      Object.entries(values).map(([key, value]): [string, Answer] => [
        key,
        { result: { action: 'accept', content: { value } } },
      ]),
    );
    await this.#client.retryRequest((engine, deadline) =>
      engine.answerTask(SCENARIO_CALLER, this.id, answers, deadline).then(() => 'acknowledged'),
    );
  }

  /** Completes the wait for outside work, as soon as its token is known. */
  async completeJob(value: string): Promise<void> {
    const { jobTokens } = this.#stack;
    while (!jobTokens.has(this.id)) await this.#client.pause(200);
    const token = jobTokens.get(this.id) as string;
    await this.#client.retryRequest((engine, deadline) =>
      engine.completeWait(token, value, deadline).then(() => 'acknowledged'),
    );
  }

  async cancel(): Promise<void> {
    let sent = 0;
    const result = await this.#client.retryRequest((engine, deadline) => {
      sent += 1;
      return engine.cancelTask(SCENARIO_CALLER, this.id, deadline);
    });
    if (result === 'alreadyTerminal' && sent === 1)
      this.#addViolation('a cancel took effect, but its reply says that it did not');
    // Acknowledged at once: the next read shows it, whatever the worker is doing.
    const view = await this.#client.retryRequest<TaskView>((engine) => engine.getTask(SCENARIO_CALLER, this.id));
    if (view.status !== 'cancelled') this.#addViolation(`its cancel was acknowledged, but it is ${view.status}`);
  }

  async #expectStatus(status: TaskStatus): Promise<TaskView | undefined> {
    const ended = await this.pollUntil(() => false);
    if (ended.status === status) return ended;
    this.#addViolation(`it is ${ended.status} instead of ${status}: ${JSON.stringify(ended.outcome)}`);
    return undefined;
  }

  /** Expects that it completes with its own correct result: steps with the values that they recorded, and answers. */
  async expectCompleted({ steps = 0, answers = {} }: ExpectedResult = {}): Promise<void> {
    const ended = await this.#expectStatus('completed');
    if (!ended) return;
    const outcome = ended.outcome as { readonly result: { readonly content: readonly { readonly text: string }[] } };
    const seen = JSON.parse(outcome.result.content[0]?.text ?? '') as Record<'steps' | 'answers', object>;
    const received = Object.entries(seen.answers);
    if (
      received.length !== Object.keys(answers).length ||
      received.some(([key, value]) => ![answers[key]].flat().includes(value))
    )
      this.#addViolation(`it completed with the answers ${JSON.stringify(seen.answers)}`);
    const delivered = Object.entries(seen.steps);
    if (delivered.length !== steps) this.#addViolation(`it completed with ${delivered.length} steps`);
    for (const [step, value] of delivered)
      if (this.#stack.findRecordedValue(this.id, step) !== JSON.stringify({ v: value }))
        this.#addViolation(`${step} was delivered with another value than it recorded`);
  }

  /** Expects that it fails with the reason that consecutive runs died. */
  async expectRunsExhausted(): Promise<void> {
    const ended = await this.#expectStatus('failed');
    if (ended && !/[34] consecutive runs /.test(JSON.stringify(ended.outcome)))
      this.#addViolation(`it failed for another reason: ${JSON.stringify(ended.outcome)}`);
  }

  /** Expects that it stays cancelled, and that `onCancel` ran or did not. */
  async expectCancelled({ cleanedUp = false } = {}): Promise<void> {
    await this.#client.pause(5 * 60_000);
    await this.#expectStatus('cancelled');
    if (cleanedUp !== this.#stack.cleanedUp.has(this.id))
      this.#addViolation(`onCancel ${cleanedUp ? 'never ran' : 'ran'}`);
  }
}
