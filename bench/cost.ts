/** What a million polls and a million tasks cost: counted requests, stated prices, and the arithmetic between them. */

import { ENGINE_DEFAULTS } from '../lambda/engine/settings.ts';
import { createJsonLog } from '../lambda/observe/log.ts';
import { ACCESS_LOG } from '../lib/gateway/http-api.ts';
import { DEFAULT_SETTINGS } from '../lib/props/settings.ts';
import type { CallCosts } from './calls.ts';
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

/** What cannot be counted on one machine, and is stated instead. */
export const ASSUMPTIONS = {
  /** Lambda bills a warm poll for this long (ms): one read of DynamoDB and some JSON. */
  pollMs: 10,
  /** The same of a call that makes a task: one message and one write. */
  createMs: 30,
  /** What the worker takes before and after a tool (ms). */
  overheadMs: 40,
  /** Requests that Lambda makes to feed the worker one message: a receive and a delete. */
  feeding: 2,
  /** Lambda's own lines about one invocation of the worker (bytes). */
  platformLines: 500,
} as const;

/** One item of a bill. */
export interface BillItem {
  readonly label: string;
  /** How it comes about, for one million. */
  readonly arithmetic: string;
  /** USD for one million. */
  readonly usd: number;
}

const MILLION = 1_000_000;

const buildItem = (what: string, arithmetic: string, usd: number): BillItem => ({ label: what, arithmetic, usd });

const billRequests = (what: string, count: number, price: number): BillItem =>
  buildItem(what, `${formatFigure(count)} × ${formatDollars(price)}`, count * price);

/** @param memoryMb of the function; @param ms that one invocation is billed for */
function billCompute(what: string, memoryMb: number, ms: number): BillItem {
  const gb = memoryMb / 1024;
  const usd = gb * (ms / 1000) * PRICES_USD.gbSecond * MILLION;
  return buildItem(
    what,
    `${formatFigure(gb)} GB × ${formatFigure(ms / 1000)} s × ${PRICES_USD.gbSecond * MILLION} per million GB s`,
    usd,
  );
}

const billLogs = (what: string, bytes: number): BillItem =>
  buildItem(
    what,
    `${bytes} bytes × ${formatDollars(PRICES_USD.logGb)} per GB`,
    (bytes * MILLION * PRICES_USD.logGb) / 1e9,
  );

/** One million polls of a task whose row is small, answered by warm functions. */
export function billPolls({ calls }: CallCosts): BillItem[] {
  const { readUnits } = findCall(calls, 'get');
  return [
    billRequests('API Gateway (HTTP API)', 1, PRICES_USD.gatewayRequest),
    billRequests('Lambda requests', 1, PRICES_USD.lambdaRequest),
    billCompute('Lambda time', DEFAULT_SETTINGS.apiMemory, ASSUMPTIONS.pollMs),
    billRequests('DynamoDB reads', readUnits, PRICES_USD.readUnit),
    billLogs('access log', measureAccessLine()),
  ];
}

/**
 * One million tasks that take one run of `durationMs`, without their polls.
 *
 * @param heartbeatMs between the renewals of the lease
 */
export function billTasks(
  { calls }: CallCosts,
  durationMs: number,
  heartbeatMs = ENGINE_DEFAULTS.heartbeatMs,
): BillItem[] {
  const beats = Math.floor(durationMs / heartbeatMs);
  const once = ['create', 'claim', 'settle'].map((call) => findCall(calls, call));
  const beat = findCall(calls, 'heartbeat');
  const writes = sumFigures(once.map(({ writeUnits }) => writeUnits)) + beats * beat.writeUnits;
  const messages = sumFigures(once.map(countMessages)) + beats * countMessages(beat) + ASSUMPTIONS.feeding;
  return [
    billRequests('API Gateway (HTTP API)', 1, PRICES_USD.gatewayRequest),
    billRequests('Lambda requests', 2, PRICES_USD.lambdaRequest),
    billCompute('Lambda time, API', DEFAULT_SETTINGS.apiMemory, ASSUMPTIONS.createMs),
    billCompute('Lambda time, worker', DEFAULT_SETTINGS.workerMemory, durationMs + ASSUMPTIONS.overheadMs),
    billRequests('DynamoDB writes', writes, PRICES_USD.writeUnit),
    billRequests('SQS requests', messages, PRICES_USD.sqsRequest),
    billLogs('log lines', measureTaskLines() + ASSUMPTIONS.platformLines + measureAccessLine()),
  ];
}

