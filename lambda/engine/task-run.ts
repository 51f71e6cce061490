/** One run of a task in a worker: from the claimed row to the commit that ends it. */
import { isOutstanding, type Outcome, type Question, type Questions, type TaskRow } from '../tasks/record.ts';
import type { Written } from '../tasks/store.ts';
import { endedBy, handOverChange, parkChange, settleChange } from '../tasks/writes/end.ts';
import { type Held, heartbeatChange, judgeLost, stepChange, withdrawChange } from '../tasks/writes/held.ts';
import { HandedOver, LeaseLost, Parked, TaskCancelled } from '../tool/errors.ts';
import type { RunHistory } from '../tool/history.ts';
import { activeResources, leftRunning } from '../tool/left-running.ts';
import { type LiveEnd, type LiveRun, runHere } from '../tool/live-run.ts';
import type { RunHost, Wait } from '../tool/run.ts';
import type { Tool } from '../tool/types.ts';
import { describeProblems, validateArguments } from '../tool/validate.ts';
import { groupOf } from './context.ts';
import { queueWaitMs } from './facts.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { insist } from './insist.ts';
import { bytesInAnswer, fitted, type StoredOutcome } from './large-result.ts';
import type { Delivery, Disposal } from './ports.ts';
import { questionsOf } from './view.ts';
import { waitToken } from './wait-token.ts';
import { LONGEST_DELAY_MS, type WorkerTools } from './worker.ts';

/** What one run carries around. */
interface TaskRun {
  readonly tools: WorkerTools;
  readonly delivery: Delivery;
  readonly run: string;
  /** When the function will be stopped (ms since the epoch). */
  readonly deadline: number;
  readonly startedAt: number;
  /** How long the function was given for this message (ms). */
  readonly functionMs: number;
  /** From when on another run takes over at the next recorded step (ms since the epoch). */
  readonly handOverAt: number;
  /** The row as this run last saw it. */
  row: TaskRow;
  /** Whether this run recorded a step: only then may it hand over. */
  progressed: boolean;
}

/** What a run may take of the function's time. */
export interface RunTime {
  /** When the function will be stopped (ms since the epoch). */
  readonly deadline: number;
  /** How long the function was given for this message (ms). */
  readonly functionMs: number;
}

/** Before the deadline by this much nothing new is begun and what runs is aborted (ms). */
const LAST_MS = 3_000;
/** Another run takes over at the next step boundary once less than this share of the function's time is left. */
const HAND_OVER_SHARE = 0.2;
/** A run that had this share of the function's time had all that any run gets. */
const FULL_TIME_SHARE = 0.9;
const HAND_OVER_MOST_MS = 60_000;

