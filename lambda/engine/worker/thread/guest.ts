/** The thread's side: one run of one tool, whose host is the worker at the other end of a port. */
import type { ProgressReport } from '../../../tasks/writes/held.ts';
import { createTaskContext } from '../../../tool/context.ts';
import { type RunEnd, type RunHost, ToolRun } from '../../../tool/run.ts';
import type { ServerDefinition, Tool } from '../../../tool/types.ts';
import { describeProblems, validateArguments } from '../../../tool/validate.ts';
import { encodeWaitToken } from '../../wait-token.ts';
import { decodeAbortReason, type FromThread, type ThreadData, type ToThread } from './messages.ts';

/** Progress is told at most this often (ms): a loop that reports each turn must not bury the worker in messages. */
const PROGRESS_MESSAGE_INTERVAL_MS = 100;

/** Run the tool; the worker ends the thread when the run is over. */
export async function serveThread(data: ThreadData): Promise<void> {
  const tool = await loadTool(data);
  const args = await validateArguments(tool, data.arguments);
  if (!args.ok) throw new Error(`The arguments fit in the worker but not here: ${describeProblems(args.problems)}`);
  const { port } = data;
  const say = (message: FromThread) => port.postMessage(message);
  const records = new Map<number, { resolve(): void; reject(reason: Error): void }>();
  const progress = createProgressBuffer((news) => say({ is: 'progress', news }));
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
    reportProgress: progress.tell,
    reportRunningSteps: (steps) => say({ is: 'steps', running: [...steps] }),
    shouldHandOver: () => progressed && Date.now() >= data.handOverAt,
    record: async (id, json) => {
      progress.flush();
      const number = ++recorded;
      await new Promise<void>((resolve, reject) => {
        records.set(number, { resolve, reject });
        say({ is: 'record', number, id, json });
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
        say({ is: 'closing' });
        await run.close(message.reason && decodeAbortReason(message.reason));
        return say({ is: 'closed' });
    }
  });

  const end = await run.start(() => tool.handler(args.value, createTaskContext(run)));
  progress.flush();
  // Whoever aborted it knows.
  if (end.end !== 'aborted') say({ is: 'ended', end: toCloneable(end) });
}

async function loadTool({ server, tool: name }: ThreadData): Promise<Tool> {
  const { default: exported } = (await import(server)) as { default: ServerDefinition | { default: ServerDefinition } };
  // What a bundle makes of a CommonJS module has its exports one level down.
  const definition = 'tools' in exported ? exported : exported.default;
  const tool = definition.tools.get(name);
  if (!tool) throw new Error(`The server module defines no tool ${name} when it is loaded in a thread.`);
  return tool;
}

/** As the worker would write it down anyway: what a clone refuses (a function among a question's params) is dropped. */
function toCloneable<End extends RunEnd>(end: End): End {
  if (end.end === 'settled') return { ...end, outcome: JSON.parse(JSON.stringify(end.outcome)) };
  if (end.end === 'parked') return { ...end, waits: new Map(JSON.parse(JSON.stringify([...end.waits]))) };
  return end;
}

/** Gathers news between two messages, so that the latest always gets through. */
function createProgressBuffer(send: (news: ProgressReport) => void) {
  let news: ProgressReport | undefined;
  let sentAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!news) return;
    sentAt = Date.now();
    send(news);
    news = undefined;
  };
  const tell = (latest: ProgressReport): void => {
    news = { ...news, ...latest };
    if (Date.now() - sentAt >= PROGRESS_MESSAGE_INTERVAL_MS) flush();
    else timer ??= setTimeout(flush, PROGRESS_MESSAGE_INTERVAL_MS);
  };
  return { tell, flush };
}
