/** A run as the worker sees it, wherever the tool's code runs: beside it in this thread, or in a thread of its own. */
import { createTaskContext } from './context.ts';
import type { RunHistory } from './history.ts';
import { type RunEnd, type RunHost, ToolRun } from './run.ts';
import type { Tool } from './types.ts';

/** How a run ended, or that its thread did (`how`, for the log), which says nothing about the task. */
export type LiveEnd = RunEnd | { readonly end: 'died'; readonly how: string };

export interface LiveRun {
  readonly ended: Promise<LiveEnd>;
  /** Names of the steps that run now. */
  readonly runningSteps: ReadonlySet<string>;
  /** End the run: cancelled, lease lost, deadline. `ended` resolves at once. */
  abort(reason: Error): void;
  /** After the run's end is committed: clean up, in bounded time. */
  close(reason?: Error): Promise<void>;
}

/** @param args validated */
export function startToolRun(tool: Tool, args: unknown, host: RunHost, history: RunHistory): LiveRun {
  const run = new ToolRun(tool, host, history);
  void run.start(() => tool.handler(args, createTaskContext(run)));
  return run;
}
