import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../../lambda/observe/metrics.ts';
import { McpAuth } from '../../../lib/auth/mcp-auth.ts';
import { McpTasksServer } from '../../../lib/mcp-tasks-server.ts';
import type { MonitoringOptions } from '../../../lib/props/monitoring.ts';
import { FIXTURE_SERVER, findFunction, synthesizeFixture } from '../../support/template.ts';

/** The dimension of the example's metrics. */
const NAME = 'McpTasks-Mcp-97F523E5';

/** A server in its own stack, to test the construct itself. */
function createMonitoredServer(monitoring?: (stack: Stack) => MonitoringOptions): {
  stack: Stack;
  server: McpTasksServer;
} {
  const stack = new Stack(new App({ context: { [BUNDLING_STACKS]: [] } }), 'Test');
  const server = new McpTasksServer(stack, 'Mcp', {
    entry: FIXTURE_SERVER,
    auth: McpAuth.none(),
    ...(monitoring && { monitoring: monitoring(stack) }),
  });
  return { stack, server };
}

const findAlarms = (template: Template) =>
  Object.fromEntries(
    Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
      id.replace(/^Mcp(.*)Alarm[0-9A-F]{8}$/, '$1'),
      Properties,
    ]),
  );

interface AlarmMetric {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: Record<string, unknown>; readonly Stat: string; readonly Period: number };
}

/** The expression of an alarm, and its inputs: `name: namespace/metric statistic`. */
function describeComputation({ Metrics }: { readonly Metrics: readonly AlarmMetric[] }) {
  const expression = Metrics.find((each) => each.Expression !== undefined)?.Expression;
  const inputs = Metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [`${Id}: ${MetricStat.Metric.Namespace}/${MetricStat.Metric.MetricName} ${MetricStat.Stat}`] : [],
  );
  return { expression, inputs: inputs.sort() };
}

