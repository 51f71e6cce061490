/** Computes what a million polls and a million tasks cost, from counted requests and list prices. */
import { ENGINE_DEFAULTS } from '../lambda/engine/settings.ts';
import { createJsonLog } from '../lambda/observe/log.ts';
import { ACCESS_LOG } from '../lib/gateway/access-log.ts';
import { DEFAULT_SETTINGS } from '../lib/props/settings.ts';
import type { CallCost, CallCosts } from './calls.ts';
import { measurePolls, type PollCost } from './polls.ts';

/** USD, us-east-1, on demand, list prices of 2026 without free tiers. The first four are per million. */
export const PRICES_USD = {
  gatewayRequest: 1.0,
  lambdaRequest: 0.2,
  sqsRequest: 0.4,
  /** DynamoDB: a write of 1 KB; a strongly consistent read of 4 KB, of which an eventual one is half. */
  writeUnit: 0.625,
  readUnit: 0.125,
  /** Lambda on arm64, for a GB held a second. */
  gbSecond: 0.0000133334,
  /** CloudWatch Logs, for a GB written. */
  logGb: 0.5,
} as const;

/** Figures that cannot be measured on one machine, and are assumed instead. */
export const ASSUMPTIONS = {
  /** Billed time of a warm poll (ms): one read of DynamoDB and some JSON. */
  pollMs: 10,
  /** Billed time of a call that creates a task (ms): one message and one write. */
  createMs: 30,
  /** Billed time of the worker before and after a tool (ms). */
  overheadMs: 40,
  /** Requests by which Lambda's event source delivers one message to the worker: a receive and a delete. */
  queueRequestsPerMessage: 2,
  /** Lambda's own log lines about one invocation of the worker (bytes). */
  platformLogBytes: 500,
} as const;

/** One item of a bill. */
export interface BillItem {
  readonly label: string;
  /** How the cost of one million is computed. */
  readonly arithmetic: string;
  /** USD for one million. */
  readonly usd: number;
}

const MILLION = 1_000_000;
/** Label of the item that grows with the duration of the tool and with the worker's memory. */
const WORKER_TIME = 'Lambda time, worker';

type FindMeanPolls = (durationMs: number, interval: PollCost['interval']) => number;

const billRequests = (label: string, count: number, price: number): BillItem => ({
  label,
  arithmetic: `${formatFigure(count)} × ${formatDollars(price)}`,
  usd: count * price,
});

/**
 * @param memoryMb memory of the function
 * @param ms billed time of one invocation
 */
function billCompute(label: string, memoryMb: number, ms: number): BillItem {
  const gb = memoryMb / 1024;
  const millionGbSeconds = PRICES_USD.gbSecond * MILLION;
  return {
    label,
    arithmetic: `${formatFigure(gb)} GB × ${formatFigure(ms / 1000)} s × ${millionGbSeconds} per million GB s`,
    usd: gb * (ms / 1000) * PRICES_USD.gbSecond * MILLION,
  };
}

const billLogs = (label: string, bytes: number): BillItem => ({
  label,
  arithmetic: `${bytes} bytes × ${formatDollars(PRICES_USD.logGb)} per GB`,
  usd: (bytes * MILLION * PRICES_USD.logGb) / 1e9,
});

/** One million polls of tasks with small rows, answered by warm functions. */
export function billPolls({ calls }: CallCosts): BillItem[] {
  const { readUnits } = findCall(calls, 'get');
  return [
    billRequests('API Gateway (HTTP API)', 1, PRICES_USD.gatewayRequest),
    billRequests('Lambda requests', 1, PRICES_USD.lambdaRequest),
    billCompute('Lambda time', DEFAULT_SETTINGS.apiMemory, ASSUMPTIONS.pollMs),
    billRequests('DynamoDB reads', readUnits, PRICES_USD.readUnit),
    billLogs('access log', measureAccessLogBytes()),
  ];
}

/**
 * One million tasks that take one run each, without their polls.
 *
 * @param durationMs duration of the run
 * @param heartbeatMs time between two renewals of the lease
 */
