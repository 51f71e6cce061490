import { describe, expect, test } from 'vitest';
import { createJsonLog } from '../../../lambda/observe/log.ts';
import { METRICS, measureEvent } from '../../../lambda/observe/metrics.ts';

const NOW = 1_800_000_000_000;

function createLogAt(server?: string) {
  const lines: Record<string, unknown>[] = [];
  const time = { now: NOW };
  const log = createJsonLog({ write: (line) => lines.push(JSON.parse(line)), now: () => time.now, server });
  return { lines, time, log };
}

describe('a line that counts something', () => {
  test('stays one line, from which CloudWatch makes metrics of the server and of the tool', () => {
    const { lines, log } = createLogAt('McpTasks-Mcp');
    log('task.ended', {
      task: 't1',
      tool: 'profile',
      status: 'completed',
      toolError: false,
      durationMs: 900,
      runMs: 300,
    });
    expect(lines).toEqual([
      {
        timestamp: '2027-01-15T08:00:00.000Z',
        level: 'INFO',
        event: 'task.ended',
        task: 't1',
        tool: 'profile',
        status: 'completed',
        toolError: false,
        durationMs: 900,
        runMs: 300,
        server: 'McpTasks-Mcp',
        TasksCompleted: 1,
        TaskTime: 900,
        RunTime: 300,
        _aws: {
          Timestamp: NOW,
          CloudWatchMetrics: [
            {
              Namespace: 'McpTasks',
              Dimensions: [['server'], ['server', 'tool']],
              Metrics: [
                { Name: 'TasksCompleted', Unit: 'Count' },
                { Name: 'TaskTime', Unit: 'Milliseconds' },
                { Name: 'RunTime', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
      },
    ]);
  });

  test('has no dimensions but server and tool, and the tool only where metrics differ by it', () => {
    const { lines, log } = createLogAt('s');
    log('run.started', { task: 't1', owner: 'o', tool: 'profile', generation: 2, failures: 0, queueWaitMs: 12 });
    expect(lines[0]?._aws).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['server']] }] });
    log('task.created', { task: 't1' });
    expect(lines[1]?._aws).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['server']] }] });
  });

  test('has no metrics without a name of the server, or without anything to count', () => {
    const unnamed = createLogAt();
    unnamed.log('task.created', { task: 't1', tool: 'profile' });
    expect(unnamed.lines[0]).not.toHaveProperty('_aws');
    const named = createLogAt('s');
    named.log('task.answered', { task: 't1', tool: 'profile' });
    expect(named.lines[0]).not.toHaveProperty('_aws');
    expect(named.lines[0]).not.toHaveProperty('server');
  });
});

describe('the metrics of an event', () => {
  test.each([
    ['task.created', {}, { TasksCreated: 1 }],
    ['task.ended', { status: 'completed', durationMs: 5, runMs: 2 }, { TasksCompleted: 1, TaskTime: 5, RunTime: 2 }],
    ['task.ended', { status: 'completed', toolError: true }, { ToolErrors: 1 }],
    // In the older revision a tool error is a failed task; to an operator it is the same.
    ['task.ended', { status: 'failed', toolError: true }, { ToolErrors: 1 }],
    ['task.ended', { status: 'failed', toolError: false, code: -32603 }, { TasksFailed: 1 }],
    ['task.cancelled', {}, { TasksCancelled: 1 }],
    ['task.expired', {}, { TasksExpired: 1 }],
    ['task.parked', { runMs: 3 }, { RunTime: 3 }],
    ['task.handedOver', { runMs: 4 }, { RunTime: 4 }],
    ['run.started', { generation: 1, failures: 0, queueWaitMs: 0 }, { QueueWait: 0 }],
    ['run.started', { generation: 3, failures: 0, queueWaitMs: 7 }, { Resumes: 1, QueueWait: 7 }],
    ['run.started', { generation: 3, failures: 1 }, { Retries: 1 }],
    ['run.lost', { reason: 'LeaseLost' }, { LeasesLost: 1 }],
    ['run.lost', { reason: 'TaskCancelled' }, {}],
    ['run.superseded', { status: 'working' }, { LeasesLost: 1 }],
    ['run.superseded', { status: 'cancelled' }, {}],
    ['message.redriven', {}, { Redrives: 1 }],
    ['message.poison', {}, { PoisonMessages: 1 }],
    ['request.failed', { status: 500 }, { RequestsFailed: 1 }],
    ['request.refused', { status: 400 }, {}],
    ['task.polled', { polls: 31 }, { Polls: 31 }],
  ])('%s %o', (event, fields, metrics) => {
    expect(measureEvent(event, fields)).toEqual(metrics);
  });

  test('include every metric', () => {
    const taskEvents = ['created', 'ended', 'cancelled', 'expired', 'parked', 'polled'].map((name) => `task.${name}`);
    const otherEvents = ['run.started', 'run.lost', 'message.redriven', 'message.poison', 'request.failed'];
    const all = [...taskEvents, ...otherEvents].flatMap((event) =>
      [
        { status: 'completed', reason: 'LeaseLost', generation: 2, queueWaitMs: 1, durationMs: 1, runMs: 1, polls: 1 },
        { status: 'failed', failures: 1 },
        { toolError: true },
      ].flatMap((fields) => Object.keys(measureEvent(event, fields))),
    );
    expect(new Set(all)).toEqual(new Set(Object.keys(METRICS)));
  });
});

describe('polls', () => {
  test('are counted, and logged at most once a minute', () => {
    const { lines, time, log } = createLogAt('s');
    for (let poll = 0; poll < 130; poll += 1) {
      log('task.polled', { polls: 1 });
      time.now += 1_000;
    }
    expect(lines).toHaveLength(2);
    expect(lines.map(({ polls, Polls, sinceMs }) => ({ polls, Polls, sinceMs }))).toEqual([
      { polls: 61, Polls: 61, sinceMs: 60_000 },
      { polls: 60, Polls: 60, sinceMs: 60_000 },
    ]);
  });

  test('do not delay other lines', () => {
    const { lines, log } = createLogAt('s');
    log('task.polled', { polls: 1 });
    log('task.created', { task: 't1' });
    expect(lines.map(({ event }) => event)).toEqual(['task.created']);
  });
});

describe('the level', () => {
  test.each([
    ['task.created', 'INFO'],
    ['run.lost', 'WARN'],
    ['message.redriven', 'WARN'],
    ['request.failed', 'ERROR'],
    ['request.refused', 'INFO'],
  ])('of %s is %s', (event, level) => {
    const { lines, log } = createLogAt();
    log(event, {});
    expect(lines[0]?.level).toBe(level);
  });
});
