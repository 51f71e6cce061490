/** What an operator decides: what is watched, from when on it is wrong, and who is told. */
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';

/** Props of the construct about its observability. */
export interface MonitoringProps {
  /**
   * What CloudWatch and X-Ray show of the server. Its metrics are made of its log lines whatever is said here; they
   * cost what CloudWatch takes for each (16 of them, 8 again for each tool, for the hours in which they have data).
   *
   * @default - a dashboard and every alarm, none of which tells anybody
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
   * What sets off an alarm, and who is told. `false`: there are none.
   *
   * @default - every alarm with its default threshold, and nobody is told
   */
  readonly alarms?: AlarmOptions | false;

  /**
   * Whether X-Ray traces what the functions do (active tracing: Lambda records it, no code is added). It records the
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
   * Told when an alarm goes off and when it is over.
   *
   * @default - nobody: the alarms are seen on the dashboard alone
   */
  readonly topic?: ITopic;
}

/** From when on something is wrong; `false` leaves an alarm out. What each means is in `docs/operations.md`. */
export interface Thresholds {
  /**
   * Wake-ups that went round a hundred times, or stay in the dead-letter queue, within five minutes.
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
   * Tasks that fail (JSON-RPC errors, not what a tool itself calls an error), in percent of those that end, for a
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
   * How long tasks take from creation to end: the 95th percentile, for a quarter of an hour. What they wait for
   * people and timers counts: raise it, or leave it out, where that is what they do.
   *
   * @default Duration.hours(1)
   */
  readonly taskTime?: Duration | false;

  /**
   * For how long no run ends while wake-ups wait for a worker. Whole multiples of five minutes, at most a day.
   *
   * @default - the worker's time-out and five minutes: within the former every run ends
   */
  readonly stalled?: Duration | false;
}