export function billTasks(
  { calls }: CallCosts,
  durationMs: number,
  heartbeatMs = ENGINE_DEFAULTS.heartbeatMs,
): BillItem[] {
  const heartbeats = Math.floor(durationMs / heartbeatMs);
  const heartbeat = findCall(calls, 'heartbeat');
  const others = ['create', 'claim', 'settle'].map((call) => findCall(calls, call));
  const writes = sumFigures(others.map(({ writeUnits }) => writeUnits)) + heartbeats * heartbeat.writeUnits;
  const queueRequests =
    sumFigures(others.map(countQueueRequests)) +
    heartbeats * countQueueRequests(heartbeat) +
    ASSUMPTIONS.queueRequestsPerMessage;
  return [
    billRequests('API Gateway (HTTP API)', 1, PRICES_USD.gatewayRequest),
    billRequests('Lambda requests', 2, PRICES_USD.lambdaRequest),
    billCompute('Lambda time, API', DEFAULT_SETTINGS.apiMemory, ASSUMPTIONS.createMs),
    billCompute(WORKER_TIME, DEFAULT_SETTINGS.workerMemory, durationMs + ASSUMPTIONS.overheadMs),
    billRequests('DynamoDB writes', writes, PRICES_USD.writeUnit),
    billRequests('SQS requests', queueRequests, PRICES_USD.sqsRequest),
    billLogs('log lines', measureTaskLogBytes() + ASSUMPTIONS.platformLogBytes + measureAccessLogBytes()),
  ];
}

function findCall(calls: readonly CallCost[], name: string): CallCost {
  const found = calls.find(({ call }) => call === name);
  if (!found) throw new Error(`The call "${name}" was not measured.`);
  return found;
}

/** Requests to SQS. Rounded, since the end of the tool may interrupt the last of the heartbeats that are averaged. */
const countQueueRequests = ({ requests }: CallCost): number =>
  sumFigures(Object.entries(requests).map(([operation, times]) => (/Message/.test(operation) ? Math.round(times) : 0)));

/** The gateway's access log line, with values of typical length in place of its variables. */
function measureAccessLogBytes(): number {
  const typicalValues: Record<string, string> = {
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    time: '26/Nov/2026:10:29:04 +0000',
    sourceIp: '203.0.113.123',
    route: 'ANY /mcp',
    status: '200',
    responseBytes: '612',
    latencyMs: '14',
    integrationLatencyMs: '11',
    integrationError: '-',
  };
  return Buffer.byteLength(
    JSON.stringify(Object.fromEntries(Object.keys(JSON.parse(ACCESS_LOG)).map((key) => [key, typicalValues[key]]))),
  );
}

/** The log lines that the functions write about a task that is created, run once and settled. */
function measureTaskLogBytes(): number {
  let bytes = 0;
  const log = createJsonLog({
    write: (line) => {
      bytes += Buffer.byteLength(line);
    },
    now: () => 1_800_000_000_000,
    server: 'McpTasks-Mcp-97F523E5',
    requestId: () => 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  });
  const task = {
    task: '01m7z7v1p5xx6m5d760r7ck9kxv2dkttt32j',
    owner: 'q'.repeat(43),
    tool: 'profile_dataset',
    era: '2026-07-28',
    generation: 1,
  };
  const trace = { trace_id: '0'.repeat(32), span_id: '0'.repeat(16), parent_id: '0'.repeat(16) };
  const run = { ...task, ...trace, attempt: 1 };
  log('task.created', { ...task, ...trace });
  log('run.started', { ...run, runMs: 0, failures: 0, receives: 1, queueWaitMs: 62 });
  log('task.ended', { ...run, runMs: 60_000, status: 'completed', toolError: false, durationMs: 60_062 });
  return bytes;
}