export async function runTask(
  tools: WorkerTools,
  delivery: Delivery,
  row: TaskRow,
  { deadline, functionMs }: RunTime,
): Promise<Disposal> {
  const startedAt = tools.clock.now();
  const run = row.run as string;
  const handOverAt = deadline - Math.min(HAND_OVER_MOST_MS, HAND_OVER_SHARE * (deadline - startedAt));
  const task: TaskRun = { tools, delivery, run, deadline, functionMs, startedAt, handOverAt, row, progressed: false };
  const { log } = tools;
  const { receives } = delivery;
  log('run.started', { failures: row.failures - 1, receives, queueWaitMs: queueWaitMs(delivery, startedAt) });
  // From here the message follows the lease, not the function's time-out; before the tool can kill the worker.
  await delivery.reappearIn(tools.settings.leaseMs).catch((error: unknown) => {
    log('message.notRenewed', { task: row.id, error: String(error) });
  });
  if (row.failures > row.maxFailures) return settle(task, { error: tooManyFailures(row) });
  const tool = await tools.tool(row.tool);
  if (!tool) return settle(task, { error: unknownTool(row) });
  const stored: unknown = JSON.parse(await tools.payloads.unpack(row.arguments));
  const args = await validateArguments(tool, stored);
  if (!args.ok) {
    const message = `The arguments of this task no longer fit tool ${tool.name}, which has changed since: ${describeProblems(args.problems)}`;
    return settle(task, { error: { code: -32602, message } });
  }
  const history = await historyOf(task);
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
    onLost: (written) => toolRun.abort(lostReason(written)),
    onLapsed: () => toolRun.abort(new LeaseLost('The lease ran out while the task store could not be reached.')),
  });
  const before = activeResources();
  const toolRun = start(taskHost(task, heartbeat));
  const lastCall = new AbortController();
  void clock.wait(Math.max(0, task.deadline - LAST_MS - clock.now()), lastCall.signal).then(() => {
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
  await toolRun.close(closeReason(end));
  const left = leftRunning(before);
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
  if (!tool.thread) return runHere(tool, args.valid, host, history);
  if (!tools.startThread) {
    tools.log('run.withoutThread', {});
    return runHere(tool, args.valid, host, history);
  }
  const { partition, id, era, capabilities } = row;
  const start = { key: { partition, id }, tool: tool.name, era, capabilities, history, handOverAt };
  return tools.startThread({ ...start, arguments: args.stored }, host);
}

const closeReason = (end: LiveEnd): Error | undefined => {
  if (end.end === 'aborted') return end.reason;
  if (end.end === 'parked') return new Parked('The task waits; it resumes from the top.');
  if (end.end === 'handOver') return new HandedOver('Another run takes over at the last recorded step.');
  return undefined;
};

/** What a run writes is tried again while its lease may still be live and its function still has time. */
const persist = <T>(task: TaskRun, write: string, attempt: () => Promise<T>): Promise<T> => {
  const { clock, settings } = task.tools;
  const until = Math.min(clock.now() + settings.leaseMs - settings.heartbeatMs, task.deadline - 1_000);
  return insist(task.tools, { task: task.row.id, write }, until, attempt);
};

const heldOf = (task: TaskRun): Held => ({ key: task.row, run: task.run, now: task.tools.clock.now() });

const lostReason = (written: Written & { done: false }): Error =>
  judgeLost(written) === 'cancelled'
    ? new TaskCancelled('The task was cancelled.')
    : new LeaseLost('Another run holds the task, or it has ended or expired.');

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
    progress: heartbeat.progress,
    token: (wait) => waitToken(row, wait),
    shouldHandOver: () => task.progressed && clock.now() >= task.handOverAt,
    record: async (id, json) => {
      const value = await payloads.pack(
        json,
        settings.inlineOutputBytes,
        `tasks/${row.id}/${encodeURIComponent(id)}-${task.run}`,
      );
      const now = clock.now();
      const entry = { task: row.id, id, value, ttl: row.ttl };
      const change = stepChange({ ...heldOf(task), now }, settings.leaseMs, heartbeat.takeNews());
      const written = await persist(task, 'step', () => store.record(change, entry, `${task.run}${id}`));
      if (!written.done) throw lostReason({ done: false, ...(written.row && { row: written.row }) });
      task.progressed = true;
      heartbeat.renewed(now);
    },
  };
}

/** What earlier runs left behind. Questions overtaken by their timers are withdrawn first, for every later run to see. */
async function historyOf(task: TaskRun): Promise<RunHistory | undefined> {
  const { tools, row } = task;
  const journal: Record<string, string> = {};
  if (row.entries > 0)
    for (const entry of await tools.store.journal(row.id)) journal[entry.id] = await tools.payloads.unpack(entry.value);
  const questions = await withdrawOverdue(task);
  return questions && { journal, questions };
}

async function withdrawOverdue(task: TaskRun): Promise<Questions | undefined> {
  for (;;) {
    const now = task.tools.clock.now();
    const questions = await questionsOf(task.row, task.tools.payloads);
    const overdue = ({ deadline, ...question }: Question) =>
      deadline !== undefined &&
      deadline <= now &&
      question.answer === undefined &&
      !question.withdrawn &&
      question.method !== 'sleep';
    if (!Object.values(questions).some(overdue)) return questions;
    const withdrawn = mapQuestions(questions, (question) =>
      overdue(question) ? { ...question, withdrawn: true } : question,
    );
    const packed = await packQuestions(task, withdrawn, 'withdrawn');
    const written = await task.tools.store.update(
      withdrawChange(heldOf(task), task.row.revision, packed, statusOf(withdrawn)),
    );
    if (written.row?.run !== task.run) return undefined;
    task.row = written.row;
    // Done, or done before and only the answer was lost, or an answer came meanwhile: look again.
  }
}

