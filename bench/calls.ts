/** Measures what each kind of call costs: its requests to DynamoDB and SQS, and the capacity units they consume. */
import { z } from 'zod';
import type { StartCall } from '../lambda/engine/model.ts';
import { defineTool } from '../lambda/index.ts';
import type { Tool } from '../lambda/tool/types.ts';
import type { CountedRequest } from './count.ts';
import { startCountedStack } from './stack.ts';

/** The cost of one call of one kind. */
export interface CallCost {
  readonly call: string;
  /** How often each request is made: `GetItem`, `UpdateItem`, `SendMessage`, … */
  readonly requests: Readonly<Record<string, number>>;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface CallCosts {
  readonly calls: readonly CallCost[];
  /** The row of an ordinary task while it works (bytes). */
  readonly rowBytes: number;
}

/** Heartbeats over which their cost is averaged. */
const HEARTBEAT_COUNT = 5;
/** Short, so that the heartbeats are measured quickly. */
const SHORT_HEARTBEAT_MS = 40;

/** The kinds of calls, in the order in which they are reported. */
const REPORTED_CALLS: readonly string[] = [
  'create',
  'create (first)',
  'get',
  'get (completed)',
  'update (partial)',
  'update (resumes)',
  'cancel',
  'claim',
  'heartbeat',
  'step',
  'park',
  'claim (resumed)',
  'settle',
];

/** Measure every kind of call once (heartbeats: their mean) on the DynamoDB at this endpoint. */
export async function measureCalls(dynamoDbEndpoint: string): Promise<CallCosts> {
  /** From here on, requests are counted for `label`; tools change it while they run. */
  const setLabel = (label: string) => {
    stack.counter.label = label;
  };
  let rowBytes = 0;

  const inputSchema = z.object({ dataset: z.string() });
  const content = [{ type: 'text' as const, text: 'done' }];

  const plain = defineTool('profile_dataset', { inputSchema }, async (_, task) => {
    rowBytes = await stack.measureRowBytes({ partition: `owner#${caller.owner}`, id: task.id });
    setLabel('step');
    await task.step('scan', () => ['email', 'phone']);
    setLabel('settle');
    return { content };
  });
  const slow = defineTool('slow', { inputSchema }, async () => {
    setLabel('heartbeat');
    while (countHeartbeats() < HEARTBEAT_COUNT) await new Promise((resolve) => setTimeout(resolve, 5));
    setLabel('end of the slow tool');
    return { content };
  });
  const asking = defineTool('redact_dataset', { inputSchema, asks: ['elicitation'] }, async (_, task) => {
    setLabel('park');
    const requestedSchema = z.object({ columns: z.array(z.enum(['email', 'phone'])) });
    await Promise.all([
      task.elicit('columns', { message: 'Which columns?', requestedSchema }),
      task.elicit('backup', { message: 'Back up which?', requestedSchema }),
    ]);
    setLabel('settle after questions');
    return { content };
  });

  const stack = await startCountedStack(dynamoDbEndpoint, [plain, slow, asking]);
  const countHeartbeats = () =>
    stack.counter.requests.filter(({ label, operation }) => label === 'heartbeat' && operation === 'UpdateItem').length;
  const { engine } = stack;
  const caller = { owner: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c' };
  const deadline = Date.now() + 60_000;
  const buildCall = (tool: Tool): StartCall => ({
    caller,
    tool,
    arguments: { dataset: 'https://example.com/datasets/movies.csv' },
    era: '2026-07-28',
    capabilities: { form: true },
    deadline,
  });

  try {
    // An owner's open tasks are counted for the first task, and then not again for a while.
    setLabel('create (first)');
    await engine.startTask(buildCall(slow));
    setLabel('setup');
    await stack.work({ heartbeatMs: SHORT_HEARTBEAT_MS });

    setLabel('create');
    const task = await engine.startTask(buildCall(plain));
    setLabel('get');
    await engine.getTask(caller, task.id);
    setLabel('claim');
    await stack.work();
    setLabel('get (completed)');
    await engine.getTask(caller, task.id);

    setLabel('setup');
    const askingTask = await engine.startTask(buildCall(asking));
    await stack.work();
    setLabel('setup');
    const { questions } = await engine.getTask(caller, askingTask.id);
    const [first = '', second = ''] = Object.keys(questions);
    const answer = { result: { action: 'accept', content: { columns: ['email'] } } };
    setLabel('update (partial)');
    await engine.answerTask(caller, askingTask.id, { [first]: answer }, deadline);
    setLabel('update (resumes)');
    await engine.answerTask(caller, askingTask.id, { [second]: answer }, deadline);
    setLabel('claim (resumed)');
    await stack.work();

    setLabel('setup');
    const unneeded = await engine.startTask(buildCall(plain));
    setLabel('cancel');
    await engine.cancelTask(caller, unneeded.id, deadline);
  } finally {
    await stack.stop();
  }

  return { calls: REPORTED_CALLS.map((call) => toCallCost(call, stack.counter.requests)), rowBytes };
}

function toCallCost(call: string, allRequests: readonly CountedRequest[]): CallCost {
  const counted = allRequests.filter(({ label }) => label === call);
  const calls = call === 'heartbeat' ? HEARTBEAT_COUNT : 1;
  const requests: Record<string, number> = {};
  for (const { operation } of counted) requests[operation] = (requests[operation] ?? 0) + 1 / calls;
  const sumUnits = (reads: boolean) =>
    counted.filter(({ operation }) => isRead(operation) === reads).reduce((sum, { units }) => sum + units, 0);
  return { call, requests, readUnits: sumUnits(true) / calls, writeUnits: sumUnits(false) / calls };
}

const isRead = (operation: string): boolean => operation === 'GetItem' || operation === 'Query';
