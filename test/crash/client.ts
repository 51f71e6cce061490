import { TaskNotFound } from '../../lambda/engine/errors.ts';
import type { StartCall, TaskView } from '../../lambda/engine/model.ts';
import type { Answer, TaskStatus } from '../../lambda/tasks/record.ts';
import { isTerminal } from '../../lambda/tasks/record.ts';
import type { SimulatedStack } from './simulated-stack.ts';
import { createScenarioTools } from './tools.ts';

/** It polls evenly, so that what a fault costs can be told (ms). */
const CLIENT_POLL_MS = 1_000;
const SCENARIO_CALLER = { owner: 'somebody' };
const NO_SIDE_EFFECTS = {
  onStepStarted: () => {},
  countStepStarts: () => 0,
  onJobStarted: () => {},
  onCleanedUp: () => {},
};

export interface ExpectedResult {
  readonly steps?: number;
  readonly answers?: Readonly<Record<string, string | readonly string[]>>;
}

export class ScenarioClient {
  readonly #stage: SimulatedStack;
  readonly #retryAfterMs: number;

  /** @param retryAfterMs how long it waits before it makes an unanswered request again */
  constructor(stage: SimulatedStack, retryAfterMs: number) {
    this.#stage = stage;
    this.#retryAfterMs = retryAfterMs;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#stage.world.schedule(ms, resolve));
  }

  /** Make a call as often as it takes until it is answered. */
  async retryRequest<T>(call: Parameters<SimulatedStack['sendApiRequest']>[0]): Promise<T> {
    for (;;) {
      const answer = await this.#stage
        .sendApiRequest(call as (...args: Parameters<typeof call>) => Promise<T>)
        .catch((error: unknown) => {
          if (error instanceof TaskNotFound) throw error;
          return undefined;
        });
      if (answer !== undefined) return answer;
      await this.pause(this.#retryAfterMs);
    }
  }

  expectSameTask(one: string, other: string): void {
    if (one !== other) this.#stage.violations.push(`one call made two tasks: ${one} and ${other}`);
  }

  /** A task that was acknowledged. */
  async start(tool: string, args: unknown = {}, more: Partial<StartCall> = {}): Promise<StartedTask> {
    const { world } = this.#stage;
    const called = createScenarioTools(world, world.startProcess('definition'), NO_SIDE_EFFECTS).get(tool);
    if (!called) throw new Error(`no tool ${tool}`);
    const about = { caller: SCENARIO_CALLER, era: '2026-07-28', capabilities: { form: true } } as const;
    const view = await this.retryRequest<TaskView>((engine, deadline) =>
      engine.startTask({ ...about, tool: called, arguments: args, deadline, ...more }),
    );
    return new StartedTask(this, this.#stage, view);
  }
}

export class StartedTask {
  readonly id: string;
  readonly #client: ScenarioClient;
  readonly #stage: SimulatedStack;
  readonly #created: TaskView;
  /** Keys whose answers were acknowledged. */
  readonly #acknowledgedKeys = new Set<string>();

  constructor(client: ScenarioClient, stage: SimulatedStack, created: TaskView) {
    this.id = created.id;
    this.#client = client;
    this.#stage = stage;
    this.#created = created;
  }

  #addViolation(what: string): void {
    this.#stage.violations.push(`${this.#created.tool} ${this.id}: ${what}`);
  }

  /** Poll until it is so, or the task has ended. */
  async pollUntil(isSo: (view: TaskView) => boolean): Promise<TaskView> {
    for (;;) {
      await this.#client.pause(CLIENT_POLL_MS);
      const view = await this.#client.retryRequest<TaskView>((engine) => engine.getTask(SCENARIO_CALLER, this.id));
      for (const key of this.#acknowledgedKeys)
        if (Object.hasOwn(view.questions, key))
          this.#addViolation(`${key} is asked again after its answer was acknowledged`);
      if (isTerminal(view.status) || isSo(view)) return view;
    }
  }

  /** Wait until it is asked, and answer. */
  async answer(answers: Readonly<Record<string, string>>): Promise<void> {
    const keys = Object.keys(answers);
    await this.pollUntil((view) => keys.every((key) => Object.hasOwn(view.questions, key)));
    await this.answerNow(answers);
    for (const key of keys) this.#acknowledgedKeys.add(key);
  }

  /** Answer, asked or not. */
  async answerNow(answers: Readonly<Record<string, string>>): Promise<void> {
    const given = Object.fromEntries(
      Object.entries(answers).map(([key, value]): [string, Answer] => [
        key,
        { result: { action: 'accept', content: { value } } },
      ]),
    );
    await this.#client.retryRequest((engine, deadline) =>
      engine.answerTask(SCENARIO_CALLER, this.id, given, deadline).then(() => 'acknowledged'),
    );
  }

  /** Work elsewhere has ended: end the wait for it, as soon as its token is known. */
  async completeJob(value: string): Promise<void> {
    const { jobTokens } = this.#stage;
    while (!jobTokens.has(this.id)) await this.#client.pause(200);
    const token = jobTokens.get(this.id) as string;
    await this.#client.retryRequest((engine, deadline) =>
      engine.completeWait(token, value, deadline).then(() => 'acknowledged'),
    );
  }