const mapQuestions = (questions: Questions, change: (question: Question) => Question): Questions =>
  Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, change(question)]));

const statusOf = (questions: Questions): 'working' | 'input_required' =>
  Object.values(questions).some(isOutstanding) ? 'input_required' : 'working';

const packQuestions = (task: TaskRun, questions: Questions, what: string) =>
  task.tools.payloads.pack(
    JSON.stringify(questions),
    task.tools.settings.inlineInputBytes,
    `tasks/${task.row.id}/questions-${what}-${task.row.revision}-${task.run}`,
  );

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

/** Refused as not ours: it ended without us. The message stays, for a successor or to be dropped on sight. */
function superseded(task: TaskRun, what: string, written: Written): Disposal {
  task.tools.log('run.superseded', { task: task.row.id, tool: task.row.tool, at: what, status: written.row?.status });
  return 'keep';
}

async function settle(task: TaskRun, outcome: Outcome): Promise<Disposal> {
  const { tools, row } = task;
  const end = endOf(outcome, row);
  const kept = await deliverable(task, outcome);
  const packed = await tools.payloads.pack(
    JSON.stringify(kept),
    tools.settings.inlineOutputBytes,
    `tasks/${row.id}/outcome-${task.run}`,
  );
  const written = await persist(task, 'settle', () =>
    tools.store.update(settleChange(heldOf(task), { ...end, outcome: packed, retentionMs: row.retentionMs })),
  );
  if (!endedBy(written, task.run)) return superseded(task, 'settle', written);
  const durationMs = tools.clock.now() - row.createdAt;
  tools.log('task.ended', {
    task: row.id,
    tool: row.tool,
    status: end.status,
    toolError: 'result' in outcome && outcome.result.isError === true,
    code: 'error' in outcome ? outcome.error.code : undefined,
    durationMs,
  });
  return 'delete';
}

/** What does not fit an answer becomes files, before the row that links to them. */
async function deliverable({ tools, row, run }: TaskRun, outcome: Outcome): Promise<StoredOutcome> {
  const { files } = tools.payloads;
  if (!files) return outcome;
  return fitted(outcome, tools.settings.answerBytes, async ({ name, mediaType, bytes }) => {
    const key = `tasks/${row.id}/result-${run}/${name}`;
    await files.put(key, bytes, mediaType);
    return key;
  });
}

/** 2026: a tool error is a result. 2025-11-25 (Tasks, Task Status): an `isError` outcome is `failed`. */
function endOf(
  outcome: Outcome,
  row: TaskRow,
): { readonly status: 'completed' | 'failed'; readonly statusMessage?: string; readonly toolError?: true } {
  if ('error' in outcome) return { status: 'failed', statusMessage: outcome.error.message.slice(0, 1_024) };
  if (outcome.result.isError !== true) return { status: 'completed' };
  const [first] = (outcome.result.content ?? []) as { text?: unknown }[];
  const statusMessage = typeof first?.text === 'string' ? { statusMessage: first.text.slice(0, 1_024) } : {};
  const status = row.era === '2025-11-25' ? 'failed' : 'completed';
  return { status, toolError: true, ...statusMessage };
}

