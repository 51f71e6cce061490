import { Duration, Token } from 'aws-cdk-lib/core';
import type { MonitoringProps, Thresholds } from './monitoring.ts';

/** CloudWatch looks back a day at most. */
const MAX_ALARM_WINDOW = Duration.days(1);

/** What is wrong with the thresholds, and what to do about it. */
export function* findMonitoringProblems({ monitoring }: MonitoringProps): Iterable<string> {
  const { alarms } = monitoring ?? {};
  if (!alarms) return;
  const { queueWait, taskTime, stalled } = alarms;
  for (const [name, value] of Object.entries(pickNumericThresholds(alarms)))
    if (typeof value === 'number' && !Token.isUnresolved(value) && !(value > 0))
      yield `monitoring.alarms.${name} is ${value}: an alarm that always rings tells nothing; use false to leave it out.`;
  for (const [name, value] of Object.entries({ queueWait, taskTime }))
    if (value && value.toMilliseconds() <= 0) yield `monitoring.alarms.${name} has to be longer than nothing.`;
  if (!stalled) return;
  const minutes = stalled.toMinutes({ integral: false });
  if (minutes < 5 || minutes % 5 !== 0 || minutes > MAX_ALARM_WINDOW.toMinutes())
    yield `monitoring.alarms.stalled is ${minutes} minutes: it has to be a multiple of five, at most a day.`;
}

const pickNumericThresholds = ({
  deadLetters,
  taskErrorRate,
  requestErrorRate,
  workerErrors,
  throttles,
}: Thresholds) => ({
  ...{ deadLetters, taskErrorRate, requestErrorRate, workerErrors, throttles },
});
