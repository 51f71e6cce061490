import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { type MetricName, NAMESPACE } from '../../lambda/observe/metrics.ts';
import type { MeasuredServer } from './metrics.ts';

const PERIOD = Duration.minutes(5);

const graph = (title: string, left: IMetric[], props: GraphWidgetProps = {}): GraphWidget =>
  new GraphWidget({ title, left, width: 8, height: 6, period: PERIOD, ...props });

const milliseconds = { leftYAxis: { label: 'ms', showUnits: false, min: 0 } };

/** From top to bottom: is something wrong; what becomes of tasks; how long it takes; what it is made of. */
export function createDashboard(server: MeasuredServer, alarms: Alarm[]): Dashboard {
  return new Dashboard(server, 'Dashboard', {
    defaultInterval: Duration.hours(12),
    widgets: [
      ...(alarms.length > 0 ? [[new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 })]] : []),
      ...rows(server),
    ],
  });
}

function rows(server: MeasuredServer): IWidget[][] {
  const own = (...names: MetricName[]) => names.map((name) => server.metric(name));
  const percentiles = (name: MetricName) =>
    [Stats.p(50), Stats.p(95), Stats.MAXIMUM].map((statistic) => server.metric(name, { statistic, label: statistic }));
  return [
    [
      graph(
        'Tasks',
        own('TasksCreated', 'TasksCompleted', 'ToolErrors', 'TasksFailed', 'TasksCancelled', 'TasksExpired'),
      ),
      graph('Failed tasks by tool', [byTool(server, 'TasksFailed', Stats.SUM)]),
      graph('From creation to end, by tool (p95)', [byTool(server, 'TaskTime', Stats.p(95))], milliseconds),
    ],
    [
      graph('Wait for a worker', percentiles('QueueWait'), milliseconds),
      graph('One run', percentiles('RunTime'), milliseconds),
      graph('Runs that are not the first', own('Resumes', 'Retries', 'LeasesLost')),
    ],
    [
      graph('Wake-ups', [
        server.metricWakeUpsWaiting({ label: 'Waiting' }),
        server.metricDeadLetters({ label: 'Dead' }),
      ]),
      graph('Workers', [server.metricWorkers({ label: 'Busy' })], {
        right: [server.metricWorkerErrors({ label: 'Crashes and time-outs' }), server.metricThrottles()],
      }),
      graph('Requests', [server.metricRequests({ label: 'All' }), ...own('Polls')], {
        right: [server.metricServerErrors({ label: '5xx' }), server.metricLatency({ label: 'Latency (ms, p95)' })],
      }),
    ],
    [
      new LogQueryWidget({
        title: 'What wanted attention',
        logGroupNames: [server.apiFunction, server.workerFunction, server.deadLetterFunction].map(
          ({ logGroup }) => logGroup.logGroupName,
        ),
        view: LogQueryVisualizationType.TABLE,
        queryLines: [
          'fields timestamp, level, event, tool, task, reason, error',
          'filter level in ["WARN", "ERROR"]',
          'sort timestamp desc',
          'limit 50',
        ],
        width: 24,
        height: 8,
      }),
    ],
  ];
}

/** One line for each tool that has data; no list of tools has to be kept for it. */
const byTool = (server: MeasuredServer, name: MetricName, statistic: string): MathExpression =>
  new MathExpression({
    label: '',
    period: PERIOD,
    expression: `SEARCH('{${NAMESPACE},server,tool} server="${server.metricsName}" MetricName="${name}"', '${statistic}', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
  });
