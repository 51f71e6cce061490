/** Dashboard, alarms and traces: props, defaults and checks. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Token } from 'aws-cdk-lib/core';
import type { FunctionsProps } from './functions.ts';

/** How an operator watches the server. */
export interface MonitoringProps {
  /**
   * The view of the server in CloudWatch and X-Ray. The server's metrics are part of its log lines with any setting;
   * CloudWatch charges for each (16 of them, and 8 more for each tool, for the hours in which they have data).
   *
   * @default - a dashboard, and every alarm without a topic
   */
  readonly monitoring?: MonitoringOptions;
}

/** The dashboard, the alarms and the traces. */
export interface MonitoringOptions {
  /**
   * Whether there is a dashboard.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * Thresholds of the alarms, and who is notified. `false`: no alarms.
   *
   * @default - every alarm with its default threshold, without a topic
   */
  readonly alarms?: AlarmOptions | false;

  /**
   * Whether X-Ray traces the functions (active tracing: Lambda records it, no code is added). It records the
   * first request of each second and 5 % of the others, polls among them, and costs for each trace it records.
   * The log lines of a task are joined by their `trace_id` with or without it.
   *
   * @default false
   */
  readonly tracing?: boolean;
}

/** The thresholds of the alarms, and where alarms are sent. */
export interface AlarmOptions extends Thresholds {
  /**
   * Notified when an alarm is raised and when it ends.
   *
   * @default - none: the alarms are visible only on the dashboard
   */
  readonly topic?: ITopic;
}

/** When an alarm is raised; `false` leaves it out. `docs/operations.md` explains each. */
export interface Thresholds {
  /**
   * Wake-ups that were received a hundred times, or stay in the dead-letter queue, within five minutes.
   *
   * @default 1
   */
  readonly deadLetters?: number | false;

  /**
   * How long tasks wait for a worker: the 95th percentile, for a quarter of an hour.
   *
   * @default Duration.minutes(5)
   */
  readonly queueWait?: Duration | false;

  /**
   * Tasks that fail (JSON-RPC errors, not a tool's own `isError` results), in percent of those that end, for a
   * quarter of an hour in which at least five end.
   *
   * @default 10
   */
  readonly taskErrorRate?: number | false;

  /**
   * Requests that are answered with 5xx, in percent, for a quarter of an hour in which there are at least twenty.
   *
   * @default 5
   */
  readonly requestErrorRate?: number | false;

  /**
   * Runs of the worker that crashed or were stopped at its time-out, within a quarter of an hour.
   *
   * @default 3
   */
  readonly workerErrors?: number | false;

  /**
   * Invocations that Lambda refused and requests that DynamoDB throttled, within five minutes.
   *
   * @default 10
   */
  readonly throttles?: number | false;

  /**
   * How long tasks take from creation to end: the 95th percentile, for a quarter of an hour. Waits for people and
   * timers count: where tasks consist of those, raise it or leave it out.
   *
   * @default Duration.hours(1)
   */
  readonly taskTime?: Duration | false;

  /**
   * How long no run ends while wake-ups wait for a worker. Whole multiples of five minutes, at most a day.
   *
   * @default - the worker's time-out, within which every run ends, and five minutes
   */
  readonly stalled?: Duration | false;
}

/** `MonitoringOptions` with every default filled in. */
export interface MonitoringSettings extends Required<MonitoringOptions> {
  readonly alarms: AlarmSettings | false;
}

/** `AlarmOptions` with every default filled in. */
export type AlarmSettings = Required<Thresholds> & Pick<AlarmOptions, 'topic'>;

/** CloudWatch aggregates by this; `stalled` is a multiple of it. */
export const ALARM_PERIOD = Duration.minutes(5);

/** The furthest that an alarm of CloudWatch looks back. */
const MAX_ALARM_WINDOW = Duration.days(1);

const MONITORING_DEFAULTS = { dashboard: true, tracing: false } satisfies MonitoringOptions;

/** Without `stalled`, which depends on the worker's time-out. */
const THRESHOLD_DEFAULTS = {
  deadLetters: 1,
  queueWait: Duration.minutes(5),
  taskErrorRate: 10,
  requestErrorRate: 5,
  workerErrors: 3,
  throttles: 10,
  taskTime: Duration.hours(1),
} satisfies Thresholds;

/** Fill in the defaults. An option that is `undefined` counts as not given. */
export function resolveMonitoring({
  monitoring = {},
  workerTimeout,
}: MonitoringProps & Required<Pick<FunctionsProps, 'workerTimeout'>>): MonitoringSettings {
  const { alarms = {} } = monitoring;
  const stalled = getDefaultStalled(workerTimeout);
  return {
    ...MONITORING_DEFAULTS,
    ...omitUndefined(monitoring),
    alarms: alarms !== false && { ...THRESHOLD_DEFAULTS, stalled, ...omitUndefined(alarms) },
  };
}

/** Within the worker's time-out every run ends. */
function getDefaultStalled(workerTimeout: Duration): Duration {
  const period = ALARM_PERIOD.toMinutes();
  return Duration.minutes((Math.ceil(workerTimeout.toMinutes({ integral: false }) / period) + 1) * period);
}

function omitUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Thresholds that are always exceeded, or that CloudWatch refuses. */
export function* findMonitoringProblems({
  monitoring: { alarms },
}: {
  readonly monitoring: MonitoringSettings;
}): Iterable<string> {
  if (!alarms) return;
  const { topic: _, stalled, ...thresholds } = alarms;
  for (const [name, value] of Object.entries(thresholds)) {
    if (typeof value === 'object' && value.toMilliseconds() <= 0)
      yield `monitoring.alarms.${name} must be longer than zero.`;
    if (typeof value === 'number' && !Token.isUnresolved(value) && !(value > 0))
      yield `monitoring.alarms.${name} is ${value}: it must be greater than zero, or the alarm is always raised; use false to leave it out.`;
  }
  if (!stalled) return;
  const minutes = stalled.toMinutes({ integral: false });
  const period = ALARM_PERIOD.toMinutes();
  if (minutes < period || minutes % period !== 0 || minutes > MAX_ALARM_WINDOW.toMinutes())
    yield `monitoring.alarms.stalled is ${minutes} minutes: it must be a multiple of five, at most a day.`;
}
