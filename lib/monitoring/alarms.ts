import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Duration } from 'aws-cdk-lib/core';
import type { AlarmOptions, Thresholds } from '../props/monitoring.ts';
import type { MeasuredServer } from './metrics.ts';

const PERIOD = Duration.minutes(5);
const sum = { statistic: Stats.SUM, period: PERIOD };

/** Thresholds where nothing is said; `stalled` follows from the worker's time-out. */
const DEFAULTS = {
  deadLetters: 1,
  queueWait: Duration.minutes(5),
  taskErrorRate: 10,
  requestErrorRate: 5,
  workerErrors: 3,
  throttles: 10,
  taskTime: Duration.hours(1),
} satisfies Thresholds;

/** What is watched: goes off when `metric` is at or over `at` for so many periods of five minutes. */
interface Watched {
  readonly metric: IMetric;
  readonly at: number;
  readonly periods: number;
  /** What it means, for the person it wakes; the rest is in `docs/operations.md`. */
  readonly meaning: string;
}

/** @param workerTimeout of the worker function: within it, every run ends */
export function createAlarms(server: MeasuredServer, options: AlarmOptions, workerTimeout: Duration): Alarm[] {
  const action = options.topic && new SnsAction(options.topic);
  return Object.entries(watched(server, options, workerTimeout)).flatMap(([name, watch]) => {
    if (!watch) return [];
    const alarm = new Alarm(server, `${name}Alarm`, {
      metric: watch.metric,
      threshold: watch.at,
      evaluationPeriods: watch.periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${watch.meaning} See docs/operations.md, "${name}".`,
    });
    if (action) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return [alarm];
  });
}

type Watches = Readonly<Record<string, Watched | false>>;

function watched(server: MeasuredServer, options: AlarmOptions, workerTimeout: Duration): Watches {
  const limits = { ...DEFAULTS, ...withoutUndefined(options) };
  const stalled =
    options.stalled ?? Duration.minutes(Math.ceil(workerTimeout.toMinutes({ integral: false }) / 5) * 5 + 5);
  const on = <T>(limit: T | false, watch: (limit: T) => Watched): Watched | false => limit !== false && watch(limit);
  return {
    DeadLetters: on(limits.deadLetters, (at) => ({
      metric: deadLetters(server),
      at,
      periods: 1,
      meaning: 'Wake-ups went round a hundred times, or stay in the dead-letter queue.',
    })),
    QueueWait: on(limits.queueWait, (at) => ({
      metric: server.metric('QueueWait', { period: PERIOD }),
      at: at.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks wait long for a worker (ms, 95th percentile).',
    })),
    TaskErrors: on(limits.taskErrorRate, (at) => ({
      metric: taskErrorRate(server),
      at,
      periods: 3,
      meaning: 'Many tasks fail (percent of those that end).',
    })),
    RequestErrors: on(limits.requestErrorRate, (at) => ({
      metric: requestErrorRate(server),
      at,
      periods: 3,
      meaning: 'Many requests are answered with 5xx (percent).',
    })),
    WorkerErrors: on(limits.workerErrors, (at) => ({
      metric: server.metricWorkerErrors({ period: Duration.minutes(15) }),
      at,
      periods: 1,
      meaning: 'Workers crash or are stopped at their time-out.',
    })),
    Throttles: on(limits.throttles, (at) => ({
      metric: throttles(server),
      at,
      periods: 1,
      meaning: 'Lambda refuses invocations, or DynamoDB throttles requests.',
    })),
    TaskTime: on(limits.taskTime, (at) => ({
      metric: server.metric('TaskTime', { period: PERIOD }),
      at: at.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks take long from creation to end (ms, 95th percentile).',
    })),
    Stalled: on(stalled, (at) => ({
      metric: standstill(server),
      at: 1,
      periods: at.toMinutes() / PERIOD.toMinutes(),
      meaning: 'Wake-ups wait for a worker, and no run ends.',
    })),
  };
}

const withoutUndefined = (options: Thresholds): Thresholds =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Those that the dead-letter function sent afresh, and those that it could not. */
const deadLetters = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Dead letters',
    period: PERIOD,
    expression: 'FILL(redriven, 0) + FILL(left, 0)',
    usingMetrics: {
      redriven: server.metric('Redrives', { period: PERIOD }),
      left: server.metricDeadLetters({ period: PERIOD }),
    },
  });

const taskErrorRate = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Failed tasks (%)',
    period: PERIOD,
    expression:
      'IF(failed + FILL(done, 0) + FILL(refused, 0) >= 5, 100 * failed / (failed + FILL(done, 0) + FILL(refused, 0)), 0)',
    usingMetrics: {
      failed: server.metric('TasksFailed', { period: PERIOD }),
      done: server.metric('TasksCompleted', { period: PERIOD }),
      refused: server.metric('ToolErrors', { period: PERIOD }),
    },
  });

const requestErrorRate = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Requests answered with 5xx (%)',
    period: PERIOD,
    expression: 'IF(requests >= 20, 100 * errors / requests, 0)',
    usingMetrics: {
      errors: server.metricServerErrors({ period: PERIOD }),
      requests: server.metricRequests({ period: PERIOD }),
    },
  });

/** DynamoDB counts a throttled request under each table it would have touched. */
const throttles = (server: MeasuredServer): MathExpression => {
  const events = (metricName: string) =>
    new Metric({
      ...sum,
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: server.table.tableName },
    });
  return new MathExpression({
    label: 'Throttles',
    period: PERIOD,
    expression: 'FILL(api, 0) + FILL(worker, 0) + FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: {
      api: server.apiFunction.metricThrottles(sum),
      worker: server.workerFunction.metricThrottles(sum),
      reads: events('ReadThrottleEvents'),
      writes: events('WriteThrottleEvents'),
    },
  });
};

/** 1 while it lasts. Parked and sleeping tasks have no message that could be received, and do not count. */
const standstill = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'No run ends while wake-ups wait',
    period: PERIOD,
    expression: 'IF(FILL(waiting, 0) > 0 AND FILL(ended, 0) == 0, 1, 0)',
    usingMetrics: {
      waiting: server.metricWakeUpsWaiting({ period: PERIOD, statistic: Stats.MINIMUM }),
      ended: server.metric('RunTime', { period: PERIOD, statistic: Stats.SAMPLE_COUNT }),
    },
  });
