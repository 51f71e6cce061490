/** The dashboard. */
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
import { METRICS_NAMESPACE, type MetricName } from '../../lambda/observe/metrics.ts';
import type { MeasuredServer } from './metrics.ts';

const DASHBOARD_PERIOD = Duration.minutes(5);

const createGraph = (title: string, left: IMetric[], props: GraphWidgetProps = {}): GraphWidget =>
  new GraphWidget({ title, left, width: 8, height: 6, period: DASHBOARD_PERIOD, ...props });

const MS_AXIS = { leftYAxis: { label: 'ms', showUnits: false, min: 0 } };

/** From top to bottom: alarms, outcomes of tasks, durations, resources, warnings and errors of the logs. */
export function createDashboard(server: MeasuredServer, alarms: Alarm[]): Dashboard {
  return new Dashboard(server, 'Dashboard', {
    defaultInterval: Duration.hours(12),
    widgets: [
      ...(alarms.length > 0 ? [[new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 })]] : []),
      ...buildWidgetRows(server),
    ],
  });
}

function buildWidgetRows(server: MeasuredServer): IWidget[][] {
  const serverMetrics = (...names: MetricName[]) => names.map((name) => server.metric(name));
  const percentiles = (name: MetricName) =>
    [Stats.p(50), Stats.p(95), Stats.MAXIMUM].map((statistic) => server.metric(name, { statistic, label: statistic }));
  return [
    [
      createGraph(
        'Tasks',
        serverMetrics('TasksCreated', 'TasksCompleted', 'ToolErrors', 'TasksFailed', 'TasksCancelled', 'TasksExpired'),
      ),
      createGraph('Failed tasks by tool', [buildPerToolSearch(server, 'TasksFailed', Stats.SUM)]),
      createGraph(
        'From creation to end, by tool (p95)',
        [buildPerToolSearch(server, 'TaskTime', Stats.p(95))],
        MS_AXIS,
      ),
    ],
    [
      createGraph('Wait for a worker', percentiles('QueueWait'), MS_AXIS),
      createGraph('One run', percentiles('RunTime'), MS_AXIS),
      createGraph('Runs that are not the first', serverMetrics('Resumes', 'Retries', 'LeasesLost')),
    ],
    [
      createGraph('Wake-ups', [
        server.metricWakeUpsWaiting({ label: 'Waiting' }),
        server.metricDeadLetters({ label: 'Dead' }),
      ]),
      createGraph('Workers', [server.metricWorkers({ label: 'Busy' })], {
        right: [server.metricWorkerErrors({ label: 'Crashes and time-outs' }), server.metricThrottles()],
      }),
      createGraph('Requests', [server.metricRequests({ label: 'All' }), ...serverMetrics('Polls')], {
        right: [server.metricServerErrors({ label: '5xx' }), server.metricLatency({ label: 'Latency (ms, p95)' })],
      }),
    ],
    [
      new LogQueryWidget({
        title: 'Needs attention',
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

/** One line for each tool that has data, without a list of tools. */
const buildPerToolSearch = (server: MeasuredServer, name: MetricName, statistic: string): MathExpression =>
  new MathExpression({
    label: '',
    period: DASHBOARD_PERIOD,
    expression: `SEARCH('{${METRICS_NAMESPACE},server,tool} server="${server.metricsName}" MetricName="${name}"', '${statistic}', ${DASHBOARD_PERIOD.toSeconds()})`,
    usingMetrics: {},
  });
