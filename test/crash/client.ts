import { TaskNotFound } from '../../lambda/engine/errors.ts';
import type { StartCall, TaskView } from '../../lambda/engine/model.ts';
import type { Answer, TaskStatus } from '../../lambda/tasks/record.ts';
import { isTerminal } from '../../lambda/tasks/record.ts';
import type { Stage } from './simulated-stack.ts';
import { scenarioTools } from './tools.ts';

/** It polls evenly, so that what a fault costs can be told (ms). */
const POLL_MS = 1_000;
const CALLER = { owner: 'somebody' };
const UNWATCHED = { works: () => {}, times: () => 0, began: () => {}, cleanedUp: () => {} };

export interface Expected {
  readonly steps?: number;
  readonly answers?: Readonly<Record<string, string | readonly string[]>>;
}

export class Client {
  private readonly stage: Stage;
  private readonly retryAfterMs: number;

  /** @param retryAfterMs how long it waits before it makes an unanswered request again */
  constructor(stage: Stage, retryAfterMs: number) {
    this.stage = stage;
    this.retryAfterMs = retryAfterMs;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.stage.world.at(ms, resolve));
  }

  /** Make a call as often as it takes until it is answered. */
  async insist<T>(call: Parameters<Stage['api']>[0]): Promise<T> {
    for (;;) {
      const answer = await this.stage
        .api(call as (...args: Parameters<typeof call>) => Promise<T>)
        .catch((error: unknown) => {
          if (error instanceof TaskNotFound) throw error;
          return undefined;
        });
      if (answer !== undefined) return answer;
      await this.pause(this.retryAfterMs);
    }
  }

  expectSame(one: string, other: string): void {
    if (one !== other) this.stage.violations.push(`one call made two tasks: ${one} and ${other}`);
  }

  /** A task that was acknowledged. */
  async start(tool: string, args: unknown = {}, more: Partial<StartCall> = {}): Promise<StartedTask> {
    const { world } = this.stage;
    const called = scenarioTools(world, world.process('definition'), UNWATCHED).get(tool);
    if (!called) throw new Error(`no tool ${tool}`);
    const about = { caller: CALLER, era: '2026-07-28', capabilities: { form: true } } as const;
    const view = await this.insist<TaskView>((engine, deadline) =>
      engine.start({ ...about, tool: called, arguments: args, deadline, ...more }),
    );
    return new StartedTask(this, this.stage, view);
  }
}

export class StartedTask {
  readonly id: string;
  private readonly client: Client;
  private readonly stage: Stage;
  private readonly created: TaskView;
  /** Keys whose answers were acknowledged. */
  private readonly answered = new Set<string>();

  constructor(client: Client, stage: Stage, created: TaskView) {
    this.id = created.id;
    this.client = client;
    this.stage = stage;
    this.created = created;
  }

  private tell(what: string): void {
    this.stage.violations.push(`${this.created.tool} ${this.id}: ${what}`);
  }

  /** Poll until it is so, or the task has ended. */
  async until(isSo: (view: TaskView) => boolean): Promise<TaskView> {
    for (;;) {
      await this.client.pause(POLL_MS);
      const view = await this.client.insist<TaskView>((engine) => engine.get(CALLER, this.id));
      for (const key of this.answered)
        if (Object.hasOwn(view.questions, key)) this.tell(`${key} is asked again after its answer was acknowledged`);
      if (isTerminal(view.status) || isSo(view)) return view;
    }
  }

  /** Wait until it is asked, and answer. */
  async answer(answers: Readonly<Record<string, string>>): Promise<void> {
    const keys = Object.keys(answers);
    await this.until((view) => keys.every((key) => Object.hasOwn(view.questions, key)));
    await this.answerNow(answers);
    for (const key of keys) this.answered.add(key);
  }

  /** Answer, asked or not. */
  async answerNow(answers: Readonly<Record<string, string>>): Promise<void> {
    const given = Object.fromEntries(
      Object.entries(answers).map(([key, value]): [string, Answer] => [
        key,
        { result: { action: 'accept', content: { value } } },
      ]),
    );
    await this.client.insist((engine, deadline) =>
      engine.answer(CALLER, this.id, given, deadline).then(() => 'acknowledged'),
    );
  }

  /** Work elsewhere has ended: end the wait for it, as soon as its token is known. */
  async endsElsewhere(value: string): Promise<void> {
    const { tokens } = this.stage;
    while (!tokens.has(this.id)) await this.client.pause(200);
    const token = tokens.get(this.id) as string;
    await this.client.insist((engine, deadline) => engine.complete(token, value, deadline).then(() => 'acknowledged'));
  }

  async cancel(): Promise<void> {
    let sent = 0;
    const told = await this.client.insist((engine, deadline) => {
      sent += 1;
      return engine.cancel(CALLER, this.id, deadline);
    });
    if (told === 'alreadyTerminal' && sent === 1) this.tell('a cancel took effect and was told that it did not');
    // Acknowledged at once: the next read says so, whatever the worker is doing.
    const view = await this.client.insist<TaskView>((engine) => engine.get(CALLER, this.id));
    if (view.status !== 'cancelled') this.tell(`cancel was acknowledged, but it is ${view.status}`);
  }

  private async ends(status: TaskStatus): Promise<TaskView | undefined> {
    const ended = await this.until(() => false);
    if (ended.status === status) return ended;
    this.tell(`it is ${ended.status} instead of ${status}: ${JSON.stringify(ended.outcome)}`);
    return undefined;
  }

  /**
   * It completes with its own right result: as many steps, with the values that they recorded, and these answers
   * (one of several where it depends on who was first).
   */
  async completes({ steps = 0, answers = {} }: Expected = {}): Promise<void> {
    const ended = await this.ends('completed');
    if (!ended) return;
    const outcome = ended.outcome as { readonly result: { readonly content: readonly { readonly text: string }[] } };
    const seen = JSON.parse(outcome.result.content[0]?.text ?? '') as Record<'steps' | 'answers', object>;
    const given = Object.entries(seen.answers);
    if (
      given.length !== Object.keys(answers).length ||
      given.some(([key, value]) => ![answers[key]].flat().includes(value))
    )
      this.tell(`it completed with the answers ${JSON.stringify(seen.answers)}`);
    const delivered = Object.entries(seen.steps);
    if (delivered.length !== steps) this.tell(`it completed with ${delivered.length} steps`);
    for (const [step, value] of delivered)
      if (this.stage.recorded(this.id, step) !== JSON.stringify({ v: value }))
        this.tell(`${step} was delivered otherwise than it was recorded`);
  }

  /** It fails, and says that its runs ended one after the other. */
  async failsForItsRuns(): Promise<void> {
    const ended = await this.ends('failed');
    if (ended && !/[34] runs in a row/.test(JSON.stringify(ended.outcome)))
      this.tell(`it failed otherwise: ${JSON.stringify(ended.outcome)}`);
  }

  /** It stays cancelled; what it owed to its tool is done. */
  async staysCancelled({ cleanedUp = false } = {}): Promise<void> {
    await this.client.pause(5 * 60_000);
    await this.ends('cancelled');
    if (cleanedUp !== this.stage.cleanedUp.has(this.id)) this.tell(`onCancel ${cleanedUp ? 'never ran' : 'ran'}`);
  }
}
