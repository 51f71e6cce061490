/** The tools of the simulation: every way to step, ask, sleep, wait and fail. */
import { z } from 'zod';
import { defineTool } from '../../lambda/index.ts';
import type { TaskContext } from '../../lambda/tool/task-context.ts';
import type { Tool } from '../../lambda/tool/types.ts';
import type { SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';

const buildForm = (field: string) => ({ message: field, requestedSchema: z.object({ value: z.string() }) });

/** What a tool returns to be checked: the values of its steps and the answers it received. */
interface ObservedValues {
  steps: Record<string, string>;
  answers: Record<string, string>;
}

/** What a tool causes outside of the engine. */
export interface SimulatedSideEffects {
  /** A task's `onCancel` ran to its end. */
  onCleanedUp(id: string): void;
  /** A job was submitted that will complete the wait of this token. */
  onSubmitted(token: string): void;
}

export function createSimulatedTools(
  world: Simulator,
  process: SimulatedProcess,
  sideEffects: SimulatedSideEffects,
): ReadonlyMap<string, Tool> {
  const clock = world.createClock(process);
  /** A step of `ms` whose value is different each time it runs. */
  const step = async (task: TaskContext, seen: ObservedValues, name: string, ms = 20, options = {}) => {
    const value = await task.step(
      name,
      async ({ signal }) => {
        await clock.wait(ms, signal);
        return world.ids.token();
      },
      options,
    );
    seen.steps[`step:${name}#1`] = value;
  };
  const ask = async (task: TaskContext, seen: ObservedValues, name: string, timeoutMs?: number) => {
    const answer = await task.elicit(name, { ...buildForm(name), ...(timeoutMs !== undefined && { timeoutMs }) });
    seen.answers[name] = answer.action === 'accept' ? answer.content.value : answer.action;
  };
  const define = (name: string, handler: (task: TaskContext, seen: ObservedValues) => Promise<void>, config = {}) =>
    defineTool(name, { maxFailures: 3, lifetimeMs: 4 * 3_600_000, ...config }, async (task) => {
      const seen: ObservedValues = { steps: {}, answers: {} };
      await handler(task, seen);
      return { content: [{ type: 'text' as const, text: JSON.stringify(seen) }] };
    });

  const tools = [
    define('plain', async () => {
      await clock.wait(300);
    }),
    define('steps', async (task, seen) => {
      await step(task, seen, 'a');
      task.progress(1, 3);
      await Promise.all([step(task, seen, 'b'), step(task, seen, 'c', 500)]);
    }),
    define('asks', async (task, seen) => {
      await step(task, seen, 'before');
      await ask(task, seen, 'q');
      await step(task, seen, 'after');
    }),
    define('asksTwo', async (task, seen) => {
      await Promise.all([ask(task, seen, 'one'), ask(task, seen, 'two'), step(task, seen, 'meanwhile')]);
      await ask(task, seen, 'three');
    }),
    define('timesOut', async (task, seen) => {
      await Promise.all([ask(task, seen, 'hurry', 8_000), ask(task, seen, 'also', 30_000)]);
      // Which step comes next depends on this, so a later run must see the same.
      await step(task, seen, seen.answers.hurry === 'timeout' ? 'late' : 'early');
    }),
    define('sleeps', async (task, seen) => {
      await step(task, seen, 'before');
      await task.sleep('nap', 20_000);
      await step(task, seen, 'between');
      await task.sleep('night', 1_500_000);
    }),
    // Each step takes longer than half of a lease, all of them longer than one function may run.
    define('long', async (task, seen) => {
      for (const name of ['l1', 'l2', 'l3', 'l4', 'l5']) await step(task, seen, name, 14_000);
    }),
    define(
      'cleansUp',
      async (task, seen) => {
        await step(task, seen, 'before');
        await ask(task, seen, 'q');
      },
      {
        onCancel: async (_: unknown, { id }: { id: string }) => {
          await clock.wait(50);
          if (process.alive) sideEffects.onCleanedUp(id);
        },
      },
    ),
    // Questions stay open while runs come and go.
    define('asksWhileWorking', async (task, seen) => {
      const naps = async () => {
        for (const name of ['n1', 'n2', 'n3', 'n4']) {
          await task.sleep(`sleep ${name}`, 1_500);
          await step(task, seen, name, 1_200);
        }
      };
      await Promise.all([ask(task, seen, 'slow', 600_000), ask(task, seen, 'other', 600_000), naps()]);
    }),
    // An outside system learns of the wait, and may be faster than the park.
    define('waits', async (task, seen) => {
      const job = task.waitFor<string>('job', { timeoutMs: 90_000 });
      await step(task, seen, 'before');
      await task.step('submit', () => sideEffects.onSubmitted(job.token));
      seen.answers.job = await Promise.resolve(job).catch(() => 'timeout');
      await step(task, seen, seen.answers.job === 'timeout' ? 'late' : 'after');
    }),
    // Kills every worker that runs it.
    define('poison', async () => {
      process.alive = false;
      process.disturbed = true;
      await clock.wait(1);
    }),
    define('flaky', async (task, seen) => {
      let tries = 0;
      const value = await task.step(
        'flaky',
        async () => {
          tries += 1;
          if (world.random() < 0.5) throw new Error(`try ${tries}`);
          return world.ids.token();
        },
        { retry: 20 },
      );
      seen.steps['step:flaky#1'] = value;
    }),
  ];
  return new Map(tools.map((each) => [each.name, each]));
}

export const SIMULATED_TOOL_NAMES = [
  'plain',
  'steps',
  'asks',
  'asksTwo',
  'timesOut',
  'sleeps',
  'long',
  'cleansUp',
  'flaky',
  'asksWhileWorking',
  'waits',
  'poison',
] as const;
