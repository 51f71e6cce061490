/** The tools of the scenarios. Each returns what it saw: the values of its steps and the answers it was given. */
import { z } from 'zod';
import { defineTool } from '../../lambda/index.ts';
import type { TaskContext } from '../../lambda/tool/task-context.ts';
import type { Tool } from '../../lambda/tool/types.ts';
import type { SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';

/** More than stays in a row or a journal entry (characters). */
export const LARGE_TEXT_LENGTH = 20_000;
/** Longer than anything that a scenario waits for (ms). */
const SCENARIO_LIFETIME_MS = 4 * 3_600_000;

/** What a tool's result tells, as JSON in its text. */
export interface ToolObservations {
  readonly steps: Record<string, string>;
  readonly answers: Record<string, string>;
}

/** What tools do outside of the engine, told as it happens. */
export interface ScenarioSideEffects {
  /** The work of a step begins. */
  onStepStarted(task: string, step: string): void;
  /** How often it has begun. */
  countStepStarts(task: string, step: string): number;
  /** Work was begun elsewhere; who has this token can end the wait for it. */
  onJobStarted(task: string, token: string): void;
  /** An `onCancel` ran to its end. */
  onCleanedUp(task: string): void;
}

export function createScenarioTools(
  world: Simulator,
  process: SimulatedProcess,
  outside: ScenarioSideEffects,
): ReadonlyMap<string, Tool> {
  const { wait } = world.createClock(process);

  /** What one run of a tool does, and what it saw of it. */
  class Hands {
    readonly seen: ToolObservations = { steps: {}, answers: {} };
    readonly task: TaskContext;
    readonly text: string;

    constructor(task: TaskContext, text: string) {
      this.task = task;
      this.text = text;
    }

    /** A step of some length whose value nobody can make twice. */
    async step(name: string, ms = 20, work = (): string => world.ids.token(), retry = 0): Promise<void> {
      const id = `step:${name}#1`;
      const worked = async ({ signal }: { readonly signal: AbortSignal }) => {
        outside.onStepStarted(this.task.id, id);
        await wait(ms, signal);
        return work();
      };
      this.seen.steps[id] = await this.task.step(name, worked, { retry });
    }

    async ask(name: string, timeoutMs?: number, message = name): Promise<void> {
      const requestedSchema = z.object({ value: z.string() });
      const answer = await this.task.elicit(name, { message, requestedSchema, ...(timeoutMs && { timeoutMs }) });
      this.seen.answers[name] = answer.action === 'accept' ? answer.content.value : answer.action;
    }
  }

  const tool = (name: string, body: (hands: Hands, task: TaskContext) => Promise<unknown>, config = {}): Tool =>
    defineTool(
      name,
      { inputSchema: z.object({ text: z.string().default('') }), lifetimeMs: SCENARIO_LIFETIME_MS, ...config },
      async ({ text }, task) => {
        const hands = new Hands(task, text);
        await body(hands, task);
        return { content: [{ type: 'text' as const, text: JSON.stringify(hands.seen) }] };
      },
    );

  const onCancel = async (_: unknown, { id }: { readonly id: string }) => {
    await wait(3_000);
    if (process.alive) outside.onCleanedUp(id);
  };

  const tools = [
    tool('plain', () => wait(300)),
    tool('steps', async (hands, task) => {
      await hands.step('a');
      task.progress(1, 3);
      await Promise.all([hands.step('b'), hands.step('c', 500)]);
    }),
    tool('asks', async (hands) => {
      await hands.step('before');
      await hands.ask('q');
      await hands.step('after');
    }),
    tool('asksTwo', async (hands) => {
      await Promise.all([hands.ask('one'), hands.ask('two'), hands.step('beside')]);
      await hands.ask('three');
    }),
    // Both questions are overtaken when nobody answers.
    tool('timesOut', async (hands) => {
      await Promise.all([hands.ask('hurry', 8_000), hands.ask('also', 30_000)]);
      await hands.step('after');
    }),
    // What comes after the question depends on whether its timer overtook it: a later run must see the same.
    tool('hurries', async (hands) => {
      await hands.ask('q', 8_000);
      const late = hands.seen.answers.q === 'timeout';
      for (const name of late ? ['late', 'later'] : ['early', 'earlier']) await hands.step(name, 3_000);
    }),
    // The timer outlasts every recovery.
    tool('patient', (hands) => hands.ask('q', 2 * 3_600_000)),
    // A question stays open while runs come and go beside it.
    tool('asksBeside', async (hands, task) => {
      const beside = async () => {
        for (const name of ['n1', 'n2', 'n3', 'n4']) {
          await task.sleep(`sleep ${name}`, 1_500);
          await hands.step(name, 1_200);
        }
      };
      await Promise.all([hands.ask('slow'), hands.ask('other'), beside()]);
    }),
    tool('sleeps', async (hands, task) => {
      await hands.step('before');
      await task.sleep('nap', 20_000);
      await hands.step('between');
      await task.sleep('night', 1_500_000);
    }),
    // Each step takes longer than a lease, all of them longer than one function may run.
    tool('long', async (hands) => {
      for (const name of ['l1', 'l2', 'l3', 'l4', 'l5']) await hands.step(name, 14_000);
    }),
    tool('failsTwice', async (hands, task) => {
      const work = () => {
        if (outside.countStepStarts(task.id, 'step:fails#1') <= 2) throw new Error('not yet');
        return world.ids.token();
      };
      await hands.step('fails', 20, work, 2);
    }),
    // A question, a step's value and the result are as large as the arguments.
    tool('large', async (hands) => {
      await hands.step('fill', 20, () => `${world.ids.token()}${hands.text}`);
      await hands.ask('check', undefined, hands.text);
    }),
    // Begins work elsewhere, goes on beside it, and waits for it.
    tool('outside', async (hands, task) => {
      const job = task.waitFor<string>('job');
      const begin = () => {
        outside.onJobStarted(task.id, job.token);
        return world.ids.token();
      };
      await hands.step('begin', 20, begin);
      await hands.step('beside', 3_000);
      hands.seen.answers.job = await job;
    }),
    tool('asksAndCleansUp', (hands) => hands.ask('q'), { onCancel }),
    tool('worksAndCleansUp', (hands) => hands.step('work', 45_000), { onCancel }),
    // Ends every process that takes it up.
    tool('poison', async () => {
      process.alive = false;
      await wait(1);
    }),
  ];
  return new Map(tools.map((each) => [each.name, each]));
}
