/** One run of a task in a worker: from the claimed row to the commit that ends it. */
import type { TaskRow } from '../../tasks/record.ts';
import { heartbeatChange, stepChange } from '../../tasks/writes/held.ts';
import { HandedOver, LeaseLost, Parked } from '../../tool/errors.ts';
import type { RunHistory } from '../../tool/history.ts';
import { countActiveResources, describeLeftRunning } from '../../tool/left-running.ts';
import { type LiveEnd, type LiveRun, startToolRun } from '../../tool/live-run.ts';
import type { RunHost } from '../../tool/run.ts';
import type { Tool } from '../../tool/types.ts';
import { describeProblems, validateArguments } from '../../tool/validate.ts';
import type { Delivery, Disposal } from '../ports.ts';
import { encodeWaitToken } from '../wait-token.ts';
import { handOver } from './hand-over.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { heldOf, persist, type TaskRun, toLossError } from './held-run.ts';
import { park } from './park.ts';
import { readRunHistory } from './run-history.ts';
import { measureQueueWaitMs } from './run-log.ts';
import { settle } from './settle.ts';
import type { WorkerContext } from './worker-parts.ts';

/** What a run may take of the function's time. */
export interface RunBudget {
  /** When the function will be stopped (ms since the epoch). */
  readonly deadline: number;
  /** How long the function was given for this message (ms). */
  readonly functionMs: number;
}

/** Before the deadline by this much nothing new is begun and what runs is aborted (ms). */
const ABORT_MARGIN_MS = 3_000;
/** Another run takes over at the next step boundary once less than this share of the function's time is left. */
const HAND_OVER_SHARE = 0.2;
/** A run that had this share of the function's time had all that any run gets. */
const FULL_TIME_SHARE = 0.9;
const MAX_HAND_OVER_MS = 60_000;

export async function runTask(
  tools: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  { deadline, functionMs }: RunBudget,
): Promise<Disposal> {
  const startedAt = tools.clock.now();
  const run = row.run as string;
  const handOverAt = deadline - Math.min(MAX_HAND_OVER_MS, HAND_OVER_SHARE * (deadline - startedAt));
  const task: TaskRun = { tools, delivery, run, deadline, functionMs, startedAt, handOverAt, row, progressed: false };
  const { log } = tools;
  const { receives } = delivery;
  log('run.started', { failures: row.failures - 1, receives, queueWaitMs: measureQueueWaitMs(delivery, startedAt) });
  if (row.failures > row.maxFailures) return settle(task, { error: buildTooManyFailuresError(row) });
  const tool = await tools.findTool(row.tool);
  if (!tool) return settle(task, { error: buildUnknownToolError(row) });
  const stored: unknown = JSON.parse(await tools.payloads.unpack(row.arguments));
  const args = await validateArguments(tool, stored);
  if (!args.ok) {
    const message = `The arguments of this task no longer fit tool ${tool.name}, which has changed since: ${describeProblems(args.problems)}`;
    return settle(task, { error: { code: -32602, message } });
  }
  const history = await readRunHistory(task);
  if (!history) return 'keep';
  return runTool(task, tool, (host) => startRun(task, tool, { stored, valid: args.value }, history, host));
}

async function runTool(task: TaskRun, tool: Tool, start: (host: RunHost) => LiveRun): Promise<Disposal> {
  const { tools, delivery } = task;
  const { clock, log } = tools;
  const heartbeat = startHeartbeat({
    clock,
    settings: tools.settings,
    delivery,
    log,
    renew: (now, news) => tools.store.update(heartbeatChange({ ...heldOf(task), now }, tools.settings.leaseMs, news)),
    onLost: (written) => toolRun.abort(toLossError(written)),
    onLapsed: () => toolRun.abort(new LeaseLost('The lease ran out while the task store could not be reached.')),
  });
  const before = countActiveResources();
  const toolRun = start(taskHost(task, heartbeat));
  const lastCall = new AbortController();
  void clock.wait(Math.max(0, task.deadline - ABORT_MARGIN_MS - clock.now()), lastCall.signal).then(() => {
    if (!lastCall.signal.aborted) toolRun.abort(new HandedOver('The function is about to be stopped.'));
  });
  let end: LiveEnd;
  try {
    end = await toolRun.ended;
  } finally {
    lastCall.abort();
    await heartbeat.stop();
  }
  const disposal = await commitEnd(task, toolRun, end, heartbeat);
  await toolRun.close(toCloseReason(end));
  const left = describeLeftRunning(before);
  if (left !== undefined) log('run.leftRunning', { task: task.row.id, tool: tool.name, left });
  return disposal;
}

