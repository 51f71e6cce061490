/** What each kind of call costs: its requests to DynamoDB and SQS, and the capacity units that they consumed. */
import { z } from 'zod';
import type { StartCall } from '../lambda/engine/model.ts';
import { defineTool } from '../lambda/index.ts';
import type { Tool } from '../lambda/tool/types.ts';
import type { CountedRequest } from './count.ts';
import { startCountedStack } from './stack.ts';

/** The cost of one call of a kind. */
export interface CallCost {
  readonly call: string;
  /** How often each request was made: `GetItem`, `UpdateItem`, `SendMessage`, … */
  readonly requests: Readonly<Record<string, number>>;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface CallCosts {
  readonly calls: readonly CallCost[];
  /** The row of an ordinary task while it works (bytes). */
  readonly rowBytes: number;
}

const HEARTBEAT_COUNT = 5;

/** Measure every kind of call once (heartbeats: the mean of some) on this DynamoDB. */
export const measureCalls = async (dynamoDbEndpoint: string): Promise<CallCosts> => {
  /** From here on requests are counted for `call`; tools say so from within. */
  const now = (call: string) => {
    stack.counter.label = call;
  };
  let rowBytes = 0;

  const inputSchema = z.object({ dataset: z.string() });
  const content = [{ type: 'text' as const, text: 'done' }];

  const plain = defineTool('profile_dataset', { inputSchema }, async (_, task) => {
    rowBytes = await stack.measureRowBytes({ partition: `owner#${caller.owner}`, id: task.id });
    now('step');
    await task.step('scan', () => ['email', 'phone']);
    now('settle');
    return { content };
  });
  const slow = defineTool('slow', { inputSchema }, async () => {
    now('heartbeat');
    while (beats().length < HEARTBEAT_COUNT) await new Promise((resolve) => setTimeout(resolve, 5));
    now('end of the slow tool');
    return { content };
  });
  const asking = defineTool('redact_dataset', { inputSchema, asks: ['elicitation'] }, async (_, task) => {
    now('park');
    const requestedSchema = z.object({ columns: z.array(z.enum(['email', 'phone'])) });
    await Promise.all([
      task.elicit('columns', { message: 'Which columns?', requestedSchema }),
      task.elicit('backup', { message: 'Back up which?', requestedSchema }),
    ]);
    now('settle after questions');
    return { content };
  });

  const stack = await startCountedStack(dynamoDbEndpoint, [plain, slow, asking]);
  const beats = () =>
    stack.counter.requests.filter(({ label, operation }) => label === 'heartbeat' && operation === 'UpdateItem');
  const { engine } = stack;
  const caller = { owner: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c' };
  const deadline = Date.now() + 60_000;
  const call = (tool: Tool): StartCall => ({
    caller,
    tool,
    arguments: { dataset: 'https://example.com/datasets/movies.csv' },
    era: '2026-07-28',
    capabilities: { form: true },
    deadline,
  });

  try {
    // An owner's open tasks are counted with the first task, and then no more for a while.
    now('create (first)');
    await engine.startTask(call(slow));
    now('setup');
    await stack.work({ heartbeatMs: 40 });

    now('create');
    const task = await engine.startTask(call(plain));
    now('get');
    await engine.getTask(caller, task.id);
    now('claim');
    await stack.work();
    now('get (completed)');
    await engine.getTask(caller, task.id);

    now('setup');
    const asked = await engine.startTask(call(asking));
    await stack.work();
    now('setup');
    const { questions } = await engine.getTask(caller, asked.id);
    const [first = '', second = ''] = Object.keys(questions);
    const answer = { result: { action: 'accept', content: { columns: ['email'] } } };
    now('update (partial)');
    await engine.answerTask(caller, asked.id, { [first]: answer }, deadline);
    now('update (resumes)');
    await engine.answerTask(caller, asked.id, { [second]: answer }, deadline);
    now('claim (resumed)');
    await stack.work();

    now('setup');
    const unwanted = await engine.startTask(call(plain));
    now('cancel');
    await engine.cancelTask(caller, unwanted.id, deadline);
  } finally {
    await stack.stop();
  }

  const counted = stack.counter.requests.filter(({ label }) => REPORTED_CALLS.includes(label));
  const calls = REPORTED_CALLS.map((kind) => toCallCost(kind, counted));
  return { calls, rowBytes };
};

/** The kinds of calls, in the order in which they are reported. */
const REPORTED_CALLS = [
  ...['create', 'create (first)', 'get', 'get (completed)', 'update (partial)', 'update (resumes)', 'cancel'],
  ...['claim', 'heartbeat', 'step', 'park', 'claim (resumed)', 'settle'],
];

const toCallCost = (call: string, counted: readonly CountedRequest[]): CallCost => {
  const made = counted.filter(({ label }) => label === call);
  const times = call === 'heartbeat' ? HEARTBEAT_COUNT : 1;
  const requests: Record<string, number> = {};
  for (const { operation } of made) requests[operation] = (requests[operation] ?? 0) + 1 / times;
  const units = (reads: boolean) =>
    made.filter(({ operation }) => isRead(operation) === reads).reduce((sum, request) => sum + request.units, 0) /
    times;
  return { call, requests, readUnits: units(true), writeUnits: units(false) };
};

const isRead = (operation: string): boolean => operation === 'GetItem' || operation === 'Query';
