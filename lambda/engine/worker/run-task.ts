/** Running a task: from the claimed row to the commit that ends the run. */
import type { RpcError, TaskRow } from '../../tasks/record.ts';
import { RPC_CODE } from '../../tasks/rpc-code.ts';
import { HandedOver, Parked } from '../../tool/errors.ts';
import type { RunHistory } from '../../tool/history.ts';
import { countActiveResources, describeLeftRunning } from '../../tool/left-running.ts';
import { type LiveEnd, type LiveRun, startToolRun } from '../../tool/live-run.ts';
import type { RunHost } from '../../tool/run.ts';
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import type { Delivery, Disposal } from '../ports.ts';
import { ActiveRun, type RunBudget } from './active-run.ts';
import type { WorkerContext } from './context.ts';
import { abortBeforeDeadline } from './deadline.ts';
import { handOver } from './hand-over.ts';
import { park } from './park.ts';
import { readRunHistory } from './run-history.ts';
import { measureQueueWaitMs } from './run-log.ts';
import { settle } from './settle.ts';

/** A run that had this share of the function's time had all that any run gets. */
const FULL_TIME_SHARE = 0.9;

/** @param row as the claim left it */
export async function runTask(
  worker: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  budget: RunBudget,
): Promise<Disposal> {
  const run = new ActiveRun(worker, delivery, row, budget);
  run.worker.log('run.started', {
    failures: row.failures - 1,
    receives: delivery.receives,
    queueWaitMs: measureQueueWaitMs(delivery, run.startedAt),
  });
  if (row.failures > row.maxFailures) return settle(run, { error: buildTooManyFailuresError(row) });
  const tool = await worker.findTool(row.tool);
  if (!tool) return settle(run, { error: buildUnknownToolError(row.tool) });
  const stored: unknown = JSON.parse(await worker.payloads.unpack(row.arguments));
  const args = await validateArguments(tool, stored);
  if (!args.ok) return settle(run, { error: buildArgumentsError(tool.name, describeProblems(args.problems)) });
  const history = await readRunHistory(run);
  if (!history) return 'keep';
  return executeTool(run, tool, (host) => startLiveRun(run, tool, { stored, valid: args.value }, history, host));
}

/** Runs the handler under the run's heartbeat and deadline, and commits how it ended. */
async function executeTool(run: ActiveRun, tool: Tool, start: (host: RunHost) => LiveRun): Promise<Disposal> {
  run.startHeartbeat((reason) => liveRun.abort(reason));
  const activeBefore = countActiveResources();
  const liveRun = start(run.createHost());
  const stopDeadline = abortBeforeDeadline(run.worker.clock, run.budget.deadline, () =>
    liveRun.abort(new HandedOver('The function is about to be stopped.')),
  );
  let end: LiveEnd;
  try {
    end = await liveRun.ended;
  } finally {
    stopDeadline();
    await run.stopHeartbeat();
  }
  const disposal = await commitEnd(run, liveRun, end);
  await liveRun.close(toCloseReason(end));
  const left = describeLeftRunning(activeBefore);
  if (left !== undefined) run.worker.log('run.leftRunning', { task: run.row.id, tool: tool.name, left });
  return disposal;
}

/** In this thread, or in its own where the tool asks for one and the worker can start it. */
function startLiveRun(
  { worker, row, handOverAt }: ActiveRun,
  tool: Tool,
  args: { readonly stored: unknown; readonly valid: unknown },
  history: RunHistory,
  host: RunHost,
): LiveRun {
  if (!tool.thread) return startToolRun(tool, args.valid, host, history);
  if (!worker.startThread) {
    worker.log('run.withoutThread', {});
    return startToolRun(tool, args.valid, host, history);
  }
  const { partition, id, era, capabilities } = row;
  const start = { key: { partition, id }, tool: tool.name, era, capabilities, history, handOverAt };
  return worker.startThread({ ...start, arguments: args.stored }, host);
}

async function commitEnd(run: ActiveRun, liveRun: LiveRun, end: LiveEnd): Promise<Disposal> {
  const { log } = run.worker;
  switch (end.end) {
    case 'settled':
      return settle(run, end.outcome);
    case 'parked':
      return park(run, end.waits);
    case 'handOver':
      return handOver(run);
    case 'died':
      // As if the worker had died: nothing is written, the lease runs out, and the next claim counts it.
      log('run.died', { how: end.how });
      return 'keep';
    case 'aborted':
      if (end.reason instanceof HandedOver) return endOutOfTime(run, liveRun);
      log('run.lost', { task: run.row.id, tool: run.row.tool, reason: end.reason.name });
      // A superseded run leaves the message: its successor may need it, and a terminal row drops it.
      return 'keep';
  }
}

/**
 * The function's time is up. With a step recorded, the next run continues from there. Without one, another run would
 * get no further, unless this one began late.
 */
async function endOutOfTime(run: ActiveRun, liveRun: LiveRun): Promise<Disposal> {
  const { deadline, functionMs } = run.budget;
  const ranMs = deadline - run.startedAt;
  if (run.progressed || ranMs < FULL_TIME_SHARE * functionMs) return handOver(run);
  const [step] = liveRun.runningSteps;
  return settle(run, { error: buildOutOfTimeError(run.row.tool, step, Math.round(ranMs / 1000)) });
}

function toCloseReason(end: LiveEnd): Error | undefined {
  if (end.end === 'aborted') return end.reason;
  if (end.end === 'parked') return new Parked('The task waits; it resumes from the top.');
  if (end.end === 'handOver') return new HandedOver('Another run takes over at the last recorded step.');
  return undefined;
}

function buildTooManyFailuresError(row: TaskRow): RpcError {
  return {
    code: RPC_CODE.internalError,
    message:
      `${row.failures - 1} consecutive runs ended without reporting a result or recording a step: ` +
      `the worker crashed, ran out of memory, or was stopped at its time-out while running tool ${row.tool}.`,
  };
}

function buildUnknownToolError(tool: string): RpcError {
  return {
    code: RPC_CODE.internalError,
    message: `The worker's server defines no tool ${tool}: it was removed or renamed after this task was created.`,
  };
}

function buildArgumentsError(tool: string, problems: string): RpcError {
  return {
    code: RPC_CODE.invalidParams,
    message: `The arguments of this task no longer fit tool ${tool}, which has changed since: ${problems}`,
  };
}

function buildOutOfTimeError(tool: string, step: string | undefined, seconds: number): RpcError {
  const subject = step === undefined ? `Tool ${tool}` : `Step ${JSON.stringify(step)} of tool ${tool}`;
  return {
    code: RPC_CODE.internalError,
    message:
      `${subject} did not finish within the ${seconds} s of one run. Split the work into steps that each fit, ` +
      'give the function a longer time-out (15 minutes at most), or run it elsewhere and wait for it.',
  };
}