/** In this thread, or in one of its own where the tool says so and the worker can. */
function startRun(
  { tools, row, handOverAt }: TaskRun,
  tool: Tool,
  args: { readonly stored: unknown; readonly valid: unknown },
  history: RunHistory,
  host: RunHost,
): LiveRun {
  if (!tool.thread) return startToolRun(tool, args.valid, host, history);
  if (!tools.startThread) {
    tools.log('run.withoutThread', {});
    return startToolRun(tool, args.valid, host, history);
  }
  const { partition, id, era, capabilities } = row;
  const start = { key: { partition, id }, tool: tool.name, era, capabilities, history, handOverAt };
  return tools.startThread({ ...start, arguments: args.stored }, host);
}

const toCloseReason = (end: LiveEnd): Error | undefined => {
  if (end.end === 'aborted') return end.reason;
  if (end.end === 'parked') return new Parked('The task waits; it resumes from the top.');
  if (end.end === 'handOver') return new HandedOver('Another run takes over at the last recorded step.');
  return undefined;
};

function taskHost(task: TaskRun, heartbeat: Heartbeat): RunHost {
  const { tools, row } = task;
  const { clock, ids, settings, store, payloads } = tools;
  return {
    id: row.id,
    isTask: true,
    era: row.era,
    capabilities: row.capabilities,
    now: () => clock.now(),
    random: () => ids.random(),
    reportProgress: heartbeat.reportProgress,
    createToken: (wait) => encodeWaitToken(row, wait),
    shouldHandOver: () => task.progressed && clock.now() >= task.handOverAt,
    record: async (id, json) => {
      const value = await payloads.pack(
        json,
        settings.inlineOutputBytes,
        `tasks/${row.id}/${encodeURIComponent(id)}-${task.run}`,
      );
      const now = clock.now();
      const entry = { task: row.id, id, value, ttl: row.ttl };
      const change = stepChange({ ...heldOf(task), now }, settings.leaseMs, heartbeat.takeProgress());
      const written = await persist(task, 'step', () => store.record(change, entry, `${task.run}${id}`));
      if (!written.done) throw toLossError({ done: false, ...(written.row && { row: written.row }) });
      task.progressed = true;
      heartbeat.markRenewed(now);
    },
  };
}

async function commitEnd(task: TaskRun, toolRun: LiveRun, end: LiveEnd, heartbeat: Heartbeat): Promise<Disposal> {
  const { log } = task.tools;
  switch (end.end) {
    case 'settled':
      return settle(task, end.outcome);
    case 'parked':
      return park(task, end.waits, heartbeat);
    case 'handOver':
      return handOver(task, heartbeat);
    case 'died':
      // As if the worker had: nothing is written, the lease runs out, and the next claim counts it.
      log('run.died', { how: end.how });
      return 'keep';
    case 'aborted':
      if (end.reason instanceof HandedOver) return outOfTime(task, toolRun, heartbeat);
      log('run.lost', { task: task.row.id, tool: task.row.tool, reason: end.reason.name });
      // A superseded run leaves the message: it may stand behind its successor, and a terminal row drops it.
      return 'keep';
  }
}

/**
 * The function's time is up. With a step recorded the next run goes on from there; without, another run will get
 * no further, unless this one began late.
 */
async function outOfTime(task: TaskRun, toolRun: LiveRun, heartbeat: Heartbeat): Promise<Disposal> {
  const ranMs = task.deadline - task.startedAt;
  if (task.progressed || ranMs < FULL_TIME_SHARE * task.functionMs) return handOver(task, heartbeat);
  const [step] = toolRun.runningSteps;
  const seconds = Math.round(ranMs / 1000);
  const message =
    `${step === undefined ? `Tool ${task.row.tool}` : `Step ${JSON.stringify(step)} of tool ${task.row.tool}`} did not finish within the ` +
    `${seconds} s of one run. Split the work into steps that each fit, give the function a longer time-out (15 minutes at most), ` +
    'or run it elsewhere and wait for it.';
  return settle(task, { error: { code: -32603, message } });
}

const buildTooManyFailuresError = (row: TaskRow) => ({
  code: -32603,
  message:
    `${row.failures - 1} runs in a row ended without saying so and without recording a step: ` +
    `the worker crashed, ran out of memory, or was stopped at its time-out while running tool ${row.tool}.`,
});

const buildUnknownToolError = (row: TaskRow) => ({
  code: -32603,
  message: `The worker's server defines no tool ${row.tool}: it was removed or renamed after this task was created.`,
});