const sumFigures = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const sumUsd = (items: readonly BillItem[]): number => sumFigures(items.map(({ usd }) => usd));
const formatDollars = (usd: number): string => `$${usd < 10 ? Number(usd.toFixed(3)).toString() : usd.toFixed(0)}`;
const formatCents = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const formatFigure = (value: number): string => Number(value.toFixed(2)).toLocaleString('en-US');
const formatTaskDuration = (ms: number): string => (ms < 60_000 ? `${ms / 1_000} s` : `${ms / 60_000} min`);

const formatTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const formatBill = (title: string, items: readonly BillItem[]): string =>
  [
    `| ${title} | arithmetic for one million | USD |`,
    '| --- | --- | ---: |',
    ...items.map(({ label, arithmetic, usd }) => `| ${label} | ${arithmetic} | ${formatCents(usd)} |`),
    `| **together** | | **${formatCents(sumUsd(items))}** |`,
  ].join('\n');

/** Markdown tables, for the README and the bench. */
export function formatCostTables(costs: CallCosts): string {
  const polls = measurePolls();
  const poll = sumUsd(billPolls(costs));
  const findMeanPolls: FindMeanPolls = (durationMs, interval) =>
    polls.find((each) => each.durationMs === durationMs && each.interval === interval)?.meanPolls ?? Number.NaN;
  const durations = [10_000, 60_000, 600_000];
  const rows = durations.map((durationMs) => {
    const items = billTasks(costs, durationMs);
    const worker = findWorkerUsd(items);
    const count = findMeanPolls(durationMs, 'adaptive');
    return [
      formatTaskDuration(durationMs),
      formatCents(sumUsd(items) - worker),
      formatCents(worker),
      `${count.toFixed(1)} each: ${formatCents(count * poll)}`,
      `**${formatCents(sumUsd(items) + count * poll)}**`,
    ];
  });
  return [
    formatBill('One million polls', billPolls(costs)),
    formatBill('One million tasks of one minute', billTasks(costs, 60_000)),
    formatTable(['One million tasks of', 'requests and lines', 'worker at work', 'polls', 'together'], rows),
    formatOptionsTable(costs, poll, findMeanPolls),
  ].join('\n\n');
}

/** What each option adds or saves, for tasks of ten minutes where it depends on the duration. */
function formatOptionsTable(costs: CallCosts, pollUsd: number, findMeanPolls: FindMeanPolls): string {
  const durationMs = 600_000;
  const items = billTasks(costs, durationMs);
  const { readUnits } = findCall(costs.calls, 'get');
  const formatChange = (usd: number) => `${usd < 0 ? '−' : '+'}${formatCents(Math.abs(usd))}`;
  const priceHeartbeat = (ms: number) => formatChange(sumUsd(billTasks(costs, durationMs, ms)) - sumUsd(items));
  const pricePolls = (interval: PollCost['interval']) =>
    formatChange((findMeanPolls(durationMs, interval) - findMeanPolls(durationMs, 'adaptive')) * pollUsd);
  const tasks = 'tasks of 10 min';
  return formatTable(
    ['Option', 'one million of', 'USD'],
    [
      [
        'eventual reads instead of strong ones (not offered: a poll may then miss what its own client did)',
        'polls',
        formatChange((-readUnits / 2) * PRICES_USD.readUnit),
      ],
      ['`heartbeat` of 15 s instead of 5 s: a cancel takes effect up to 10 s later', tasks, priceHeartbeat(15_000)],
      ['`heartbeat` of 1 s', tasks, priceHeartbeat(1_000)],
      ['clients that poll every second instead of at the interval they are given', tasks, pricePolls('fixed')],
      [
        'a tool that reports numbers: the interval then follows its progress',
        tasks,
        pricePolls('adaptive with progress'),
      ],
      [
        `half the worker's memory (${DEFAULT_SETTINGS.workerMemory / 2} MB), for a tool that waits for others`,
        tasks,
        formatChange(-findWorkerUsd(items) / 2),
      ],
    ],
  );
}

const findWorkerUsd = (items: readonly BillItem[]): number =>
  items.find(({ label }) => label === WORKER_TIME)?.usd ?? 0;