type MeasuredCall = CallCosts['calls'][number];

function findCall(calls: CallCosts['calls'], name: string): MeasuredCall {
  const found = calls.find(({ call }) => call === name);
  if (!found) throw new Error(`Nothing was counted for ${name}.`);
  return found;
}

/** Counted means of a heartbeat may be off by the one that the tool's end interrupted. */
const countMessages = ({ requests: made }: MeasuredCall): number =>
  sumFigures(Object.entries(made).map(([operation, times]) => (/Message/.test(operation) ? Math.round(times) : 0)));

/** The gateway's line with values of the usual length in the place of its variables. */
function measureAccessLine(): number {
  const usual: Record<string, string> = {
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
    JSON.stringify(Object.fromEntries(Object.keys(JSON.parse(ACCESS_LOG)).map((key) => [key, usual[key]]))),
  );
}

/** The lines of a task that is created, run once and settled, as the functions write them. */
function measureTaskLines(): number {
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
    ...{ task: '01m7z7v1p5xx6m5d760r7ck9kxv2dkttt32j', owner: 'q'.repeat(43), tool: 'profile_dataset' },
    ...{ era: '2026-07-28', generation: 1 },
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

const formatCostTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
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

/** Tables in Markdown, for the README and for the bench. */
export function formatCostTables(costs: CallCosts): string {
  const polls = measurePolls();
  const poll = sumUsd(billPolls(costs));
  const waits = (durationMs: number, interval: PollCost['interval']): number =>
    polls.find((each) => each.durationMs === durationMs && each.interval === interval)?.meanPolls ?? Number.NaN;
  const durations = [10_000, 60_000, 600_000];
  const rows = durations.map((durationMs) => {
    const items = billTasks(costs, durationMs);
    const worker = items.find(({ label }) => label === 'Lambda time, worker')?.usd ?? 0;
    const count = waits(durationMs, 'adaptive');
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
    formatCostTable(['One million tasks of', 'requests and lines', 'worker at work', 'polls', 'together'], rows),
    formatOptionsTable(costs, poll, waits),
  ].join('\n\n');
}

/** What each option does to it, for a task of ten minutes where it depends on that. */
function formatOptionsTable(
  costs: CallCosts,
  poll: number,
  waits: (ms: number, interval: PollCost['interval']) => number,
): string {
  const TEN = 600_000;
  const base = sumUsd(billTasks(costs, TEN));
  const beat = (ms: number) => sumUsd(billTasks(costs, TEN, ms)) - base;
  const change = (usd: number) => `${usd < 0 ? '−' : '+'}${formatCents(Math.abs(usd))}`;
  const { readUnits } = findCall(costs.calls, 'get');
  const adaptive = waits(TEN, 'adaptive');
  const polled = (interval: PollCost['interval']) => change((waits(TEN, interval) - adaptive) * poll);
  return formatCostTable(
    ['Option', 'one million of', 'USD'],
    [
      [
        'eventual reads in place of strong ones (not offered: a poll may then miss what its own client did)',
        'polls',
        change((-readUnits / 2) * PRICES_USD.readUnit),
      ],
      [
        '`heartbeat` of 15 s in place of 5 s: a cancel is heard up to 10 s later',
        'tasks of 10 min',
        change(beat(15_000)),
      ],
      ['`heartbeat` of 1 s', 'tasks of 10 min', change(beat(1_000))],
      ['clients that poll each second in place of the interval they are told', 'tasks of 10 min', polled('fixed')],
      [
        'a tool that reports numbers: the interval then follows its progress',
        'tasks of 10 min',
        polled('adaptive with progress'),
      ],
      [
        `half the worker's memory (${DEFAULT_SETTINGS.workerMemory / 2} MB), for a tool that waits for others`,
        'tasks of 10 min',
        change(-computeHalfWorkerCost(costs, TEN)),
      ],
    ],
  );
}

const computeHalfWorkerCost = (costs: CallCosts, durationMs: number): number =>
  (billTasks(costs, durationMs).find(({ label }) => label === 'Lambda time, worker')?.usd ?? 0) / 2;