  async cancel(): Promise<void> {
    let sent = 0;
    const told = await this.#client.retryRequest((engine, deadline) => {
      sent += 1;
      return engine.cancelTask(SCENARIO_CALLER, this.id, deadline);
    });
    if (told === 'alreadyTerminal' && sent === 1)
      this.#addViolation('a cancel took effect and was told that it did not');
    // Acknowledged at once: the next read says so, whatever the worker is doing.
    const view = await this.#client.retryRequest<TaskView>((engine) => engine.getTask(SCENARIO_CALLER, this.id));
    if (view.status !== 'cancelled') this.#addViolation(`cancel was acknowledged, but it is ${view.status}`);
  }

  async #expectStatus(status: TaskStatus): Promise<TaskView | undefined> {
    const ended = await this.pollUntil(() => false);
    if (ended.status === status) return ended;
    this.#addViolation(`it is ${ended.status} instead of ${status}: ${JSON.stringify(ended.outcome)}`);
    return undefined;
  }

  /**
   * It completes with its own right result: as many steps, with the values that they recorded, and these answers
   * (one of several where it depends on who was first).
   */
  async expectCompleted({ steps = 0, answers = {} }: ExpectedResult = {}): Promise<void> {
    const ended = await this.#expectStatus('completed');
    if (!ended) return;
    const outcome = ended.outcome as { readonly result: { readonly content: readonly { readonly text: string }[] } };
    const seen = JSON.parse(outcome.result.content[0]?.text ?? '') as Record<'steps' | 'answers', object>;
    const given = Object.entries(seen.answers);
    if (
      given.length !== Object.keys(answers).length ||
      given.some(([key, value]) => ![answers[key]].flat().includes(value))
    )
      this.#addViolation(`it completed with the answers ${JSON.stringify(seen.answers)}`);
    const delivered = Object.entries(seen.steps);
    if (delivered.length !== steps) this.#addViolation(`it completed with ${delivered.length} steps`);
    for (const [step, value] of delivered)
      if (this.#stage.findRecordedValue(this.id, step) !== JSON.stringify({ v: value }))
        this.#addViolation(`${step} was delivered otherwise than it was recorded`);
  }

  /** It fails, and says that its runs ended one after the other. */
  async expectRunsExhausted(): Promise<void> {
    const ended = await this.#expectStatus('failed');
    if (ended && !/[34] consecutive runs/.test(JSON.stringify(ended.outcome)))
      this.#addViolation(`it failed otherwise: ${JSON.stringify(ended.outcome)}`);
  }

  /** It stays cancelled; what it owed to its tool is done. */
  async expectCancelled({ cleanedUp = false } = {}): Promise<void> {
    await this.#client.pause(5 * 60_000);
    await this.#expectStatus('cancelled');
    if (cleanedUp !== this.#stage.cleanedUp.has(this.id))
      this.#addViolation(`onCancel ${cleanedUp ? 'never ran' : 'ran'}`);
  }
}
