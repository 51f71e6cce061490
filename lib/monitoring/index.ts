/** What watches over a server: alarms, and a dashboard with them. */
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../props/settings.ts';
import { createAlarms } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import type { MeasuredServer } from './metrics.ts';

export function createMonitoring(
  server: MeasuredServer,
  { monitoring = {}, workerTimeout }: Settings,
): { readonly alarms: readonly Alarm[]; readonly dashboard?: Dashboard } {
  const { alarms: options = {}, dashboard = true } = monitoring;
  const alarms = options === false ? [] : createAlarms(server, options, workerTimeout);
  return { alarms, ...(dashboard && { dashboard: createDashboard(server, alarms) }) };
}