async function park(task: TaskRun, waits: ReadonlyMap<string, Wait>, heartbeat: Heartbeat): Promise<Disposal> {
  const { tools } = task;
  let sent = 0;
  for (;;) {
    const { row } = task;
    const stored = await questionsOf(row, tools.payloads);
    const questions = {
      ...Object.fromEntries([...waits].flatMap(([key, { question }]) => (question ? [[key, question]] : []))),
      ...stored,
    };
    // An answer that came during this run ends a wait: the next run goes on with it.
    if (
      [...waits.keys()].some(
        (key) => stored[key] !== undefined && (stored[key].answer !== undefined || stored[key].withdrawn),
      )
    )
      return handOver(task, heartbeat);
    const asked = Object.entries(questions).filter(([, question]) => isOutstanding(question));
    const bytes = bytesInAnswer(Object.fromEntries(asked));
    if (bytes > tools.settings.answerBytes) return settle(task, { error: asksTooMuch(row, asked, bytes) });
    const wakeAt = earliest(waits);
    const generation = row.generation + 1;
    if (wakeAt !== undefined && sent < generation) {
      await sendWakeUp(task, generation, wakeAt - tools.clock.now());
      sent = generation;
    }
    const change = {
      revision: row.revision,
      questions: await packQuestions(task, questions, 'parked'),
      status: statusOf(questions),
      ...(wakeAt !== undefined && { timer: { generation, wakeAt } }),
    };
    const news = { ...heartbeat.takeNews(), ...waitingMessage(questions) };
    const written = await persist(task, 'park', () => tools.store.update(parkChange(heldOf(task), change, news)));
    if (endedBy(written, task.run)) {
      tools.log('task.parked', { task: row.id, tool: row.tool, status: statusOf(questions), waits: waits.size });
      return 'delete';
    }
    if (written.row?.run !== task.run || written.row.revision === row.revision)
      return superseded(task, 'park', written);
    task.row = written.row;
  }
}

/** What a person reads while the task waits for an answer. */
function waitingMessage(questions: Questions): { readonly statusMessage?: string } {
  const asked = Object.values(questions).find(isOutstanding);
  const message = asked?.params.message;
  if (!asked) return {};
  return {
    statusMessage:
      typeof message === 'string' ? `Waiting for an answer: ${message}`.slice(0, 1_024) : 'Waiting for an answer.',
  };
}

const earliest = (waits: ReadonlyMap<string, Wait>): number | undefined => {
  const deadlines = [...waits.values()].flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
};

async function handOver(task: TaskRun, heartbeat: Heartbeat): Promise<Disposal> {
  const { tools, row } = task;
  const generation = row.generation + 1;
  await sendWakeUp(task, generation, 0);
  const news = heartbeat.takeNews();
  const written = await persist(task, 'handOver', () =>
    tools.store.update(handOverChange(heldOf(task), generation, news)),
  );
  if (!endedBy(written, task.run)) return superseded(task, 'handOver', written);
  tools.log('task.handedOver', { task: row.id, tool: row.tool, generation });
  return 'delete';
}

/** Enqueue first, commit second. */
async function sendWakeUp(task: TaskRun, generation: number, delayMs: number): Promise<void> {
  const { tools, row, deadline, delivery } = task;
  const { traceparent } = delivery.wakeUp;
  const { partition, id } = row;
  const wakeUp = {
    partition,
    task: id,
    generation,
    commitBy: deadline,
    ...(traceparent !== undefined && { traceparent }),
    dueAt: tools.clock.now() + Math.max(0, delayMs),
  };
  const options = { delayMs: Math.min(LONGEST_DELAY_MS, Math.max(0, delayMs)), ...groupOf(partition) };
  await persist(task, 'wakeUp', () => tools.queue.send(wakeUp, options));
}

const tooManyFailures = (row: TaskRow) => ({
  code: -32603,
  message:
    `${row.failures - 1} runs in a row ended without saying so and without recording a step: ` +
    `the worker crashed, ran out of memory, or was stopped at its time-out while running tool ${row.tool}.`,
});

const asksTooMuch = (row: TaskRow, asked: readonly (readonly [string, Question])[], bytes: number) => ({
  code: -32603,
  message:
    `Tool ${row.tool} asks ${asked.map(([key]) => JSON.stringify(key)).join(', ')} in ${bytes} bytes, more than one answer ` +
    'to a client holds. Ask in fewer words, or link to what is long.',
});

const unknownTool = (row: TaskRow) => ({
  code: -32603,
  message: `The worker's server defines no tool ${row.tool}: it was removed or renamed after this task was created.`,
});
