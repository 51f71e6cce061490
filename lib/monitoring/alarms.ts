/** The alarms, each with the metric that it watches. */
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
import { ALARM_PERIOD, type AlarmSettings } from '../props/monitoring.ts';
import type { MeasuredServer } from './metrics.ts';

const SUM_PER_PERIOD = { statistic: Stats.SUM, period: ALARM_PERIOD };

/** Raised when `metric` ≥ `threshold` for `periods` consecutive five-minute periods. */
interface AlarmRule {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods: number;
  /** Its meaning, for the person it wakes; `docs/operations.md` explains it. */
  readonly meaning: string;
}

export function createAlarms(server: MeasuredServer, settings: AlarmSettings): Alarm[] {
  const action = settings.topic && new SnsAction(settings.topic);
  return Object.entries(buildAlarmRules(server, settings)).flatMap(([name, rule]) => {
    if (!rule) return [];
    const alarm = new Alarm(server, `${name}Alarm`, {
      metric: rule.metric,
      threshold: rule.threshold,
      evaluationPeriods: rule.periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${rule.meaning} See docs/operations.md, "${name}".`,
    });
    if (action) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return [alarm];
  });
}

type AlarmRules = Readonly<Record<string, AlarmRule | false>>;

function buildAlarmRules(server: MeasuredServer, settings: AlarmSettings): AlarmRules {
  const ruleFor = <T>(limit: T | false, build: (limit: T) => AlarmRule): AlarmRule | false =>
    limit !== false && build(limit);
  return {
    DeadLetters: ruleFor(settings.deadLetters, (threshold) => ({
      metric: buildDeadLetterMetric(server),
      threshold,
      periods: 1,
      meaning: 'Wake-ups went round a hundred times, or stay in the dead-letter queue.',
    })),
    QueueWait: ruleFor(settings.queueWait, (threshold) => ({
      metric: server.metric('QueueWait', { period: ALARM_PERIOD }),
      threshold: threshold.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks wait long for a worker (ms, 95th percentile).',
    })),
    TaskErrors: ruleFor(settings.taskErrorRate, (threshold) => ({
      metric: buildTaskErrorRate(server),
      threshold,
      periods: 3,
      meaning: 'Many tasks fail (percent of those that end).',
    })),
    RequestErrors: ruleFor(settings.requestErrorRate, (threshold) => ({
      metric: buildRequestErrorRate(server),
      threshold,
      periods: 3,
      meaning: 'Many requests are answered with 5xx (percent).',
    })),
    WorkerErrors: ruleFor(settings.workerErrors, (threshold) => ({
      metric: server.metricWorkerErrors({ period: Duration.minutes(15) }),
      threshold,
      periods: 1,
      meaning: 'Workers crash or are stopped at their time-out.',
    })),
    Throttles: ruleFor(settings.throttles, (threshold) => ({
      metric: buildThrottleMetric(server),
      threshold,
      periods: 1,
      meaning: 'Lambda refuses invocations, or DynamoDB throttles requests.',
    })),
    TaskTime: ruleFor(settings.taskTime, (threshold) => ({
      metric: server.metric('TaskTime', { period: ALARM_PERIOD }),
      threshold: threshold.toMilliseconds(),
      periods: 3,
      meaning: 'Tasks take long from creation to end (ms, 95th percentile).',
    })),
    Stalled: ruleFor(settings.stalled, (stalled) => ({
      metric: buildStalledMetric(server),
      threshold: 1,
      periods: stalled.toMinutes() / ALARM_PERIOD.toMinutes(),
      meaning: 'Wake-ups wait for a worker, and no run ends.',
    })),
  };
}

/** Wake-ups that the dead-letter function sent again, and those that it could not send. */
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

/** DynamoDB counts a throttled request for each table that it would have accessed. */
function buildThrottleMetric(server: MeasuredServer): MathExpression {
  const throttleEvents = (metricName: string) =>
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
      reads: throttleEvents('ReadThrottleEvents'),
      writes: throttleEvents('WriteThrottleEvents'),
    },
  });
}

/** 1 while stalled. Parked and sleeping tasks do not count: they have no message that could be received. */
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