describe('the alarms', () => {
  let template: Template;
  let alarms: ReturnType<typeof findAlarms>;
  beforeAll(() => {
    template = synthesizeFixture();
    alarms = findAlarms(template);
  });

  test('exist by default, notify no topic, and describe what they mean and where it is documented', () => {
    expect(Object.keys(alarms).sort()).toEqual([
      'DeadLetters',
      'QueueWait',
      'RequestErrors',
      'Stalled',
      'TaskErrors',
      'TaskTime',
      'Throttles',
      'WorkerErrors',
    ]);
    for (const [name, alarm] of Object.entries(alarms)) {
      expect(alarm.AlarmDescription).toContain(`See docs/operations.md, "${name}".`);
      expect(alarm.ComparisonOperator).toBe('GreaterThanOrEqualToThreshold');
      expect(alarm.TreatMissingData).toBe('notBreaching');
      expect(alarm.AlarmActions).toBeUndefined();
    }
  });

  test('QueueWait watches our own metric: the age of the oldest message includes messages that workers are processing', () => {
    expect(alarms.QueueWait).toMatchObject({
      Namespace: 'McpTasks',
      MetricName: 'QueueWait',
      Dimensions: [{ Name: 'server', Value: NAME }],
      ExtendedStatistic: 'p95',
      Threshold: 300_000,
      EvaluationPeriods: 3,
    });
    const metrics = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));
    expect(metrics).not.toContain('ApproximateAgeOfOldestMessage');
  });

  test('TaskTime watches the 95th percentile from creation to end', () => {
    expect(alarms.TaskTime).toMatchObject({ MetricName: 'TaskTime', ExtendedStatistic: 'p95', Threshold: 3_600_000 });
  });

  test('DeadLetters counts the wake-ups that were sent again and those that could not be', () => {
    expect(describeComputation(alarms.DeadLetters)).toEqual({
      expression: 'FILL(redriven, 0) + FILL(left, 0)',
      inputs: ['left: AWS/SQS/ApproximateNumberOfMessagesVisible Maximum', 'redriven: McpTasks/Redrives Sum'],
    });
    expect(alarms.DeadLetters.Threshold).toBe(1);
  });

  test('TaskErrors and RequestErrors are percentages, and need a minimum number of tasks or requests', () => {
    expect(describeComputation(alarms.TaskErrors).inputs).toEqual([
      'done: McpTasks/TasksCompleted Sum',
      'failed: McpTasks/TasksFailed Sum',
      'refused: McpTasks/ToolErrors Sum',
    ]);
    expect(describeComputation(alarms.TaskErrors).expression).toContain('>= 5');
    expect(describeComputation(alarms.RequestErrors)).toEqual({
      expression: 'IF(requests >= 20, 100 * errors / requests, 0)',
      inputs: ['errors: AWS/ApiGateway/5xx Sum', 'requests: AWS/ApiGateway/Count Sum'],
    });
  });

  test('Throttles watches Lambda and the table', () => {
    expect(describeComputation(alarms.Throttles).inputs).toEqual([
      'api: AWS/Lambda/Throttles Sum',
      'reads: AWS/DynamoDB/ReadThrottleEvents Sum',
      'worker: AWS/Lambda/Throttles Sum',
      'writes: AWS/DynamoDB/WriteThrottleEvents Sum',
    ]);
  });

  test('Stalled is raised when wake-ups wait and no run ends, for longer than any run may take', () => {
    expect(describeComputation(alarms.Stalled)).toEqual({
      expression: 'IF(FILL(waiting, 0) > 0 AND FILL(ended, 0) == 0, 1, 0)',
      inputs: ['ended: McpTasks/RunTime SampleCount', 'waiting: AWS/SQS/ApproximateNumberOfMessagesVisible Minimum'],
    });
    expect(alarms.Stalled).toMatchObject({ Threshold: 1, EvaluationPeriods: 4 });
    const short = synthesizeFixture({ workerTimeout: Duration.minutes(3) });
    expect(findAlarms(short).Stalled).toMatchObject({ EvaluationPeriods: 2 });
  });

  test('take other thresholds, are left out if false, and notify a topic of their beginning and end', () => {
    const { stack, server } = createMonitoredServer((scope) => ({
      alarms: {
        topic: new Topic(scope, 'Topic'),
        queueWait: Duration.minutes(1),
        taskErrorRate: 2.5,
        taskTime: false,
        stalled: Duration.minutes(60),
      },
    }));
    expect(server.alarms.map(({ node }) => node.id)).not.toContain('TaskTimeAlarm');
    expect(server.alarms).toHaveLength(7);
    const found = findAlarms(Template.fromStack(stack));
    expect(found.QueueWait.Threshold).toBe(60_000);
    expect(found.TaskErrors.Threshold).toBe(2.5);
    expect(found.Stalled.EvaluationPeriods).toBe(12);
    for (const alarm of Object.values(found)) {
      expect(alarm.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
  });

  test('can be left out altogether', () => {
    synthesizeFixture({ monitoring: { alarms: false } }).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  test.each([
    [{ stalled: Duration.minutes(7) }, /stalled is 7 minutes: it must be a multiple of five/],
    [{ stalled: Duration.days(2) }, /at most a day/],
    [{ throttles: 0 }, /throttles is 0: it must be greater than zero/],
    [{ taskErrorRate: -1 }, /taskErrorRate is -1/],
    [{ queueWait: Duration.seconds(0) }, /queueWait must be longer/],
  ])('refuse %o, and say what to do', (alarms, message) => {
    expect(() => synthesizeFixture({ monitoring: { alarms } })).toThrow(message);
  });
});

describe('the dashboard', () => {
  const bodyOf = (template: Template): string =>
    JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]?.Properties.DashboardBody);

  test('shows every metric of our own but those that only alarms and queries need', () => {
    const body = bodyOf(synthesizeFixture());
    const shown = Object.keys(METRICS).filter((name) => body.includes(name));
    expect(Object.keys(METRICS).filter((name) => !shown.includes(name))).toEqual([
      'Redrives',
      'PoisonMessages',
      'RequestsFailed',
    ]);
    expect(body).toContain('SEARCH(');
  });

  test('exists without alarms, and can be switched off', () => {
    const alone = synthesizeFixture({ monitoring: { alarms: false } });
    alone.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    synthesizeFixture({ monitoring: { dashboard: false } }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('the functions’ logs and metrics', () => {
  test('have the dimension that alarms and dashboard use', () => {
    const template = synthesizeFixture();
    for (const role of ['Api', 'Worker', 'DeadLetter'] as const)
      expect(findFunction(template, role).Environment.Variables.METRICS_SERVER).toBe(NAME);
  });

  test('are JSON, with Lambda’s own lines except for the function that answers polls', () => {
    const template = synthesizeFixture();
    const level = (role: 'Api' | 'Worker' | 'DeadLetter') => findFunction(template, role).LoggingConfig;
    expect(level('Api')).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    expect(level('Worker')).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'INFO' });
    expect(level('DeadLetter')).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'INFO' });
  });

  test('are available as methods, by tool if they are recorded by tool', () => {
    const { server } = createMonitoredServer();
    const { metricName, dimensions, statistic } = server.metric('TaskTime', { tool: 'profile_dataset' });
    expect({ metricName, dimensions, statistic }).toEqual({
      metricName: 'TaskTime',
      dimensions: { server: server.metricsName, tool: 'profile_dataset' },
      statistic: 'p95',
    });
    expect(() => server.metric('QueueWait', { tool: 'profile_dataset' })).toThrow('not recorded by tool');
  });
});

describe('tracing', () => {
  test('is off by default, because every trace costs', () => {
    const template = synthesizeFixture();
    expect(findFunction(template, 'Api').TracingConfig).toBeUndefined();
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('xray:');
  });

  test('makes Lambda trace every function, and permits each to send only traces', () => {
    const template = synthesizeFixture({ monitoring: { tracing: true } });
    for (const role of ['Api', 'Worker', 'DeadLetter'] as const)
      expect(findFunction(template, role).TracingConfig).toEqual({ Mode: 'Active' });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
        ]),
      },
    });
  });

  test('passes the rules of AWS Solutions', () => {
    const { stack } = createMonitoredServer(() => ({ tracing: true }));
    const violations = new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName);
    expect(violations).toEqual([]);
  });
});
