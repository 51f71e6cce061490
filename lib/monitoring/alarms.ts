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

const ALARM_PERIOD = Duration.minutes(5);
const SUM_PER_PERIOD = { statistic: Stats.SUM, period: ALARM_PERIOD };

/** Thresholds where nothing is said; `stalled` follows from the worker's time-out. */
const DEFAULT_THRESHOLDS = {
  deadLetters: 1,
  queueWait: Duration.minutes(5),
  taskErrorRate: 10,
  requestErrorRate: 5,
  workerErrors: 3,
  throttles: 10,
  taskTime: Duration.hours(1),
} satisfies Thresholds;

/** What is watched: goes off when `metric` is at or over `at` for so many periods of five minutes. */
interface AlarmRule {
  readonly metric: IMetric;
  readonly at: number;
  readonly periods: number;
  /** What it means, for the person it wakes; the rest is in `docs/operations.md`. */
  readonly meaning: string;
}

/** @param workerTimeout of the worker function: within it, every run ends */
export function createAlarms(server: MeasuredServer, options: AlarmOptions, workerTimeout: Duration): Alarm[] {
  const action = options.topic && new SnsAction(options.topic);
  return Object.entries(buildAlarmRules(server, options, workerTimeout)).flatMap(([name, watch]) => {
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

type AlarmRules = Readonly<Record<string, AlarmRule | false>>;

function buildAlarmRules(server: MeasuredServer, options: AlarmOptions, workerTimeout: Duration): AlarmRules {
  const limits = { ...DEFAULT_THRESHOLDS, ...omitUndefined(options) };
  const stalled =
    options.stalled ?? Duration.minutes(Math.ceil(workerTimeout.toMinutes({ integral: false }) / 5) * 5 + 5);
  const on = <T>(limit: T | false, watch: (limit: T) => AlarmRule): AlarmRule | false =>
    limit !== false && watch(limit);
  return {
    DeadLetters: on(limits.deadLetters, (at) => ({
      metric: buildDeadLetterMetric(server),
      at,
      periods: 1,
      meaning: 'Wake-ups went round a hundred times, or stay in the dead-letter queue.',
    })),
    QueueWait: on(limits.queueWait, (at) => ({
      metric: server.metric('QueueWait', { period: ALARM_PERIOD }),
      at: at.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks wait long for a worker (ms, 95th percentile).',
    })),
    TaskErrors: on(limits.taskErrorRate, (at) => ({
      metric: buildTaskErrorRate(server),
      at,
      periods: 3,
      meaning: 'Many tasks fail (percent of those that end).',
    })),
    RequestErrors: on(limits.requestErrorRate, (at) => ({
      metric: buildRequestErrorRate(server),
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
      metric: buildThrottleMetric(server),
      at,
      periods: 1,
      meaning: 'Lambda refuses invocations, or DynamoDB throttles requests.',
    })),
    TaskTime: on(limits.taskTime, (at) => ({
      metric: server.metric('TaskTime', { period: ALARM_PERIOD }),
      at: at.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks take long from creation to end (ms, 95th percentile).',
    })),
    Stalled: on(stalled, (at) => ({
      metric: buildStalledMetric(server),
      at: 1,
      periods: at.toMinutes() / ALARM_PERIOD.toMinutes(),
      meaning: 'Wake-ups wait for a worker, and no run ends.',
    })),
  };
}

const omitUndefined = (options: Thresholds): Thresholds =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Those that the dead-letter function sent afresh, and those that it could not. */
const buildDeadLetterMetric = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Dead letters',
    period: ALARM_PERIOD,
    expression: 'FILL(redriven, 0) + FILL(left, 0)',
    usingMetrics: {
      redriven: server.metric('Redrives', { period: ALARM_PERIOD }),
      left: server.metricDeadLetters({ period: ALARM_PERIOD }),
    },
  });

const buildTaskErrorRate = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Failed tasks (%)',
    period: ALARM_PERIOD,
    expression:
      'IF(failed + FILL(done, 0) + FILL(refused, 0) >= 5, 100 * failed / (failed + FILL(done, 0) + FILL(refused, 0)), 0)',
    usingMetrics: {
      failed: server.metric('TasksFailed', { period: ALARM_PERIOD }),
      done: server.metric('TasksCompleted', { period: ALARM_PERIOD }),
      refused: server.metric('ToolErrors', { period: ALARM_PERIOD }),
    },
  });

const buildRequestErrorRate = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'Requests answered with 5xx (%)',
    period: ALARM_PERIOD,
    expression: 'IF(requests >= 20, 100 * errors / requests, 0)',
    usingMetrics: {
      errors: server.metricServerErrors({ period: ALARM_PERIOD }),
      requests: server.metricRequests({ period: ALARM_PERIOD }),
    },
  });

/** DynamoDB counts a throttled request under each table it would have touched. */
const buildThrottleMetric = (server: MeasuredServer): MathExpression => {
  const events = (metricName: string) =>
    new Metric({
      ...SUM_PER_PERIOD,
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: server.table.tableName },
    });
  return new MathExpression({
    label: 'Throttles',
    period: ALARM_PERIOD,
    expression: 'FILL(api, 0) + FILL(worker, 0) + FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: {
      api: server.apiFunction.metricThrottles(SUM_PER_PERIOD),
      worker: server.workerFunction.metricThrottles(SUM_PER_PERIOD),
      reads: events('ReadThrottleEvents'),
      writes: events('WriteThrottleEvents'),
    },
  });
};

/** 1 while it lasts. Parked and sleeping tasks have no message that could be received, and do not count. */
const buildStalledMetric = (server: MeasuredServer): MathExpression =>
  new MathExpression({
    label: 'No run ends while wake-ups wait',
    period: ALARM_PERIOD,
    expression: 'IF(FILL(waiting, 0) > 0 AND FILL(ended, 0) == 0, 1, 0)',
    usingMetrics: {
      waiting: server.metricWakeUpsWaiting({ period: ALARM_PERIOD, statistic: Stats.MINIMUM }),
      ended: server.metric('RunTime', { period: ALARM_PERIOD, statistic: Stats.SAMPLE_COUNT }),
    },
  });
