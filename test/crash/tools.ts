/** The tools of the scenarios. Each returns the values of its steps and the answers it received. */
import { z } from 'zod';
import { defineTool } from '../../lambda/index.ts';
import type { TaskContext } from '../../lambda/tool/task-context.ts';
import type { Tool } from '../../lambda/tool/types.ts';
import type { SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';

/** Too much for a row or a journal entry (characters). */
export const LARGE_TEXT_LENGTH = 20_000;
/** Longer than anything that a scenario waits for (ms). */
const SCENARIO_LIFETIME_MS = 4 * 3_600_000;

/** What a tool returns, as JSON in its text. */
export interface ToolObservations {
  readonly steps: Record<string, string>;
  readonly answers: Record<string, string>;
}

/** What tools cause outside of the engine. */
export interface ScenarioSideEffects {
  /** The work of a step starts. */
  onStepStarted(task: string, step: string): void;
  /** How often it has started. */
  countStepStarts(task: string, step: string): number;
  /** Outside work was started; this token completes the wait for it. */
  onJobStarted(task: string, token: string): void;
  /** An `onCancel` ran to its end. */
  onCleanedUp(task: string): void;
}

export function createScenarioTools(
  world: Simulator,
  process: SimulatedProcess,
  sideEffects: ScenarioSideEffects,
): ReadonlyMap<string, Tool> {
  const { wait } = world.createClock(process);

  /** Runs steps and asks questions for one run of a tool, and records the results. */
  class ToolRunRecorder {
    readonly seen: ToolObservations = { steps: {}, answers: {} };
    readonly task: TaskContext;
    readonly text: string;

    constructor(task: TaskContext, text: string) {
      this.task = task;
      this.text = text;
    }

    /** A step of `ms` whose value is different each time it runs. */
    async step(name: string, ms = 20, work = (): string => world.ids.token(), retry = 0): Promise<void> {
      const id = `step:${name}#1`;
      const recordedWork = async ({ signal }: { readonly signal: AbortSignal }) => {
        sideEffects.onStepStarted(this.task.id, id);
        await wait(ms, signal);
        return work();
      };
      this.seen.steps[id] = await this.task.step(name, recordedWork, { retry });
    }

    async ask(name: string, timeoutMs?: number, message = name): Promise<void> {
      const requestedSchema = z.object({ value: z.string() });
      const answer = await this.task.elicit(name, { message, requestedSchema, ...(timeoutMs && { timeoutMs }) });
      this.seen.answers[name] = answer.action === 'accept' ? answer.content.value : answer.action;
    }
  }

  const define = (
    name: string,
    handler: (recorder: ToolRunRecorder, task: TaskContext) => Promise<unknown>,
    config = {},
  ): Tool =>
    defineTool(
      name,
      { inputSchema: z.object({ text: z.string().default('') }), lifetimeMs: SCENARIO_LIFETIME_MS, ...config },
      async ({ text }, task) => {
        const recorder = new ToolRunRecorder(task, text);
        await handler(recorder, task);
        return { content: [{ type: 'text' as const, text: JSON.stringify(recorder.seen) }] };
      },
    );

  const onCancel = async (_: unknown, { id }: { readonly id: string }) => {
    await wait(3_000);
    if (process.alive) sideEffects.onCleanedUp(id);
  };

  const tools = [
    define('plain', () => wait(300)),
    define('steps', async (recorder, task) => {
      await recorder.step('a');
      task.progress(1, 3);
      await Promise.all([recorder.step('b'), recorder.step('c', 500)]);
    }),
    define('asks', async (recorder) => {
      await recorder.step('before');
      await recorder.ask('q');
      await recorder.step('after');
    }),
    define('asksTwo', async (recorder) => {
      await Promise.all([recorder.ask('one'), recorder.ask('two'), recorder.step('meanwhile')]);
      await recorder.ask('three');
    }),
    // Both questions time out when they are not answered.
    define('timesOut', async (recorder) => {
      await Promise.all([recorder.ask('hurry', 8_000), recorder.ask('also', 30_000)]);
      await recorder.step('after');
    }),
    // What comes after the question depends on whether it timed out, so a later run must see the same.
    define('shortTimeout', async (recorder) => {
      await recorder.ask('q', 8_000);
      const late = recorder.seen.answers.q === 'timeout';
      for (const name of late ? ['late', 'later'] : ['early', 'earlier']) await recorder.step(name, 3_000);
    }),
    // The timeout is longer than every recovery.
    define('longTimeout', (recorder) => recorder.ask('q', 2 * 3_600_000)),
    // Questions stay open while runs come and go.
    define('asksWhileWorking', async (recorder, task) => {
      const work = async () => {
        for (const name of ['n1', 'n2', 'n3', 'n4']) {
          await task.sleep(`sleep ${name}`, 1_500);
          await recorder.step(name, 1_200);
        }
      };
      await Promise.all([recorder.ask('slow'), recorder.ask('other'), work()]);
    }),
    define('sleeps', async (recorder, task) => {
      await recorder.step('before');
      await task.sleep('nap', 20_000);
      await recorder.step('between');
      await task.sleep('night', 1_500_000);
    }),
    // Each step takes longer than a lease, all of them longer than one function may run.
    define('long', async (recorder) => {
      for (const name of ['l1', 'l2', 'l3', 'l4', 'l5']) await recorder.step(name, 14_000);
    }),
    define('failsTwice', async (recorder, task) => {
      const work = () => {
        if (sideEffects.countStepStarts(task.id, 'step:fails#1') <= 2) throw new Error('not yet');
        return world.ids.token();
      };
      await recorder.step('fails', 20, work, 2);
    }),
    // Its question, its step's value and its result are as large as its arguments.
    define('large', async (recorder) => {
      await recorder.step('fill', 20, () => `${world.ids.token()}${recorder.text}`);
      await recorder.ask('check', undefined, recorder.text);
    }),
    // Starts outside work, continues, and waits for it.
    define('outside', async (recorder, task) => {
      const job = task.waitFor<string>('job');
      const begin = () => {
        sideEffects.onJobStarted(task.id, job.token);
        return world.ids.token();
      };
      await recorder.step('begin', 20, begin);
      await recorder.step('meanwhile', 3_000);
      recorder.seen.answers.job = await job;
    }),
    define('asksAndCleansUp', (recorder) => recorder.ask('q'), { onCancel }),
    define('worksAndCleansUp', (recorder) => recorder.step('work', 45_000), { onCancel }),
    // Kills every process that runs it.
    define('poison', async () => {
      process.alive = false;
      await wait(1);
    }),
  ];
  return new Map(tools.map((each) => [each.name, each]));
}
