/** The thread's side: one run of one tool, whose host is the worker at the other end of a port. */
import type { ProgressReport } from '../../../tasks/writes/held.ts';
import { createTaskContext } from '../../../tool/context.ts';
import { type RunEnd, type RunHost, ToolRun } from '../../../tool/run.ts';
import type { ServerDefinition, Tool } from '../../../tool/types.ts';
import { describeProblems, validateArguments } from '../../../tool/validate.ts';
import { encodeWaitToken } from '../../wait-token.ts';
import { decodeAbortReason, type FromThread, type ThreadData, type ToThread } from './messages.ts';

/** Progress is sent at most this often (ms): a loop that reports each turn must not bury the worker in messages. */
const PROGRESS_MESSAGE_INTERVAL_MS = 100;

/** Runs the tool; the worker ends the thread after the run. */
export async function serveThread(data: ThreadData): Promise<void> {
  const tool = await loadTool(data);
  const args = await validateArguments(tool, data.arguments);
  if (!args.ok)
    throw new Error(`The arguments were valid in the worker but not in its thread: ${describeProblems(args.problems)}`);
  const { port } = data;
  const post = (message: FromThread) => port.postMessage(message);
  const records = new Map<number, { resolve(): void; reject(reason: Error): void }>();
  const progress = createProgressBuffer((report) => post({ is: 'progress', report }));
  let recorded = 0;
  let progressed = false;

  const host: RunHost = {
    id: data.key.id,
    isTask: true,
    era: data.era,
    capabilities: data.capabilities,
    now: () => Date.now(),
    random: () => Math.random(),
    createToken: (wait) => encodeWaitToken(data.key, wait),
    reportProgress: progress.add,
    reportRunningSteps: (steps) => post({ is: 'steps', running: [...steps] }),
    shouldHandOver: () => progressed && Date.now() >= data.handOverAt,
    record: async (id, json) => {
      progress.flush();
      const number = ++recorded;
      await new Promise<void>((resolve, reject) => {
        records.set(number, { resolve, reject });
        post({ is: 'record', number, id, json });
      });
      progressed = true;
    },
  };
  const run = new ToolRun(tool, host, data.history);

  port.on('message', async (message: ToThread) => {
    switch (message.is) {
      case 'recorded':
        return records.get(message.number)?.resolve();
      case 'refused':
        return records.get(message.number)?.reject(decodeAbortReason(message.reason));
      case 'abort':
        return run.abort(decodeAbortReason(message.reason));
      case 'close':
        post({ is: 'closing' });
        await run.close(message.reason && decodeAbortReason(message.reason));
        return post({ is: 'closed' });
    }
  });

  const end = await run.start(() => tool.handler(args.value, createTaskContext(run)));
  progress.flush();
  // The worker that aborted it knows.
  if (end.end !== 'aborted') post({ is: 'ended', end: toCloneable(end) });
}

async function loadTool({ server, tool: name }: ThreadData): Promise<Tool> {
  const { default: exported } = (await import(server)) as { default: ServerDefinition | { default: ServerDefinition } };
  // The bundle of a CommonJS module has its exports one level down.
  const definition = 'tools' in exported ? exported : exported.default;
  const tool = definition.tools.get(name);
  if (!tool) throw new Error(`The server module defines no tool ${name} when it is loaded in a thread.`);
  return tool;
}

/** As the worker would store it anyway: values that cannot be cloned (a function among a question's params) are dropped. */
function toCloneable<End extends RunEnd>(end: End): End {
  if (end.end === 'settled') return { ...end, outcome: JSON.parse(JSON.stringify(end.outcome)) };
  if (end.end === 'parked') return { ...end, waits: new Map(JSON.parse(JSON.stringify([...end.waits]))) };
  return end;
}

/** Merges reports between two messages, so that the latest always gets through. */
function createProgressBuffer(send: (report: ProgressReport) => void) {
  let pending: ProgressReport | undefined;
  let sentAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!pending) return;
    sentAt = Date.now();
    send(pending);
    pending = undefined;
  };
  const add = (report: ProgressReport): void => {
    pending = { ...pending, ...report };
    if (Date.now() - sentAt >= PROGRESS_MESSAGE_INTERVAL_MS) flush();
    else timer ??= setTimeout(flush, PROGRESS_MESSAGE_INTERVAL_MS);
  };
  return { add, flush };
}
