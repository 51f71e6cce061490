/** A tool run as the worker sees it, wherever the tool's code runs: in this thread or in a separate one. */
import { createTaskContext } from './context.ts';
import type { RunHistory } from './history.ts';
import { type RunEnd, type RunHost, ToolRun } from './run.ts';
import type { Tool } from './types.ts';

/** How a run ended, or that its thread died (`how`, for the log), which decides nothing about the task. */
export type LiveEnd = RunEnd | { readonly end: 'died'; readonly how: string };

/** The worker's handle on a tool run. */
export interface LiveRun {
  readonly ended: Promise<LiveEnd>;
  /** Names of the steps that run now. */
  readonly runningSteps: ReadonlySet<string>;
  /** End the run: cancelled, lease lost, deadline. `ended` resolves at once. */
  abort(reason: Error): void;
  /** Clean up, in bounded time. Call it after the run's end is committed. */
  close(reason?: Error): Promise<void>;
}

/**
 * Run a tool in this thread.
 *
 * @param args validated
 */
export function startToolRun(tool: Tool, args: unknown, host: RunHost, history: RunHistory): LiveRun {
  const run = new ToolRun(tool, host, history);
  void run.start(() => tool.handler(args, createTaskContext(run)));
  return run;
}
